// The URL form that Argo CD needs for the way it authenticates: its credentials match by URL prefix.

export type RepositoryAccess = 'public' | 'deployKey' | 'token' | 'githubApp';

/** SSH form for a deploy key, HTTPS form for everything else; either form is accepted. */
export function toArgoRepositoryUrl(url: string, access: RepositoryAccess): string {
  const { host, path } = splitRepositoryUrl(url);
  return access === 'deployKey' ? `ssh://git@${host}/${path}` : `https://${host.replace(/:22$/, '')}/${path}`;
}

/** Splits any accepted form into `host[:port]` and `owner/name.git`. */
export function splitRepositoryUrl(url: string): { readonly host: string; readonly path: string } {
  const scp = /^[^/@]+@([^:/]+):(.+)$/.exec(url);
  if (scp?.[1] !== undefined && scp[2] !== undefined) return { host: scp[1], path: scp[2].replace(/^\/+/, '') };
  const parsed = new URL(url);
  return { host: parsed.host, path: parsed.pathname.replace(/^\/+/, '') };
}
