// The first thing a newcomer runs: renders every example, pushes it to a bare repository made here, clones and compares.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileKind } from '../generator/core/file-tree.ts';
import { listExamples } from '../generator/testing/examples.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const entry = join('dist', 'rootstock.mjs');
// The demo must work for people who never told Git their name, and must not touch their settings.
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: 'Rootstock demo',
  GIT_AUTHOR_EMAIL: 'demo@example.com',
  GIT_COMMITTER_NAME: 'Rootstock demo',
  GIT_COMMITTER_EMAIL: 'demo@example.com',
};
const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
const rootstock = (...args: readonly string[]) => JSON.parse(run(process.execPath, entry, ...args, '--json'));

const KINDS: Readonly<Record<FileKind, string>> = {
  terraform: 'Terraform files',
  application: 'Argo CD Applications',
  project: 'AppProjects',
  values: 'Helm values files',
  manifest: 'Kubernetes manifests',
  document: 'documents',
  workflow: 'workflows and bot settings',
  environment: 'environment files',
  lock: 'locks',
};

const examples = listExamples().map(({ name, texts }) => ({ name, files: texts.map(({ file }) => file) }));

rmSync('demo', { recursive: true, force: true });
mkdirSync('demo');
const totals = new Map<string, number>();
let written = 0;
for (const { name, files } of examples) {
  const folder = join('demo', name);
  const remote = join('demo', 'remotes', `${name}.git`);
  const started = performance.now();
  const report = rootstock('render', ...files.flatMap((file) => ['-e', file]), '-o', folder);
  run('git', 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  // The examples wait for secrets and addresses that only a real account has.
  const pushed = rootstock('push', folder, '--remote', remote, '--branch', 'main', '--allow-pending');
  run('git', 'clone', '--quiet', '--branch', 'main', remote, join('demo', 'clones', name));
  const differences = compare(folder, join('demo', 'clones', name));
  if (differences.length > 0) {
    console.error(`${name}: the clone differs from what was rendered: ${differences.slice(0, 5).join(', ')}`);
    process.exit(1);
  }
  for (const { kind } of report.files) totals.set(kind, (totals.get(kind) ?? 0) + 1);
  written += report.files.length;
  const milliseconds = Math.round(performance.now() - started);
  console.log(
    `${name.padEnd(26)} ${String(report.files.length).padStart(4)} files  pushed ${pushed.commit.slice(0, 10)}  cloned back, same bytes  ${milliseconds} ms`,
  );
}

console.log(`\nWritten: ${written} files in ${examples.length} repositories`);
for (const [kind, title] of Object.entries(KINDS)) {
  const count = totals.get(kind);
  if (count !== undefined) console.log(`  ${String(count).padStart(5)}  ${title}`);
}
const first = 'zcompute-single';
console.log(`
Where to look:
  demo/${first}/README.md            how to bring that environment up, step by step
  demo/${first}/clusters/            what Argo CD reads
  demo/${first}/terraform/           both Terraform projects

For a real account:
  npx rootstock init                                  asks a few questions, writes prod.yaml
  npx rootstock render -e prod.yaml -o ../ai-platform
  npx rootstock push ../ai-platform                   names the secrets that it still waits for, with commands`);

/** Paths that only one side has, or whose bytes differ; Git's own folder is not compared. */
function compare(left: string, right: string): string[] {
  const paths = new Set([...list(left), ...list(right)]);
  return [...paths].filter((path) => {
    const a = join(left, path);
    const b = join(right, path);
    return (
      !existsSync(a) ||
      !existsSync(b) ||
      !readFileSync(a).equals(readFileSync(b)) ||
      (statSync(a).mode & 0o111) !== (statSync(b).mode & 0o111)
    );
  });
}

function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.startsWith('.git/') && !path.startsWith('.git\\'));
}
