// A real Git remote over HTTP on the loopback: git's own http-backend behind Node, with optional basic authentication.
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitHttpServer {
  /** `http://127.0.0.1:<port>`; repositories of the served folder follow as `/name.git`. */
  readonly url: string;
  /** What the server does instead of serving: see {@link Behaviour}. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** `serve` as usual, `cut` the connection in the middle of a push, `fail` with 503. */
export type Behaviour = 'serve' | 'cut' | 'fail';

export interface GitHttpSettings {
  /** Folder with bare repositories. */
  readonly folder: string;
  /** `user:password`; absent: open to all. */
  readonly credential?: string;
}

/** Starts the server on a free port. */
export async function startGitHttpServer(settings: GitHttpSettings): Promise<GitHttpServer> {
  let behaviour: Behaviour = 'serve';
  const server = createServer((request, response) => {
    if (!isAllowed(request, settings)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    } else if (behaviour === 'fail') response.writeHead(503).end();
    else if (behaviour === 'cut' && request.method === 'POST') request.socket.destroy();
    else serve(settings.folder, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (next) => {
      behaviour = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function isAllowed(request: IncomingMessage, { credential }: GitHttpSettings): boolean {
  return (
    credential === undefined || request.headers.authorization === `Basic ${Buffer.from(credential).toString('base64')}`
  );
}

/** Speaks CGI with `git http-backend`. */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
      REMOTE_USER: 'tester',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  request.pipe(backend.stdin).on('error', () => undefined);
  let head = Buffer.alloc(0);
  let started = false;
  backend.stdout.on('data', (chunk: Buffer) => {
    if (started) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    started = true;
    writeHead(head.subarray(0, end).toString(), response);
    response.write(head.subarray(end + 4));
  });
  backend.on('close', () => response.end());
}

function writeHead(text: string, response: ServerResponse): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
