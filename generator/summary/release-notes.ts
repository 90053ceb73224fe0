// The repository of a chart → the page that describes its releases, where the address tells.

/** Repositories whose own address does not tell. Source: the `sources` of each chart. */
const KNOWN: Readonly<Record<string, string>> = {
  'https://charts.jetstack.io': 'https://github.com/cert-manager/cert-manager/releases',
  'https://helm.otwld.com': 'https://github.com/otwld/ollama-helm/releases',
  // The Pages of traefik/charts are filled from here.
  'https://traefik.github.io/charts': 'https://github.com/traefik/traefik-helm-chart/releases',
};

/**
 * `https://owner.github.io/name` is published from the repository `owner/name`; a path on `ghcr.io` names both.
 * @see https://docs.github.com/en/pages, project sites
 */
export function findReleaseNotes(repository: string): string | undefined {
  const url = repository.replace(/\/+$/, '');
  const known = KNOWN[url];
  if (known !== undefined) return known;
  const [, owner, name] =
    /^https:\/\/([a-z0-9-]+)\.github\.io\/([^/]+)/i.exec(url) ??
    /^(?:oci:\/\/)?ghcr\.io\/([^/]+)\/([^/]+)/i.exec(url) ??
    [];
  return owner === undefined || name === undefined ? undefined : `https://github.com/${owner}/${name}/releases`;
}
