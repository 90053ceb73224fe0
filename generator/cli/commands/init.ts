// rootstock init: writes an environment file with comments, from a few questions or from flags.
import { Command } from 'commander';
import { fileExists, writeEnvironmentFile } from '../../io/environment-file.ts';
import { QUESTIONS } from '../init/questions.ts';
import { readPublicKey } from '../init/read-public-key.ts';
import { runInit } from '../init/run-init.ts';
import { type ExitCode, isInteractive } from '../terminal.ts';
import { configureUsage, once, refuseEmpty, wantsJson } from '../usage.ts';

interface CommonOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  /** False with --no-bastion. */
  readonly bastion: boolean;
  readonly [flag: string]: unknown;
}

/** Parses the flags of init, which are many and loaded only here, and runs it. */
export async function runInitCommand(argv: readonly string[]): Promise<ExitCode> {
  const command = makeInitCommand(wantsJson(argv));
  command.parse([...argv], { from: 'user' });
  refuseEmpty(command);
  const { output, force, json, bastion, ...rest } = command.opts<CommonOptions>();
  const flags = Object.fromEntries(
    QUESTIONS.map(({ flag }) => [flag, rest[toCamelCase(flag)]] as const).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  const asker = isInteractive() ? (await import('../init/clack-asker.ts')).clackAsker : undefined;
  return runInit(
    {
      flags,
      ...(bastion ? {} : { noBastion: true }),
      ...(output === undefined ? {} : { output }),
      ...(force === undefined ? {} : { force }),
      ...(json === undefined ? {} : { json }),
    },
    {
      readSshKey: readPublicKey,
      exists: fileExists,
      write: writeEnvironmentFile,
      ...(asker === undefined ? {} : { asker }),
    },
  );
}

function makeInitCommand(json: boolean): Command {
  const command = configureUsage(new Command('rootstock init'), json)
    .description('write an environment file with comments; asks in a terminal, takes flags everywhere')
    .option('-o, --output <file>', 'file to write; - for stdout (default: <name>.yaml)', once)
    .option('--force', 'overwrite the file')
    .option('--json', 'print data as JSON on stdout');
  for (const { flag, value, help } of QUESTIONS) {
    command.option(`--${flag} ${value}`, help, once);
    if (flag === 'ssh-from') command.option('--no-bastion', 'no bastion; --private-access says what there is instead');
  }
  return command.allowExcessArguments(false).addHelpText('after', `\nExample:\n  ${EXAMPLE}`);
}

const EXAMPLE = [
  'rootstock init --name lab --platform zcompute --endpoint https://compute-us-west-101.zadara.com \\',
  '    --repository https://github.com/acme/ai-lab.git --ssh-key ~/.ssh/id_ed25519.pub --ssh-from 203.0.113.0/24 \\',
  '    --control-type z4.large --worker-type z8.3xlarge --gpu-type ZGL4.7large',
].join('\n');

function toCamelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
