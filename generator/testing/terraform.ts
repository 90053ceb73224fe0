// The real terraform, for tests. It downloads nothing: only formatting and what needs no provider.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The CLI's own configuration would warn, or know mirrors that tests must not use. */
const ENVIRONMENT = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1', NO_COLOR: '1' };

/** True if terraform is on this machine; tests that need it report themselves as skipped otherwise. */
export const hasTerraform = spawnSync('terraform', ['version'], { env: ENVIRONMENT }).status === 0;

/** What `terraform fmt` would change, as a diff; empty if nothing. Files by path, relative. */
export function formatDifference(files: Readonly<Record<string, string>>): string {
  return inFolder(files, (folder) => {
    const run = spawnSync('terraform', ['fmt', '-check', '-diff', '-recursive', '.'], {
      cwd: folder,
      env: ENVIRONMENT,
      encoding: 'utf8',
    });
    return run.status === 0 ? '' : `${run.stdout}${run.stderr}`;
  });
}

/** Outputs of a configuration without providers, as terraform evaluates them; `files` lie beside it, by path. */
export function evaluateOutputs(
  main: string,
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> {
  return inFolder({ ...files, 'main.tf': main }, applyIn);
}

/** One output of several configurations without providers that are applied one after the other, to the same state. */
export function evaluateInTurn(mains: readonly string[], output: string): readonly unknown[] {
  return inFolder({}, (folder) =>
    mains.map((main) => {
      writeFileSync(join(folder, 'main.tf'), main);
      return applyIn(folder)[output];
    }),
  );
}

function applyIn(folder: string): Readonly<Record<string, unknown>> {
  const run = (args: readonly string[]) =>
    execFileSync('terraform', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', stdio: 'pipe' });
  run(['apply', '-auto-approve', '-input=false']);
  const outputs = JSON.parse(run(['output', '-json'])) as Record<string, { readonly value: unknown }>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

function inFolder<Result>(files: Readonly<Record<string, string>>, work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'rootstock-terraform-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
