// A repository URL → where it lives: the forge, its API and its web pages.

export type ForgeKind = 'github' | 'gitlab' | 'gitea' | 'bitbucket' | 'git';

export interface ForgeAddress {
  readonly kind: ForgeKind;
  /** Host of the web pages, with a port if it has one. */
  readonly host: string;
  /** User, organisation, or group with subgroups. */
  readonly owner: string;
  readonly name: string;
  /** e.g. `https://github.com/acme/ai`. */
  readonly web: string;
}

export interface GithubAddress extends ForgeAddress {
  readonly kind: 'github';
  /** e.g. `https://api.github.com`, without a slash at the end. */
  readonly api: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds the forge of a repository; undefined for folders and for anything else without owner and name.
 * A GitHub Enterprise Server has a host of its own: it is known by `GH_HOST` or `GITHUB_SERVER_URL`, as GitHub's own
 * tools set them, or because somebody says so.
 * @param said kind of the forge, where the host does not tell
 */
export function findForgeAddress(url: string, variables: Variables, said?: ForgeKind): ForgeAddress | undefined {
  const parts = splitUrl(url);
  const [, owner, name] = /^(.+)\/([^/]+?)(?:\.git)?\/*$/.exec(parts?.path ?? '') ?? [];
  if (parts === undefined || owner === undefined || name === undefined) return undefined;
  const host = parts.host.replace(/^(?:ssh\.|altssh\.)(?=github\.com$|gitlab\.com$|bitbucket\.org$)/, '');
  const server = parseHttp(variables['GITHUB_SERVER_URL']);
  const scheme = server?.host === host ? server.protocol : parts.scheme === 'http:' ? 'http:' : 'https:';
  const kind = said ?? findKind(host, server?.host, variables['GH_HOST']);
  return { kind, host, owner, name, web: `${scheme}//${host}/${owner}/${name}` };
}

function findKind(host: string, server: string | undefined, enterprise: string | undefined): ForgeKind {
  const [name = host] = host.split(':');
  if (isGithubCloud(name) || host === server || host === enterprise?.toLowerCase() || /^github\.(?!com\.)/.test(name))
    return 'github';
  if (/(?:^|\.)gitlab\./.test(name)) return 'gitlab';
  if (/(?:^|\.)(?:gitea|forgejo)\.|^codeberg\.org$/.test(name)) return 'gitea';
  return name === 'bitbucket.org' ? 'bitbucket' : 'git';
}

/** GitHub's own cloud: github.com, and the tenants of GitHub Enterprise Cloud with data residency. */
export function isGithubCloud(host: string): boolean {
  return host === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/.test(host);
}

/**
 * The API of a GitHub: `api.github.com`, `api.TENANT.ghe.com`, or `/api/v3` of an Enterprise Server.
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 * @see https://docs.github.com/en/enterprise-server@3.19/rest/enterprise-admin#endpoint-urls
 */
export function toGithub(address: ForgeAddress, variables: Variables): GithubAddress {
  return { ...address, kind: 'github', api: findApi(address, variables) };
}

function findApi({ host, web }: ForgeAddress, variables: Variables): string {
  const given = parseHttp(variables['GITHUB_API_URL']);
  const isServer = parseHttp(variables['GITHUB_SERVER_URL'])?.host === host;
  if (isServer && given !== undefined) return given.href.replace(/\/+$/, '');
  return isGithubCloud(host) ? `https://api.${host}` : `${new URL(web).origin}/api/v3`;
}

/** True if nobody on the way can read what is sent: a token goes nowhere else. */
export function isPrivateChannel(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

function splitUrl(url: string): UrlParts | undefined {
  if (/^(?:https?|ssh|git\+ssh|git):\/\//i.test(url)) return splitAbsolute(url);
  const [, host, path] = /^(?:[^/@:]+@)?([^/:@]+):(?!\/\/)\/*(.+)$/.exec(url) ?? [];
  return host === undefined || path === undefined || !host.includes('.')
    ? undefined
    : { scheme: 'ssh:', host: host.toLowerCase(), path };
}

function splitAbsolute(url: string): UrlParts | undefined {
  try {
    const { protocol, host, hostname, pathname } = new URL(url);
    // The port of SSH says nothing about the web pages.
    const isWeb = protocol === 'https:' || protocol === 'http:';
    return { scheme: protocol, host: (isWeb ? host : hostname).toLowerCase(), path: pathname.replace(/^\/+/, '') };
  } catch {
    return undefined;
  }
}

function parseHttp(url: string | undefined): URL | undefined {
  return url !== undefined && URL.canParse(url) && /^https?:/.test(url) ? new URL(url) : undefined;
}
