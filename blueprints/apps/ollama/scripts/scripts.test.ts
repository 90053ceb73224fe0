import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));

/**
 * Stands in for Ollama: `pull` leaves a blob and a staged manifest as the real one does, damaged, refused or without
 * end where a file says so; every call is written down.
 */
const OLLAMA = `#!/usr/bin/env bash
echo "$*" >>"$FAKE/calls"
name=\${2:-}
file=$FAKE/\${name//[:\\/]/_}
case $1 in
  serve) echo "$OLLAMA_MODELS $OLLAMA_NOPRUNE" >"$FAKE/served"; touch "$FAKE/up"; exec sleep 60 ;;
  list | ps) [ -e "$FAKE/up" ] ;;
  show) cat "$file.show" 2>/dev/null ;;
  run) [ ! -e "$file.broken" ] ;;
  pull)
    [ ! -e "$file.refused" ] || { printf '\\033[Kpulling manifest\\nError: pull model manifest: file does not exist\\n' >&2; exit 1; }
    [ ! -e "$file.endless" ] || exec sleep 60
    digest=$(printf 'weights of %s' "$name" | sha256sum | cut -d ' ' -f 1)
    blob=$MODEL_STORE/blobs/sha256-$digest
    [ -e "$blob" ] || printf '%s' "$([ -e "$file.damaged" ] && echo noise || echo "weights of $name")" >"$blob"
    rm -f "$file.damaged"
    path=$MODEL_STORE/staging/manifests/registry.ollama.ai/library/\${name%:*}
    mkdir -p "$path"
    printf '{"layers":[{"digest":"sha256:%s","size":1}]}' "$digest" >"$path/\${name##*:}" ;;
esac
`;

const A = 'alpha:1b';
const B = 'beta:2b';

let folder: string;
let running: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-store-'));
  running = [];
  for (const name of ['bin', 'fake', 'store']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'bin', 'ollama'), OLLAMA, { mode: 0o755 });
  list(A);
});

afterEach(async () => {
  for (const child of running) await stop(child);
  rmSync(folder, { recursive: true, force: true });
});

function environment(changes: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    FAKE: join(folder, 'fake'),
    MODEL_STORE: join(folder, 'store'),
    MODELS_FILE: join(folder, 'models'),
    READY_FILE: join(folder, 'ready'),
    HOOK_OUTPUT: join(folder, 'hook'),
    CHECK_SECONDS: '1',
    KEEP_FREE_PERCENT: '0',
    STORE_GIB: '10',
    ...changes,
  };
}

function list(...models: string[]): void {
  writeFileSync(join(folder, 'models'), `${models.join('\n')}\n`);
}

function fake(name: string, text = ''): void {
  writeFileSync(join(folder, 'fake', name), text);
}

function start(script: string, changes: Record<string, string> = {}): { child: ChildProcess; output: () => string } {
  let output = '';
  const child = spawn('bash', [join(SCRIPTS, script)], { env: environment(changes) });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  running.push(child);
  return { child, output: () => output };
}

function run(script: string, changes: Record<string, string> = {}): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('bash', [join(SCRIPTS, script)], {
    env: environment(changes),
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let n = 0; n < 1800; n += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`in vain: ${what}`);
}

const isReady = () => existsSync(join(folder, 'ready'));
const untilReady = () => until('ready', isReady);
const digestOf = (model: string) => createHash('sha256').update(`weights of ${model}`).digest('hex');
const blobOf = (model: string) => join(folder, 'store', 'blobs', `sha256-${digestOf(model)}`);
const isOffered = (model: string) =>
  existsSync(join(folder, 'store', 'manifests', 'registry.ollama.ai', 'library', ...model.split(':')));
const countPulls = (model: string) =>
  readFileSync(join(folder, 'fake', 'calls'), 'utf8').split(`pull ${model}\n`).length - 1;

