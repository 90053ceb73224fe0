// rootstock forge: what is set up once where the repository lives. Its commands are parsed here, each loaded when called.
import { Command, Option } from 'commander';
import { failWith } from '../finish.ts';
import type { ExitCode } from '../terminal.ts';
import { configureUsage, once, refuseEmpty, wantsJson } from '../usage.ts';
import { explainDiskError } from './secrets.ts';

type Finish = (code: ExitCode) => void;

/** Parses and runs a command about the forge. */
export async function runForgeCommand(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const command = makeForgeCommand((result) => {
    code = result;
  }, wantsJson(argv));
  try {
    await command.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const problem = explainDiskError(error);
    if (problem === undefined) throw error;
    return failWith([problem], { json: wantsJson(argv) });
  }
  return code;
}

const HELP = `
The token is taken from GITHUB_TOKEN or GH_TOKEN (GH_ENTERPRISE_TOKEN for a server of your own), or from git credential.
It needs the permissions Administration: write for deploy keys, and Webhooks: write for webhooks.

Example:
  rootstock secrets init ../ai-platform -e prod
  rootstock forge deploy-key ../ai-platform -e prod
  rootstock forge webhook ../ai-platform -e prod`;

function makeForgeCommand(finish: Finish, json: boolean): Command {
  const forge = configureUsage(new Command('rootstock forge'), json)
    .description('set up what Argo CD needs of the repository: a deploy key, a webhook')
    .hook('preAction', (_parent, command) => refuseEmpty(command))
    .addHelpText('after', HELP);
  about(forge, 'deploy-key', 'register a read-only key for Argo CD; its private half goes into the store of secrets')
    .option('--replace', 'make another key, although there is one')
    .action(async (folder, options) =>
      finish(await (await import('../forge/deploy-key.ts')).runDeployKey(folder, options)),
    );
  about(forge, 'webhook', 'register the webhook that tells Argo CD about a push, and try it').action(
    async (folder, options) => finish(await (await import('../forge/webhook.ts')).runWebhook(folder, options)),
  );
  return forge;
}

function about(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument('<folder>', 'folder of the repository')
    .option('-e, --environment <name>', 'name of the environment; needed where there are several', once)
    .option('--remote <url>', 'the repository there instead of repository.url', once)
    .addOption(
      new Option('--forge <kind>', 'what the server is, where its name does not tell').choices(['github', 'git']),
    )
    .option('--json', 'print data as JSON on stdout');
}
