// Runs a command of the CLI in this process, with what it prints caught: for tests that call it hundreds of times.

import { runProgram } from '../cli/program.ts';
import { reportBug } from '../cli/report-bug.ts';
import { wantsJson } from '../cli/usage.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Variables that would lead a command to the keys of whoever runs the tests. */
const OWN = ['XDG_CONFIG_HOME', 'ROOTSTOCK_AGE_KEY', 'ROOTSTOCK_AGE_KEY_FILE'];
const OWN_TOO = ['ROOTSTOCK_PASSPHRASE', 'ROOTSTOCK_PASSPHRASE_FILE', 'ROOTSTOCK_DEBUG'];

/** Runs it in a folder, with these variables and nobody's own keys. One at a time: a process has one folder. */
export async function runHere(
  words: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { env, stdout, stderr } = process;
  const before = { env: { ...env }, folder: process.cwd(), out: stdout.write, err: stderr.write };
  const caught = { out: '', err: '' };
  for (const name of [...OWN, ...OWN_TOO]) delete env[name];
  Object.assign(env, variables, { CI: 'true' });
  process.chdir(folder);
  stdout.write = catchInto(caught, 'out');
  stderr.write = catchInto(caught, 'err');
  try {
    const code = await runProgram(words).catch((error: unknown) => reportBug(error, { json: wantsJson(words) }));
    return { code, ...caught };
  } finally {
    stdout.write = before.out;
    stderr.write = before.err;
    process.chdir(before.folder);
    for (const name of Object.keys(env)) if (!(name in before.env)) delete env[name];
    Object.assign(env, before.env);
  }
}

function catchInto(caught: { out: string; err: string }, side: 'out' | 'err'): typeof process.stdout.write {
  return (text: string | Uint8Array) => {
    caught[side] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    return true;
  };
}
