// rootstock secrets: its commands are parsed here, apart from the others, and each is loaded when it is called.
import { Command } from 'commander';
import { makeProblem, type Problem } from '../../core/problem.ts';
import { UNWRITABLE } from '../../io/io-problems.ts';
import { failWith } from '../finish.ts';
import type { ExitCode } from '../terminal.ts';
import { collect, configureUsage, once, refuseEmpty, wantsJson } from '../usage.ts';

const ENVIRONMENT = [
  '-e, --environment <name>',
  'name of the environment; needed where there are several',
  once,
] as const;
const REPLACE_SEALED = ['--replace-sealed', 'seal anew, too, what no key of the store opens'] as const;
const JSON_FLAG = ['--json', 'print data as JSON on stdout'] as const;

/** Parses and runs a command about secrets. */
export async function runSecretsCommand(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const command = makeSecretsCommand((result) => {
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

/** What the disk refuses to write is no bug of ours; undefined for anything else. Code: IO-005. */
export function explainDiskError(error: unknown): Problem | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return undefined;
  const message = `${syscall} failed: ${code}.`;
  const place = path === undefined ? {} : { place: { file: path } };
  return makeProblem(UNWRITABLE, { ...place, message, hint: 'check free space and permissions, then run it again' });
}

type Finish = (code: ExitCode) => void;

function makeSecretsCommand(finish: Finish, json: boolean): Command {
  const secrets = configureUsage(new Command('rootstock secrets'), json)
    .description('keep, make, seal and hand over the secrets of an environment')
    .hook('preAction', (_parent, command) => refuseEmpty(command))
    .addHelpText('after', HELP);
  for (const add of [addStore, addValues, addSealing, addHandOver]) add(secrets, finish);
  return secrets;
}

const HELP = `
A secret is named by namespace, Secret and key, or by its Terraform variable:
  onyx/onyx-redis/redis_password    terraform/agent_token

The store opens with a private age key (ROOTSTOCK_AGE_KEY, ROOTSTOCK_AGE_KEY_FILE, or the file that init makes) or with
a passphrase (ROOTSTOCK_PASSPHRASE, ROOTSTOCK_PASSPHRASE_FILE, or a prompt). No value is ever taken as an argument.

Example:
  rootstock secrets init ../ai-platform -e prod
  rootstock secrets generate ../ai-platform -e prod
  rootstock secrets set ../ai-platform onyx/onyx-object-storage/s3_aws_secret_access_key -e prod
  rootstock secrets seal ../ai-platform -e prod
  rootstock secrets export-tfvars ../ai-platform -e prod`;

function about(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument('<folder>', 'folder of the repository')
    .option(...ENVIRONMENT)
    .option(...JSON_FLAG);
}

function addStore(parent: Command, finish: Finish): void {
  about(parent, 'init', 'make the store of an environment')
    .option('--recipient <key>', 'public age key of somebody who may open it; repeatable', collect, [])
    .option('--passphrase', 'open it with a passphrase instead of keys')
    .action(async (folder, options) =>
      finish(await (await import('../secrets/init-store.ts')).runInitStore(folder, options)),
    );
  about(parent, 'list', 'show every secret and whether it is missing, set, sealed or stale').action(
    async (folder, options) => finish(await (await import('../secrets/list-secrets.ts')).runList(folder, options)),
  );
  about(parent, 'share', 'show or change who may open the store')
    .option('--add <key>', 'public age key to add; repeatable', collect, [])
    .option('--remove <key>', 'public age key to remove; repeatable', collect, [])
    .action(async (folder, options) =>
      finish(await (await import('../secrets/recipients.ts')).runShare(folder, options)),
    );
  about(parent, 'backup', 'write a copy of the store')
    .option('-o, --output <file>', 'file to write (default: <environment>.age)', once)
    .option('--recipient <key>', 'public age key that opens the copy instead; repeatable', collect, [])
    .option('--force', 'overwrite the file')
    .action(async (folder, options) => finish(await (await import('../secrets/copies.ts')).runBackup(folder, options)));
  about(parent, 'restore', 'put a copy in the place of the store')
    .argument('<file>', 'file that backup wrote')
    .option('--force', 'replace a store that is whole')
    .action(async (folder, file, options) =>
      finish(await (await import('../secrets/copies.ts')).runRestore(folder, file, options)),
    );
}

function withValue(command: Command): Command {
  return command
    .argument('<secret>', 'for example onyx/onyx-redis/redis_password')
    .option('--from-file <file>', 'take the value from a file', once)
    .option('--from-env <variable>', 'take the value from a variable of the environment', once)
    .option('--stdin', 'take the value from standard input');
}

function addValues(parent: Command, finish: Finish): void {
  withValue(about(parent, 'set', 'give a value; asks without echo in a terminal')).action(
    async (folder, path, options) =>
      finish(await (await import('../secrets/change-values.ts')).runSet(folder, path, options)),
  );
  about(parent, 'unset', "forget somebody's own value of what is worked out from others")
    .argument('<secret>', 'for example external-dns/dns-credentials/api-token')
    .action(async (folder, path, options) =>
      finish(await (await import('../secrets/change-values.ts')).runUnset(folder, path, options)),
    );
  about(parent, 'get', 'print one value on stdout')
    .argument('<secret>', 'for example onyx/onyx-redis/redis_password')
    .action(async (folder, path, options) =>
      finish(await (await import('../secrets/change-values.ts')).runGet(folder, path, options)),
    );
  about(parent, 'generate', 'make everything that can be made and has no value yet')
    .option('--replace-sealed', 'make new values for sealed files, too, that the store does not know')
    .action(async (folder, options) =>
      finish(await (await import('../secrets/change-values.ts')).runGenerate(folder, options)),
    );
  withValue(about(parent, 'rotate', 'replace a value, or say what that takes')).action(async (folder, path, options) =>
    finish(await (await import('../secrets/change-values.ts')).runRotate(folder, path, options)),
  );
  about(parent, 'import', 'take values that exist elsewhere; - reads standard input')
    .option('--tfvars <file>', 'variables of the cluster project: secrets.auto.tfvars.json', once)
    .option('--from <file>', 'YAML or JSON, a map from secret to value', once)
    .option('--kubernetes <file>', 'output of: kubectl get secrets --all-namespaces --output json', once)
    .option('--sealed', 'what the sealed files of the repository hold, as far as the keys of the store open it')
    .option('--force', 'replace values that differ')
    .action(async (folder, options) =>
      finish(await (await import('../secrets/import-values.ts')).runImport(folder, options)),
    );
}

function addSealing(parent: Command, finish: Finish): void {
  about(parent, 'seal', 'write SealedSecrets for what is new or changed')
    .option(...REPLACE_SEALED)
    .action(async (folder, options) =>
      finish(await (await import('../secrets/seal-files.ts')).runSeal(folder, options)),
    );
  about(parent, 'rotate-key', 'make a new sealing key and seal everything for it')
    .option(...REPLACE_SEALED)
    .action(async (folder, options) =>
      finish(await (await import('../secrets/seal-files.ts')).runRotateKey(folder, options)),
    );
}

function addHandOver(parent: Command, finish: Finish): void {
  about(parent, 'export-tfvars', "write the cluster project's secret variables, mode 0600")
    .option('--force', 'overwrite a file with other values')
    .action(async (folder, options) =>
      finish(await (await import('../secrets/hand-over.ts')).runExportTfvars(folder, options)),
    );
  about(parent, 'sealing-key', 'print the sealing keys as Secrets, for a cluster that is alive').action(
    async (folder, options) => finish(await (await import('../secrets/hand-over.ts')).runSealingKey(folder, options)),
  );
}
