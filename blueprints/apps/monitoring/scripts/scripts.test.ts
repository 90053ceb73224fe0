import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTool } from '../../../../generator/testing/tools.ts';

const pathOf = (script: string) => fileURLToPath(new URL(script, import.meta.url));
const SNAPSHOT_CHECK = pathOf('check-search-snapshots.sh');
const HEALTH_CHECK = pathOf('check-search-health.sh');
const PASSWORD = 'Aa1-"quoted\\';
const NOW = 2_000_000_000;
const hoursAgo = (hours: number) => NOW - hours * 3600;

let server: Server;
let folder: string;
/** Answers by path; what is not here is refused with 500. */
let answers: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rootstock-search-'));
  writeFileSync(join(folder, 'ca.crt'), '');
  answers = {};
  server = createServer((request, response) => {
    const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const answer = login === `admin:${PASSWORD}` ? answers[request.url ?? ''] : undefined;
    response.writeHead(answer === undefined ? 500 : 200).end(answer);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const SNAPSHOTS = '/_cat/snapshots/backup?h=status,end_epoch';
const INDICES = '/_cat/indices/danswer_chunk*?h=creation.date';

/** Runs the script in the shell of this machine that knows POSIX only. */
async function run(
  script = SNAPSHOT_CHECK,
  changes: Record<string, string> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: process.env['PATH'],
    CA_FILE: join(folder, 'ca.crt'),
    INDICES: 'danswer_chunk*',
    MAX_HOURS: '36',
    NOW: String(NOW),
    REPOSITORY: 'backup',
    SEARCH_PASSWORD: PASSWORD,
    SEARCH_URL: `http://127.0.0.1:${port}`,
    SEARCH_USER: 'admin',
    TMPDIR: folder,
    ...changes,
  };
  const child = spawn('/bin/sh', [script], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const code = await new Promise<number | null>((ended) => child.on('close', ended));
  return { code, output };
}

describe.skipIf(!hasTool('curl'))('blueprints/apps/monitoring/scripts/check-search-snapshots.sh', () => {
  it.each([
    {
      name: 'the newest complete one is young',
      snapshots: `SUCCESS ${hoursAgo(60)}\nSUCCESS ${hoursAgo(12)}\nIN_PROGRESS 0\n`,
      says: 'the newest snapshot is 12 hours old',
      code: 0,
    },
    {
      name: 'the newest complete one is old, and the young one has failed',
      snapshots: ` SUCCESS ${hoursAgo(40)} \n  FAILED ${hoursAgo(2)} \n PARTIAL ${hoursAgo(1)}\n`,
      says: 'the newest snapshot is 40 hours old',
      code: 1,
    },
    {
      name: 'there is none, and none can be yet',
      snapshots: '',
      indices: `${hoursAgo(5)}123\n`,
      says: 'there is no snapshot yet',
      code: 0,
    },
    { name: 'there is nothing to copy', snapshots: '', indices: '', says: 'there is no snapshot yet', code: 0 },
    {
      name: 'there is none of an old index',
      snapshots: '',
      indices: `${hoursAgo(5)}123\n${hoursAgo(50)}123\n`,
      says: 'there is no complete snapshot',
      code: 1,
    },
  ])('tells by its end whether $name', async ({ snapshots, indices, says, code }) => {
    answers = { [SNAPSHOTS]: snapshots, ...(indices === undefined ? {} : { [INDICES]: indices }) };

    const ended = await run();

    expect(ended.output).toContain(says);
    expect(ended.code).toBe(code);
  });

  it.each([
    { name: 'the list of snapshots', known: {} },
    { name: 'the list of indices', known: { [SNAPSHOTS]: '' } },
  ])('takes no answer for $name as a failure', async ({ known }) => {
    answers = known;

    const { code, output } = await run();

    expect(code).not.toBe(0);
    expect(output).not.toContain('no snapshot yet');
  });

  it('keeps the password out of its arguments and its output', async () => {
    answers = { [SNAPSHOTS]: `SUCCESS ${hoursAgo(1)}\n` };

    const { output } = await run();

    expect(output).not.toContain(PASSWORD);
    expect(readFileSync(SNAPSHOT_CHECK, 'utf8')).not.toMatch(/--user|-u /);
  });
});

describe.skipIf(!hasTool('curl'))('blueprints/apps/monitoring/scripts/check-search-health.sh', () => {
  const health = (wanted: string) => `/_cluster/health/danswer_chunk*?wait_for_status=${wanted}&timeout=30s`;
  const check = (wanted: string, patience = 0) =>
    run(HEALTH_CHECK, { WANTED: wanted, PATIENCE_SECONDS: String(patience), PAUSE_SECONDS: '1' });

  it.each([
    ['all of the index can be read', 'yellow', 'yellow', 0],
    ['all copies are there', 'green', 'green', 0],
    ['it can be read, and copies are missing', 'yellow', 'green', 1],
  ])('tells by its end: %s', async (_title, reached, wanted, code) => {
    answers = { [health(reached)]: `{"status":"${reached}"}` };

    const ended = await check(wanted);

    expect(ended.code).toBe(code);
    expect(ended.output).toContain(code === 0 ? `at least ${wanted}` : `not ${wanted} for 0 seconds (answer 500)`);
  });

  it('has patience with a node that is being replaced', async () => {
    setTimeout(() => {
      answers = { [health('yellow')]: '{"status":"yellow"}' };
    }, 500);

    const { code } = await check('yellow', 30);

    expect(code).toBe(0);
  });

  it('takes no answer for a failure, and keeps the password to itself', async () => {
    const { code, output } = await run(HEALTH_CHECK, {
      WANTED: 'yellow',
      PATIENCE_SECONDS: '0',
      SEARCH_URL: 'http://127.0.0.1:9',
    });

    expect(code).toBe(1);
    expect(output).toContain('(answer 000)');
    expect(output).not.toContain(PASSWORD);
  });
});
