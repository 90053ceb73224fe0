// fetch for people behind a proxy: Node's own looks at no variable before version 24. The client is loaded only for them.
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import { BAD_PROXY } from './forge-problems.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The fetch that reaches an API as curl and Git would: over `https_proxy` (`http_proxy` for `http://`) or `all_proxy`,
 * but for the hosts of `no_proxy`. Small letters win over capitals. Code: FORGE-015 for an address that is none.
 */
export async function makeFetch(
  api: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Outcome<Fetch>> {
  const read = (name: string) => variables[name] || variables[name.toUpperCase()] || undefined;
  const name = [`${new URL(api).protocol.slice(0, -1)}_proxy`, 'all_proxy'].find((one) => read(one) !== undefined);
  const proxy = name === undefined ? undefined : read(name);
  if (name === undefined || proxy === undefined) return succeed(fetch);
  if (!isHttpProxy(proxy)) {
    // Without the address: it may hold a password.
    const message = `${name} is not the address of an HTTP proxy.`;
    return fail([makeProblem(BAD_PROXY, { message, hint: `export ${name}=http://proxy.example.com:3128` })]);
  }
  const { EnvHttpProxyAgent, fetch: fetchOver } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy: read('no_proxy') ?? '' });
  const over = (url: string, init: object) => fetchOver(url, { ...init, dispatcher });
  return succeed(over as unknown as Fetch);
}

function isHttpProxy(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