describe('blueprints/apps/ollama/scripts', () => {
  it.each(readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh')))('%s is valid bash', (name) => {
    expect(() => execFileSync('bash', ['-n', join(SCRIPTS, name)])).not.toThrow();
  });

  it.each([
    ['a bare name', 'llama3.2:3b', 'registry.ollama.ai/library/llama3.2/3b'],
    ['a namespace', 'acme/chat:v1', 'registry.ollama.ai/acme/chat/v1'],
    ['another registry', 'hf.co/acme/Chat-GGUF:Q4_K_M', 'hf.co/acme/Chat-GGUF/Q4_K_M'],
  ])('knows the manifest of a model with %s', (_, model, expected) => {
    const path = execFileSync('bash', ['-c', `. ${SCRIPTS}/model-store.sh; manifest_path ${model}`], {
      encoding: 'utf8',
    });

    expect(path.trim()).toBe(expected);
  });
});

describe('blueprints/apps/ollama/scripts/sync-models.sh', () => {
  it('offers a model once its content is verified, and is ready then', async () => {
    start('sync-models.sh');

    await untilReady();

    expect(isOffered(A)).toBe(true);
    expect(readFileSync(blobOf(A), 'utf8')).toBe(`weights of ${A}`);
    expect(readFileSync(join(folder, 'fake', 'served'), 'utf8').trim()).toBe(`${join(folder, 'store')}/staging 1`);
  });

  it('fetches nothing that is there, over restarts', async () => {
    const first = start('sync-models.sh');
    await untilReady();
    await stop(first.child);
    start('sync-models.sh');

    await untilReady();

    expect(countPulls(A)).toBe(1);
  });

  it('never offers a damaged download, and fetches it again', async () => {
    fake('alpha_1b.damaged');
    const sync = start('sync-models.sh');

    await until('a complaint', () => sync.output().includes('is damaged'));
    expect(isOffered(A)).toBe(false);
    await untilReady();

    expect(countPulls(A)).toBe(2);
    expect(readFileSync(blobOf(A), 'utf8')).toBe(`weights of ${A}`);
  });

  it('notices a file that was cut off later', async () => {
    const first = start('sync-models.sh');
    await untilReady();
    await stop(first.child);
    writeFileSync(blobOf(A), 'weights');
    const second = start('sync-models.sh');

    await untilReady();

    expect(second.output()).toContain('is damaged');
    expect(readFileSync(blobOf(A), 'utf8')).toBe(`weights of ${A}`);
  });

  it('goes on with the next model when one cannot be had, says why, and is not ready', async () => {
    list(A, B);
    fake('alpha_1b.refused');
    const sync = start('sync-models.sh');

    await until('the other model', () => isOffered(B));
    await until('a pause', () => sync.output().includes('next attempt'));

    expect(sync.output()).toContain(`cannot fetch ${A}: Error: pull model manifest: file does not exist`);
    expect(isReady()).toBe(false);
  });

  it('takes up a changed list without a restart', async () => {
    start('sync-models.sh', { CHECK_SECONDS: '600' });
    await untilReady();
    list(A, B);

    await until('the added model', () => isOffered(B));

    expect(isOffered(A)).toBe(true);
  });

  it.each([
    { name: 'keeps models that are no longer listed', prune: 'false', kept: true },
    { name: 'removes them with their files if told to', prune: 'true', kept: false },
  ])('$name', async ({ prune, kept }) => {
    list(A, B);
    const first = start('sync-models.sh');
    await untilReady();
    await stop(first.child);
    list(B);
    start('sync-models.sh', { PRUNE: prune });

    await untilReady();

    expect([isOffered(A), existsSync(blobOf(A))]).toEqual([kept, kept]);
    expect([isOffered(B), existsSync(blobOf(B))]).toEqual([true, true]);
  });

  it('removes nothing while it has no list', async () => {
    const first = start('sync-models.sh');
    await untilReady();
    await stop(first.child);
    list();
    const second = start('sync-models.sh', { PRUNE: 'true' });

    await until('a complaint', () => second.output().includes('no list of models'));

    expect(isOffered(A)).toBe(true);
    expect(isReady()).toBe(false);
  });

  it('stops fetching before the disk is full', async () => {
    fake('alpha_1b.endless');
    const sync = start('sync-models.sh', { KEEP_FREE_PERCENT: '101' });

    await until('a pause', () => sync.output().includes('next attempt'));

    expect(sync.output()).toContain(`not enough disk for ${A}`);
    expect(isReady()).toBe(false);
  });

  it('starts a download anew whose notes a crash cut off, and keeps one whose notes are whole', async () => {
    const blobs = join(folder, 'store', 'blobs');
    mkdirSync(blobs);
    const [cut, whole] = [`sha256-${'0'.repeat(64)}-partial`, `sha256-${'1'.repeat(64)}-partial`];
    for (const name of [cut, `${cut}-0`, whole]) writeFileSync(join(blobs, name), '');
    writeFileSync(join(blobs, `${whole}-0`), '{"N":0}\n');
    start('sync-models.sh');

    await untilReady();

    expect(readdirSync(blobs).filter((name) => name.includes('partial'))).toEqual([whole, `${whole}-0`]);
  });

  it('ends at once when told to, in the middle of a download, and is not ready then', async () => {
    fake('alpha_1b.endless');
    const sync = start('sync-models.sh');
    await until('a download', () => sync.output().includes(`fetching ${A}`) && countPulls(A) === 1);
    const before = Date.now();

    await stop(sync.child);

    expect(Date.now() - before).toBeLessThan(60_000);
    expect(sync.child.exitCode).toBe(0);
    expect(isReady()).toBe(false);
  });
});

