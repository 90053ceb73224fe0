// rootstock forge deploy-key: a key pair for Argo CD; the private half into the store, the public half to the forge.
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { pathOfVariable } from '../../core/secret-path.ts';
import type { Forge } from '../../io/forge/forge.ts';
import { UNKNOWN_HOST_KEY } from '../../io/forge/forge-problems.ts';
import { UNFIT_VALUE } from '../../secrets/secret-problems.ts';
import { putValue, type SecretStore } from '../../secrets/secret-store.ts';
import { makeSshKey, readSshPublicKey } from '../../secrets/ssh-key.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, succeedWith } from '../finish.ts';
import { changeStore, type OpenSession, openSession, type Session, startSession } from '../secrets/session.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { type ForgeCommandOptions, formatForge, openForgeOf } from './environment-forge.ts';

export interface DeployKeyOptions extends ForgeCommandOptions {
  readonly replace?: boolean;
}

const PATH = pathOfVariable('argocd_ssh_private_key');
/** Servers whose host keys Argo CD 3.4 brings along. @see argo-helm 10.1.1, configs.ssh.knownHosts */
const KNOWN_SSH_HOSTS = ['bitbucket.org', 'github.com', 'gitlab.com', 'ssh.dev.azure.com', 'vs-ssh.visualstudio.com'];

/**
 * Makes the key unless the store has one, and registers it unless the forge has it. Codes: FORGE-001 to FORGE-014,
 * USE-003, and those of opening a store.
 */
export async function runDeployKey(folder: string, options: DeployKeyOptions): Promise<ExitCode> {
  const done = await register(folder, options);
  if (!done.ok) return failWith(done.problems, options);
  const { session, publicKey, state, made } = done.value;
  if (options.json !== true) printData(`${state}  argocd-${session.name}  ${publicKey}`);
  if (made) printStatus(`next: ${formatSecrets('export-tfvars', session)}, then apply the cluster project`);
  const data = { environment: session.name, title: titleOf(session), publicKey, state, madeKey: made };
  return succeedWith(data, done.problems, options);
}

interface Done {
  readonly session: Session;
  readonly publicKey: string;
  readonly state: string;
  readonly made: boolean;
}

async function register(folder: string, options: DeployKeyOptions): Promise<Outcome<Done>> {
  const session = startSession(folder, options.environment);
  if (!session.ok) return session;
  const { access, branch } = session.value.plan.environment.repository;
  if (access !== 'deployKey') return fail([notNeeded(session.value, access)]);
  const opened = await openForgeOf('deploy-key', session.value, options);
  if (!opened.ok) return opened;
  const { forge } = opened.value;
  const prepared = await forge.prepare({ rights: ['deploy keys'], branch });
  if (!prepared.ok) return prepared;
  const store = await openSession(session.value);
  if (!store.ok) return store;
  // Into the store first: a key whose private half is lost is of no use, the other way round the next run goes on.
  const key = await keepKey(store.value, options);
  if (!key.ok) return key;
  const { publicKey, made } = key.value;
  const registered = await forge.registerDeployKey({ title: titleOf(session.value), publicKey });
  if (!registered.ok) return registered;
  const hostKeys = await checkHostKeys(forge, session.value);
  const done = { session: session.value, publicKey, state: registered.value.state, made };
  return hostKeys.ok ? succeed(done, [...registered.problems, ...hostKeys.value]) : hostKeys;
}

function titleOf({ name }: Session): string {
  return `argocd-${name}`;
}

/** The public half of the key in the store, or of a new one that is put there. */
async function keepKey(
  session: OpenSession,
  options: DeployKeyOptions,
): Promise<Outcome<{ readonly publicKey: string; readonly made: boolean }>> {
  let kept: { readonly publicKey: string; readonly made: boolean } | undefined;
  const changed = await changeStore(session, (store): Outcome<SecretStore> => {
    const stored = options.replace === true ? undefined : store.values[PATH]?.value;
    if (stored !== undefined) {
      const publicKey = readSshPublicKey(stored);
      if (publicKey === undefined) return fail([unreadableKey(session, options)]);
      kept = { publicKey, made: false };
      return succeed(store);
    }
    const { privateKey, publicKey } = makeSshKey(titleOf(session));
    kept = { publicKey, made: true };
    return succeed(putValue(store, PATH, { value: privateKey, source: 'generated', now: new Date() }));
  });
  if (!changed.ok) return changed;
  if (kept === undefined) throw new Error('the store was changed without a key');
  return succeed(kept);
}

function unreadableKey(session: Session, options: DeployKeyOptions): Problem {
  const message = `${PATH} in the store is no private key of OpenSSH without a passphrase, so its public half cannot be told.`;
  const hint = `${formatForge('deploy-key', session, options)} --replace`;
  return makeProblem(UNFIT_VALUE, { key: PATH, message, hint });
}

function notNeeded({ name }: Session, access: string): Problem {
  const message = `repository.access of ${name} is ${access}: Argo CD reads the repository without a deploy key.`;
  return makeProblem(CONTRADICTION, { key: 'repository.access', message, hint: 'write access: deployKey' });
}

/** A key that nobody can read from is found out here, not by an Argo CD that cannot connect. */
async function checkHostKeys(forge: Forge, session: Session): Promise<Outcome<readonly Problem[]>> {
  const { hostname, port } = new URL(session.plan.argoRepositoryUrl);
  if (KNOWN_SSH_HOSTS.includes(hostname)) return succeed([]);
  const name = port === '' || port === '22' ? hostname : `[${hostname}]:${port}`;
  const pinned = listPinned(session).filter((line) => line.split(' ')[0]?.split(',').includes(name) === true);
  const published = await forge.listHostKeys();
  if (!published.ok) return published;
  const isPinned = pinned.some(
    (line) => published.value.length === 0 || published.value.some((key) => line.endsWith(key)),
  );
  return succeed(isPinned ? [] : [unknownHost(session, name, published.value)]);
}

function listPinned({ plan }: Session): readonly string[] {
  const { knownHosts } = (plan.environment.apps['argo-cd'] ?? {}) as { readonly knownHosts?: readonly string[] };
  return knownHosts ?? [];
}

function unknownHost({ plan, name }: Session, host: string, published: readonly string[]): Problem {
  const key = published.find((line) => line.startsWith('ssh-ed25519 ')) ?? published[0];
  const message = `Argo CD of ${name} does not know the host key of ${host}, so it will not connect.`;
  const hint =
    key === undefined
      ? `compare ssh-keyscan ${host} with what its administrators publish, and write the line into apps.argo-cd.knownHosts of ${plan.source.file}`
      : `write into apps.argo-cd.knownHosts of ${plan.source.file}: ${host} ${key}`;
  return makeProblem(UNKNOWN_HOST_KEY, { key: 'apps.argo-cd.knownHosts', message, hint });
}
