// Flags → one command. Each command is loaded when it is called, so that help and version start at once.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { VERSION } from '../core/version.ts';
import type { ExitCode } from './terminal.ts';

const JSON_FLAG = ['--json', 'print data as JSON on stdout'] as const;

/** Runs the command line; gives the exit code. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const finish = (result: ExitCode) => {
    code = result;
  };
  const program = makeProgram(finish);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return code;
}

function makeProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('rootstock')
    .description('Renders, proves and pushes the Git repository of a private AI platform.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .showHelpAfterError('(rootstock --help lists the commands)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 problems in the input, 2 wrong usage, 3 the outside refused, 4 our bug, 5 a difference was found.',
    );

  // Its many flags are parsed by a command of its own, loaded when it is called.
  program
    .command('init')
    .description('write an environment file with comments, from a few questions or from flags')
    .usage('[flags]  (rootstock init --help lists them)')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[flags...]')
    .action(async (_flags, _options, command: Command) =>
      finish(await (await import('./commands/init.ts')).runInitCommand(command.args)),
    );

  program
    .command('render')
    .description('render environments into a folder, proven before a byte is written')
    .requiredOption('-e, --environment <file>', 'environment file; repeat for several', collect)
    .requiredOption('-o, --output <folder>', 'folder of the repository: empty, a Git clone, or generated before')
    .option(
      '--remove-environment <name>',
      'stop generating an environment that the repository records; repeatable',
      collect,
      [],
    )
    .option('-q, --quiet', 'do not print one line per file')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  rootstock render -e prod.yaml -o ../ai-platform')
    .action(async (options) => finish(await (await import('./commands/render.ts')).runRender(options)));

  program
    .command('verify')
    .description('prove a repository, generated or edited by hand')
    .argument('<folder>', 'folder of the repository')
    .option(...JSON_FLAG)
    .action(async (folder: string, options) =>
      finish(await (await import('./commands/verify.ts')).runVerify(folder, options)),
    );

  program
    .command('push')
    .description("commit what was generated and push it to the environment's repository")
    .argument('<folder>', 'folder of the repository')
    .option('--remote <url>', 'push there instead of repository.url')
    .option('--branch <name>', 'push to this branch instead of repository.branch', branchName)
    .option('-m, --message <text>', 'commit message')
    .option('--allow-pending', 'push although secrets or addresses are still missing')
    .option(...JSON_FLAG)
    .action(async (folder: string, options) =>
      finish(await (await import('./commands/push.ts')).runPush(folder, options)),
    );

  program
    .command('catalog')
    .description('list the apps with their versions and inputs, the GPU models, or the language models')
    .argument('[app]', 'show one app with its inputs')
    .option('--gpus', 'list GPU models instead')
    .option('--models', 'list the language models whose GPU memory is known instead')
    .option(...JSON_FLAG)
    .action(async (app: string | undefined, options) =>
      finish((await import('./commands/catalog.ts')).runCatalog(app, options)),
    );

  program
    .command('explain')
    .description('say what a problem code means and how to mend it')
    .argument('[code]', 'for example NET-003; without it, list all codes')
    .option(...JSON_FLAG)
    .action(async (code: string | undefined, options) =>
      finish((await import('./commands/explain.ts')).runExplain(code, options)),
    );

  // Options of the parent do not reach subcommands that were made before: set both on each.
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(rootstock ${command.name()} --help explains the options)`);
  return program;
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function branchName(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(value) || value.includes('..'))
    throw new InvalidArgumentError('write a branch name such as main.');
  return value;
}
