import { execFile, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('files', import.meta.url));
const ACCESS_KEY = 'AKIDEXAMPLE';
const SECRET_KEY = 'top/secret+key';
const REGION = 'us-east-1';
const curl = spawnSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim();

const hex = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const sign = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What S3 computes for a request: the reason to refuse it, or undefined. @see AWS Signature Version 4, "Authenticating requests" */
function findFault(request: IncomingMessage, body: Buffer): string | undefined {
  const header = (name: string) => String(request.headers[name] ?? '').trim();
  const payload = header('x-amz-content-sha256');
  if (payload !== hex(body)) return 'MissingSecurityHeader';
  const date = header('x-amz-date');
  const signed = /SignedHeaders=([^,]*)/.exec(header('authorization'))?.[1] ?? '';
  const headers = signed.split(';').map((name) => `${name}:${header(name)}\n`);
  const canonical = [request.method, request.url, '', headers.join(''), signed, payload].join('\n');
  const scope = `${date.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>((above, part) => sign(above, part), `AWS4${SECRET_KEY}`);
  const signature = sign(key, ['AWS4-HMAC-SHA256', date, scope, hex(canonical)].join('\n')).toString('hex');
  const wanted = `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return header('authorization') === wanted ? undefined : 'SignatureDoesNotMatch';
}

/** A store of one bucket that checks signatures. */
function startStore(): Server {
  const objects = new Map<string, Buffer>();
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const body = Buffer.concat(chunks);
      const fault = findFault(request, body);
      const found = objects.get(path);
      if (fault !== undefined) response.writeHead(403).end(`<Error><Code>${fault}</Code></Error>`);
      else if (request.method === 'PUT') response.writeHead(200).end(objects.set(path, body) && '');
      else if (found === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else response.writeHead(200).end(found);
    });
  });
}

describe.skipIf(curl === '')('blueprints/terraform/cluster/files/marker.sh: the real curl against a store', () => {
  let folder = '';
  let store: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rootstock-marker-'));
    store = startStore();
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    // The store has no certificate here: everything but the scheme is what a node sends.
    mkdirSync(join(folder, 'bin'));
    const plain = `#!/usr/bin/env bash\nexec '${curl}' "\${@/#https:/http:}"\n`;
    writeFileSync(join(folder, 'bin/curl'), plain, { mode: 0o755 });
  });

  afterEach(async () => {
    await new Promise((resolve) => store.close(resolve));
    rmSync(folder, { recursive: true });
  });

  async function runMarker(commands: string, changes: Readonly<Record<string, string>> = {}): Promise<string> {
    const settings = {
      ENVIRONMENT: 'lab',
      ETCD_BUCKET: 'backups',
      ETCD_ENDPOINT: `127.0.0.1:${(store.address() as AddressInfo).port}`,
      ETCD_REGION: REGION,
      ETCD_FOLDER: 'clusters/lab',
      ETCD_ACCESS_KEY: ACCESS_KEY,
      ETCD_SECRET_KEY: SECRET_KEY,
      ...changes,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    mkdirSync(join(folder, 'etc/rootstock'), { recursive: true });
    writeFileSync(join(folder, 'etc/rootstock/node.env'), lines.join(''));
    const script = `set -euo pipefail\nsource '${SCRIPTS}/library.sh'\nsource '${SCRIPTS}/marker.sh'\n${commands}`;
    const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, ROOTSTOCK_ROOT: folder };
    return (await promisify(execFile)('bash', ['-c', script], { env })).stdout;
  }

  it('finds no marker, writes one, and finds it', async () => {
    const output = await runMarker('read_marker\nwrite_marker\nread_marker\n');

    expect(output).toBe('absent\npresent\n');
  });

  it('cannot tell with a wrong key', async () => {
    const output = await runMarker('read_marker', { ETCD_SECRET_KEY: 'another' });

    expect(output).toBe('unknown\n');
  });

  it('fails to write with a wrong key', async () => {
    await expect(runMarker('write_marker', { ETCD_SECRET_KEY: 'another' })).rejects.toThrow('403');
  });

  it('cannot tell where nobody listens', async () => {
    const output = await runMarker('read_marker', { ETCD_ENDPOINT: '127.0.0.1:1' });

    expect(output).toBe('unknown\n');
  });
});
