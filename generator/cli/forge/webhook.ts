// rootstock forge webhook: the forge tells Argo CD about a push, if it can reach it.
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { NOT_REACHED } from '../../io/forge/forge-problems.ts';
import { NOT_SET } from '../../secrets/secret-problems.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, succeedWith } from '../finish.ts';
import { openSession, type Session, startSession } from '../secrets/session.ts';
import { type ExitCode, printData } from '../terminal.ts';
import { type ForgeCommandOptions, openForgeOf } from './environment-forge.ts';

const PATH = 'argocd/argocd-webhook/github';

/** Registers the webhook and tries it. Codes: FORGE-001 to FORGE-013, SEC-007, and those of opening a store. */
export async function runWebhook(folder: string, options: ForgeCommandOptions): Promise<ExitCode> {
  const done = await register(folder, options);
  if (!done.ok) return failWith(done.problems, options);
  const { url, state } = done.value;
  if (options.json !== true) printData(`${state}  ${url}`);
  return succeedWith(done.value, done.problems, options);
}

async function register(
  folder: string,
  options: ForgeCommandOptions,
): Promise<Outcome<{ readonly url: string; readonly state: string }>> {
  const session = startSession(folder, options.environment);
  if (!session.ok) return session;
  const address = findAddress(session.value);
  if (!address.ok) return address;
  const opened = await openForgeOf('webhook', session.value, options);
  if (!opened.ok) return opened;
  const { forge } = opened.value;
  const { branch } = session.value.plan.environment.repository;
  const prepared = await forge.prepare({ rights: ['webhooks'], branch });
  if (!prepared.ok) return prepared;
  const store = await openSession(session.value);
  if (!store.ok) return store;
  const secret = store.value.store.values[PATH]?.value;
  if (secret === undefined) return fail([notSet(session.value)]);
  const registered = await forge.registerWebhook({ url: address.value, secret });
  return registered.ok
    ? succeed({ url: address.value, state: registered.value.state }, registered.problems)
    : registered;
}

/** Where Argo CD listens; a problem where no request can arrive. */
function findAddress(session: Session): Outcome<string> {
  const { plan, name } = session;
  const file = plan.source.file;
  const inputs = (plan.environment.apps['argo-cd'] ?? {}) as { readonly webhook?: boolean };
  if (inputs.webhook !== true)
    return refuse(
      'apps.argo-cd.webhook',
      `Argo CD of ${name} expects no webhook.`,
      `write webhook: true under apps.argo-cd of ${file}, then render and push`,
    );
  const host = plan.hosts.find(({ app }) => app === 'argo-cd')?.host;
  if (host === undefined)
    return refuse(
      'ingress.expose',
      `Argo CD of ${name} is not exposed.`,
      `add argo-cd to ingress.expose of ${file}, then render and push`,
    );
  if (plan.environment.ingress.tls.kind === 'self-signed')
    return refuse(
      'ingress.tls',
      `The certificate of ${host} is self-signed, and no forge trusts it.`,
      `write tls: { kind: acme, … } in ${file}, then render and push`,
    );
  return succeed(`https://${host}/api/webhook?environment=${name}`);
}

function refuse(key: string, message: string, hint: string): Outcome<never> {
  return fail([makeProblem(NOT_REACHED, { key, message, hint })]);
}

function notSet(session: Session): Problem {
  const hint = `${formatSecrets('generate', session)}, then ${formatSecrets('seal', session)}`;
  return makeProblem(NOT_SET, { key: PATH, message: `${PATH} has no value.`, hint });
}
