import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../../../generator/testing/temporary-folder.ts';
import { hasTool } from '../../../../generator/testing/tools.ts';

const SCRIPT = fileURLToPath(new URL('resume.sh', import.meta.url));
const TOKEN = 'token-of-the-account';
const LIST = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const RETRY = { limit: -1, refresh: true, backoff: { duration: '10s' } };
const OPTIONS = ['CreateNamespace=true', 'ServerSideApply=true'];
/** As Argo CD writes it when the time is up. */
const GIVEN_UP = {
  phase: 'Failed',
  message: 'Operation terminated, triggered by controller sync timeout (retried 9 times).',
  operation: { sync: { revisions: ['old', 'old'], prune: true }, retry: RETRY },
};

interface Application {
  readonly metadata?: object;
  readonly spec: object;
  readonly status: object;
  readonly operation?: object;
}

const automated = { automated: { prune: true, selfHeal: true }, retry: RETRY, syncOptions: OPTIONS };
const application = (operationState: object | undefined, syncPolicy: object = automated): Application => ({
  spec: { syncPolicy },
  status: { sync: { status: 'OutOfSync' }, ...(operationState === undefined ? {} : { operationState }) },
});

const base = makeTemporaryFolder();
let applications: Record<string, Application>;
let requests: string[];
let refusal: number | undefined;
let server: Server;

beforeEach(async () => {
  applications = {};
  requests = [];
  refusal = undefined;
  mkdirSync(join(base, 'account'), { recursive: true });
  writeFileSync(join(base, 'account/token'), TOKEN);
  writeFileSync(join(base, 'account/ca.crt'), '');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
      requests.push(`${request.method} ${pathname}`);
      const [status, answer] =
        request.headers.authorization === `Bearer ${TOKEN}`
          ? serve(request.method ?? '', pathname, body, request.headers)
          : [401, {}];
      response.writeHead(status, { 'Content-Type': 'application/json' });
      // The API server lays JSON out for people who come with curl.
      response.end(JSON.stringify(answer, null, searchParams.get('pretty') === 'false' ? 0 : 2));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

type Answer = [number, unknown];

function serve(method: string, path: string, body: string, headers: NodeJS.Dict<string | string[]>): Answer {
  if (refusal !== undefined) return [refusal, { kind: 'Status' }];
  if (method === 'GET' && path === LIST) {
    if (!String(headers['accept']).includes('as=PartialObjectMetadataList')) return [406, {}];
    const items = Object.keys(applications).map((name) => ({
      metadata: { name, namespace: 'argocd', annotations: { 'a/b': '{"name":"no-application"}' } },
    }));
    return [200, { kind: 'PartialObjectMetadataList', metadata: { resourceVersion: '1' }, items }];
  }
  const name = path.slice(LIST.length + 1);
  const found = applications[name];
  if (method !== 'PATCH' || headers['content-type'] !== 'application/json-patch+json') return [405, {}];
  if (found === undefined) return [404, {}];
  const patched = applyPatch(name, found, body);
  if (patched === undefined) return [422, {}];
  applications[name] = patched;
  return [200, {}];
}

/** By the library of the API server, as kubectl has it. */
function applyPatch(name: string, found: Application, patch: string): Application | undefined {
  const file = join(base, `${name}.json`);
  const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace: 'argocd' } };
  const metadata = { ...head.metadata, ...found.metadata };
  writeFileSync(file, JSON.stringify({ ...head, ...found, metadata }));
  const words = ['patch', '--local', '--filename', file, '--type', 'json', '--patch', patch, '--output', 'json'];
  const { status, stdout } = spawnSync('kubectl', words, { encoding: 'utf8', env: { ...process.env, KUBECONFIG: '' } });
  // A copy of what is not there is null, which no field of the CRD takes.
  return status === 0 && !stdout.includes(': null') ? (JSON.parse(stdout) as Application) : undefined;
}

async function run() {
  const curl = execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  mkdirSync(join(base, 'bin'), { recursive: true });
  writeFileSync(join(base, 'bin/curl'), `#!/bin/sh\nprintf '%s\\n' "$*" >>"${base}/arguments"\nexec ${curl} "$@"\n`, {
    mode: 0o755,
  });
  const child = spawn('sh', [SCRIPT], {
    env: {
      PATH: `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`,
      ACCOUNT: join(base, 'account'),
      API: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      NAMESPACE: 'argocd',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

describe.skipIf(!hasTool('kubectl'))('blueprints/apps/argo-cd-resume/scripts/resume.sh', () => {
  it.each([
    ['that ran into the limit', application(GIVEN_UP), { prune: true, syncOptions: OPTIONS }],
    ['that ended with an error', application({ ...GIVEN_UP, phase: 'Error' }), { prune: true, syncOptions: OPTIONS }],
    [
      'of an app that does not heal itself',
      application(GIVEN_UP, { ...automated, automated: { prune: false } }),
      { prune: false, syncOptions: OPTIONS },
    ],
    [
      'of the root, which has no options',
      application(GIVEN_UP, { automated: { prune: true, selfHeal: true }, retry: RETRY }),
      { prune: true },
    ],
  ])('starts a sync again %s, with the newest commit', async (_, before, sync) => {
    applications = { onyx: before };

    const { status, output } = await run();

    expect([status, output]).toEqual([0, expect.stringContaining('onyx: its sync had ended as')]);
    expect(applications['onyx']?.spec).toEqual(before.spec);
    expect(applications['onyx']?.status).toEqual({ sync: { status: 'OutOfSync' } });
    expect(applications['onyx']?.operation).toEqual({ initiatedBy: { automated: true }, retry: RETRY, sync });
  });

  it.each([
    ['that runs', application({ ...GIVEN_UP, phase: 'Running' })],
    ['that is ended just now', application({ ...GIVEN_UP, phase: 'Terminating' })],
    ['that succeeded', application({ ...GIVEN_UP, phase: 'Succeeded' })],
    ['that never was', application(undefined)],
    ['of an Application that is held', application(GIVEN_UP, { retry: RETRY, syncOptions: OPTIONS })],
    [
      'of one that is held without losing its settings',
      application(GIVEN_UP, { ...automated, automated: { ...automated.automated, enabled: false } }),
    ],
    ['of one that is deleted', { ...application(GIVEN_UP), metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } }],
  ])('leaves a sync alone %s', async (_, before) => {
    applications = { onyx: before };

    const { status, output } = await run();

    expect([status, output]).toEqual([0, '']);
    expect(applications['onyx']).toEqual(before);
  });

  it('asks about each Application, takes nothing else for one, and shows no token', async () => {
    applications = { projects: application(undefined), root: application(GIVEN_UP) };

    await run();

    expect(new Set(requests)).toEqual(new Set([`GET ${LIST}`, `PATCH ${LIST}/projects`, `PATCH ${LIST}/root`]));
    expect(readFileSync(join(base, 'arguments'), 'utf8')).not.toContain(TOKEN);
  });

  it.each([401, 403, 500])('fails where the API server answers with %i', async (answer) => {
    refusal = answer;

    const { status, output } = await run();

    expect([status, output]).toEqual([1, expect.stringContaining(`(answer ${answer})`)]);
  });
});