describe('blueprints/apps/ollama/scripts/await-models.sh', () => {
  it('ends when all listed models are there, and not before', async () => {
    list(A, B);
    fake('beta_2b.refused');
    const sync = start('sync-models.sh');
    await until('one model', () => isOffered(A));
    const gate = start('await-models.sh');
    await until('a message', () => gate.output().includes(`waiting for ${B}`));
    expect(gate.child.exitCode).toBeNull();

    rmSync(join(folder, 'fake', 'beta_2b.refused'));
    await until('the end', () => gate.child.exitCode !== null);

    expect(gate.child.exitCode).toBe(0);
    expect(sync.child.exitCode).toBeNull();
  });

  it.each([
    { name: 'a GPU', script: 'echo "GPU 0: NVIDIA L4 (UUID: GPU-1)"', status: 0 },
    { name: 'a driver that finds none', script: 'echo "No devices were found"; exit 6', status: 1 },
  ])('with $name ends with $status', async ({ script, status }) => {
    writeFileSync(join(folder, 'bin', 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    start('sync-models.sh');
    await untilReady();

    const gate = run('await-models.sh', { EXPECT_GPU: 'true' });

    expect(gate.status).toBe(status);
  });
});

describe('blueprints/apps/ollama/scripts/preload-model.sh', () => {
  it.each([
    { name: 'asks a chat model nothing', show: 'completion', call: `run ${A} ` },
    { name: 'gives an embedding model a text', show: '    embedding', call: `run ${A} ready` },
  ])('$name', ({ show, call }) => {
    list(A, B);
    fake('up');
    fake('alpha_1b.show', show);

    const hook = run('preload-model.sh');

    expect(hook.status).toBe(0);
    const calls = readFileSync(join(folder, 'fake', 'calls'), 'utf8').split('\n');
    expect(calls.filter((line) => line.startsWith('run '))).toEqual([call]);
  });

  it('fails when the model cannot be loaded, and says so where the server writes', () => {
    fake('up');
    fake('alpha_1b.broken');
    writeFileSync(join(folder, 'hook'), '');

    const hook = run('preload-model.sh');

    expect(hook.status).toBe(1);
    expect(readFileSync(join(folder, 'hook'), 'utf8')).toContain(`cannot load ${A}`);
  });
});
