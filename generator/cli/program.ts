// Flags → one command. Each command is loaded when it is called, so that help and version start at once.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../core/version.ts';
import { failWith } from './finish.ts';
import type { ExitCode } from './terminal.ts';
import { collect, configureUsage, explainUsageError, once, refuseEmpty, wantsJson } from './usage.ts';

const JSON_FLAG = ['--json', 'print data as JSON on stdout'] as const;

type Finish = (code: ExitCode) => void;

/** Runs the command line; gives the exit code. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const json = wantsJson(argv);
  const program = makeProgram((result) => {
    code = result;
  }, json);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // Called without a command: the help that was printed says it all.
    if (argv.length === 0) return 2;
    const command = program.commands.find((candidate) => candidate.name() === argv[0]);
    return failWith([explainUsageError(error, command?.name())], { json });
  }
  return code;
}

function makeProgram(finish: Finish, json: boolean): Command {
  // Before the commands are added, because they inherit what is set here.
  const program = configureUsage(new Command('rootstock'), json)
    .description('Renders, proves and pushes the Git repository of a private AI platform.')
    .version(VERSION, '-V, --version')
    .hook('preAction', (_program, command) => refuseEmpty(command))
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 problems in the input, 2 wrong usage, 3 the outside refused, 4 our bug, 5 a difference was found.',
    );
  for (const add of [addInit, addRender, addDiff, addVerify, addPush, addSecrets, addForge, addCatalog, addExplain])
    add(program, finish);
  return program;
}

/** Its many flags are parsed by a command of its own, loaded when it is called. */
function addInit(program: Command, finish: Finish): void {
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
}

function addRender(program: Command, finish: Finish): void {
  program
    .command('render')
    .description('render environments into a folder, proven before a byte is written')
    .requiredOption('-e, --environment <file>', 'environment file; repeat for several', collect)
    .requiredOption('-o, --output <folder>', 'folder of the repository: empty, a Git clone, or generated before', once)
    .option(
      '--remove-environment <name>',
      'stop generating an environment that the repository records; repeatable',
      collect,
      [],
    )
    .option(
      '--allow-replace <name>',
      'delete or replace this, although something is lost; the run that stops or reports it says the name; repeatable',
      collect,
      [],
    )
    .option(
      '--restore <path>',
      'write a file as generated that was deleted or edited, or all of a folder; repeatable',
      collect,
      [],
    )
    .option('-q, --quiet', 'do not print one line per file')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  rootstock render -e prod.yaml -o ../ai-platform')
    .action(async (options) => finish(await (await import('./commands/render.ts')).runRender(options)));
}

function addDiff(program: Command, finish: Finish): void {
  program
    .command('diff')
    .description('show what render would change, and write nothing')
    .requiredOption('-e, --environment <file>', 'environment file; repeat for several', collect)
    .requiredOption('-o, --output <folder>', 'folder of the repository', once)
    .option(
      '--remove-environment <name>',
      'leave out an environment that the repository records; repeatable',
      collect,
      [],
    )
    .option('--exit-code', 'exit with 5 if there is a difference')
    .option('--stat', 'count changed lines instead of showing them')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExample:\n  rootstock diff -e prod.yaml -o ../ai-platform')
    .action(async (options) => finish(await (await import('./commands/diff.ts')).runDiff(options)));
}

function addVerify(program: Command, finish: Finish): void {
  program
    .command('verify')
    .description('prove a repository, generated or edited by hand')
    .argument('<folder>', 'folder of the repository')
    .option(...JSON_FLAG)
    .action(async (folder: string, options) =>
      finish(await (await import('./commands/verify.ts')).runVerify(folder, options)),
    );
}

function addPush(program: Command, finish: Finish): void {
  program
    .command('push')
    .description("commit what was generated and push it to the environment's repository")
    .argument('<folder>', 'folder of the repository')
    .option('--remote <url>', 'push there instead of repository.url', once)
    .option('--branch <name>', 'push to this branch instead of repository.branch; with --pr: from this one', branchName)
    .option('--pr', 'push a branch and open a pull request, or update or close the one that is open')
    .option('--create-repository', 'make the repository if it is not there: private, unless --public is given')
    .option('--public', 'with --create-repository: everybody may read it')
    .addOption(
      new Option('--forge <kind>', 'what the server is, where its name does not tell').choices([
        'github',
        'gitlab',
        'gitea',
        'bitbucket',
        'git',
      ]),
    )
    .option('-m, --message <text>', 'commit message', once)
    .option('--allow-pending', 'push although secrets or addresses are still missing')
    .option(
      '--allow-replace <name>',
      'push although this is deleted or replaced; the run that stops says the name; repeatable',
      collect,
      [],
    )
    .option(...JSON_FLAG)
    .action(async (folder: string, options) =>
      finish(await (await import('./commands/push.ts')).runPush(folder, options)),
    );
}

/** As with init: its commands are parsed where they are loaded. */
function addSecrets(program: Command, finish: Finish): void {
  program
    .command('secrets')
    .description('keep, make, seal and hand over the secrets of an environment')
    .usage('<command>  (rootstock secrets --help lists them)')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[arguments...]')
    .action(async (_arguments, _options, command: Command) =>
      finish(await (await import('./commands/secrets.ts')).runSecretsCommand(command.args)),
    );
}

/** As with init: its commands are parsed where they are loaded. */
function addForge(program: Command, finish: Finish): void {
  program
    .command('forge')
    .description('set up what Argo CD needs of the repository: a deploy key, a webhook')
    .usage('<command>  (rootstock forge --help lists them)')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[arguments...]')
    .action(async (_arguments, _options, command: Command) =>
      finish(await (await import('./commands/forge.ts')).runForgeCommand(command.args)),
    );
}

function addCatalog(program: Command, finish: Finish): void {
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
}

function addExplain(program: Command, finish: Finish): void {
  program
    .command('explain')
    .description('say what a problem code means and how to mend it')
    .argument('[code]', 'for example NET-003; without it, list all codes')
    .option(...JSON_FLAG)
    .action(async (code: string | undefined, options) =>
      finish((await import('./commands/explain.ts')).runExplain(code, options)),
    );
}

function branchName(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(value) || value.includes('..'))
    throw new InvalidArgumentError('write a branch name such as main.');
  return value;
}
