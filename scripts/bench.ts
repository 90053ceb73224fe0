// Measures what users feel: start, one repository, many environments, package size. Prints a table; writes bench.json.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listExamples } from '../generator/testing/examples.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const ENTRY = 'dist/rootstock.mjs';
const scratch = mkdtempSync(join(tmpdir(), 'rootstock-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const results = {
  node: process.version,
  start: measureStart(),
  examples: measureExamples(),
  environments: measureEnvironments(),
  package: measurePackage(),
};
writeFileSync('bench.json', `${JSON.stringify(results, null, 2)}\n`);
printTables(results);
if (process.argv.includes('--json')) console.log(JSON.stringify(results));

/** Median over interleaved pairs, so that a busy machine slows both sides alike. */
function measureStart() {
  const bare = [];
  const ours = [];
  for (let pair = 0; pair < 25; pair++) {
    bare.push(timed(() => spawnSync(process.execPath, ['-e', '0'])));
    ours.push(timed(() => spawnSync(process.execPath, [ENTRY, '--version'])));
  }
  return { bareMs: median(bare), versionMs: median(ours), ratio: round(median(ours) / median(bare), 2) };
}

function measureExamples() {
  return listExamples().map(({ name, texts }) => {
    const files = texts.map(({ file }) => file);
    const times = [];
    const inside = [];
    const copies = [];
    let count = 0;
    for (let run = 0; run < 7; run++) {
      const folder = join(scratch, `${name}-${run}`);
      const { wallMs, stages } = render(files, folder);
      times.push(wallMs);
      inside.push(stages);
      copies.push(timed(() => cpSync(folder, `${folder}-copy`, { recursive: true })));
      count = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
    }
    return {
      name,
      files: count,
      wholeProcessMs: median(times),
      renderVerifyWriteMs: median(inside),
      copyMs: median(copies),
    };
  });
}

function measureEnvironments() {
  const text = readFileSync('environments/zcompute-high-cloudflare.yaml', 'utf8');
  const sizes = process.argv.includes('--quick') ? [1, 10, 100] : [1, 10, 100, 1000];
  const rows = sizes.map((count) => {
    const inputs = join(scratch, `inputs-${count}`);
    mkdirSync(inputs);
    const files = Array.from({ length: count }, (_, index) => {
      const file = join(inputs, `e${index}.yaml`);
      writeFileSync(file, rename(text, `e${index}`));
      return file;
    });
    const { wallMs, peakMiB } = render(files, join(scratch, `many-${count}`));
    return { count, wallMs, peakMiB };
  });
  return rows.map((row, index) => {
    const before = rows[index - 1];
    if (before === undefined) return { ...row, perFurtherEnvironmentMs: null, perFurtherEnvironmentMiB: null };
    const further = row.count - before.count;
    return {
      ...row,
      perFurtherEnvironmentMs: round((row.wallMs - before.wallMs) / further, 1),
      perFurtherEnvironmentMiB: round((row.peakMiB - before.peakMiB) / further, 2),
    };
  });
}

/** Environments of one repository may share neither name, nor domain, nor what lies in a bucket. */
function rename(text: string, name: string): string {
  return text
    .replace(/^( {2}name:).*$/m, `$1 ${name}`)
    .replace(/^( *domain: )/m, `$1${name}.`)
    .replace(/^( *bucket: )/gm, `$1${name}-`);
}

function measurePackage() {
  const [{ size, unpackedSize, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return {
    tarballKiB: Math.round(size / 1024),
    unpackedKiB: Math.round(unpackedSize / 1024),
    files: files.length,
    entryKiB: Math.round(statSync(ENTRY).size / 1024),
  };
}

/** Runs the CLI as users do, in a process that tells its peak memory and how long the work itself took. */
function render(files: readonly string[], folder: string) {
  const program = `
    const started = performance.now();
    process.on('exit', () => process.stderr.write('\\nBENCH ' + JSON.stringify({ peakKiB: process.resourceUsage().maxRSS, ms: performance.now() - started })));
    process.argv.splice(1, 0, 'rootstock');
    await import(${JSON.stringify(new URL(`../${ENTRY}`, import.meta.url).href)});`;
  const flags = [
    '--input-type=module',
    '-e',
    program,
    '--',
    'render',
    ...files.flatMap((file) => ['-e', file]),
    '-o',
    folder,
    '--quiet',
  ];
  const started = performance.now();
  const child = spawnSync(process.execPath, flags, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const wallMs = round(performance.now() - started, 1);
  const report = /BENCH (.*)$/.exec(child.stderr)?.[1];
  if (child.status !== 0 || report === undefined) throw new Error(`render failed: ${child.stderr.slice(0, 2000)}`);
  const { peakKiB, ms } = JSON.parse(report);
  return { wallMs, stages: round(ms, 1), peakMiB: round(peakKiB / 1024, 1) };
}

function printTables({ start, examples, environments, package: packed }: typeof results): void {
  console.log(`start: --version ${start.versionMs} ms, node -e 0 ${start.bareMs} ms, ratio ${start.ratio}`);
  console.table(Object.fromEntries(examples.map(({ name, ...row }) => [name, row])));
  console.table(Object.fromEntries(environments.map(({ count, ...row }) => [`${count} environments`, row])));
  console.log(
    `package: ${packed.tarballKiB} KiB packed, ${packed.unpackedKiB} KiB unpacked, ${packed.files} files, entry ${packed.entryKiB} KiB`,
  );
}

function timed(action: () => unknown): number {
  const started = performance.now();
  action();
  return round(performance.now() - started, 1);
}

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN, 1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
