import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeFetch } from './proxied-fetch.ts';

const connected: string[] = [];
const passwords: (string | undefined)[] = [];
let proxy: Server;
let api: Server;
let refuses = false;

beforeAll(async () => {
  api = createServer((request, answer) => answer.end(JSON.stringify({ asked: request.url })));
  proxy = createServer((_request, answer) => answer.writeHead(405).end());
  proxy.on('connect', (request, client) => {
    connected.push(request.url ?? '');
    passwords.push(request.headers['proxy-authorization']);
    if (refuses) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const target = connect(portOf(api), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    return client.on('error', () => target.destroy());
  });
  for (const server of [api, proxy]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(() => {
  for (const server of [api, proxy]) server.closeAllConnections();
  for (const server of [api, proxy]) server.close();
});

beforeEach(() => {
  connected.length = 0;
  passwords.length = 0;
  refuses = false;
});

describe('generator/io/forge/proxied-fetch', () => {
  it.each([
    ['in capitals', 'HTTP_PROXY'],
    ['in small letters', 'http_proxy'],
    ['for all schemes', 'ALL_PROXY'],
  ])('goes over the proxy %s', async (_name, variable) => {
    const answer = await get({ [variable]: `http://ada:letmein@127.0.0.1:${portOf(proxy)}` });

    expect(answer).toEqual({ asked: '/api/v3' });
    expect(connected).toEqual(['github.example.com:80']);
    expect(passwords).toEqual([`Basic ${Buffer.from('ada:letmein').toString('base64')}`]);
  });

  it.each([
    ['the host is excepted', { NO_PROXY: 'example.org,.example.com' }],
    ['another scheme has a proxy', { HTTP_PROXY: '', HTTPS_PROXY: 'http://127.0.0.1:9' }],
    ['the variable is empty', { HTTP_PROXY: '' }],
  ])('goes straight there where %s', async (_name, variables) => {
    const asked = get({ HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, ...variables });

    // The name exists nowhere: without the proxy nobody resolves it.
    await expect(asked).rejects.toThrow(/fetch failed/);
    expect(connected).toEqual([]);
  });

  it('fails where the proxy refuses, without the password in the message', async () => {
    refuses = true;

    const asked = get({ HTTP_PROXY: `http://ada:letmein@127.0.0.1:${portOf(proxy)}` });

    const error = await asked.catch((thrown: Error) => thrown);
    expect(String(error)).toContain('fetch failed');
    expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain('letmein');
  });

  it.each([
    ['no address', 'proxy.example.com:3128'],
    ['a SOCKS proxy', 'socks5://ada:letmein@proxy.example.com'],
    ['nonsense', 'http://'],
  ])('refuses %s', async (_name, value) => {
    const made = await makeFetch('https://api.github.com', { HTTPS_PROXY: value });

    expect(made.ok).toBe(false);
    expect(made.problems).toMatchObject([
      { code: 'FORGE-015', hint: 'export https_proxy=http://proxy.example.com:3128' },
    ]);
    expect(JSON.stringify(made.problems)).not.toContain('letmein');
  });
});

async function get(variables: Record<string, string>): Promise<unknown> {
  const address = 'http://github.example.com/api/v3';
  const made = await makeFetch(address, variables);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return (await made.value(address, { signal: AbortSignal.timeout(5000) })).json();
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
