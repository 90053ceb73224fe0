// rootstock secrets share: who may open a store. Also the check of every public key that somebody types.
import { Encrypter } from 'age-encryption';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { BAD_RECIPIENT } from '../../secrets/secret-problems.ts';
import { formatSecrets, type HintTarget } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { changeStore, startOpenSession } from './session.ts';

export interface ShareOptions extends OutputOptions {
  readonly environment?: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export async function runShare(folder: string, options: ShareOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const changed = await changeStore(session.value, (store) => {
    const added = checkRecipients(options.add);
    if (!added.ok) return added;
    const unknown = options.remove.filter((recipient) => !store.recipients.includes(recipient));
    if (unknown.length > 0) return fail(unknown.map((recipient) => notThere(recipient, session.value)));
    const recipients = [...new Set([...store.recipients, ...added.value])].filter(
      (recipient) => !options.remove.includes(recipient),
    );
    // A store that a passphrase opens has none, and goes on so.
    if (recipients.length === 0 && store.recipients.length > 0) return fail([nobodyLeft()]);
    const same = [...recipients].sort().join() === [...store.recipients].sort().join();
    return succeed(same ? store : { ...store, recipients: recipients.sort() });
  });
  if (!changed.ok) return failWith(changed.problems, options);
  const { recipients } = changed.value.store;
  const { store } = session.value;
  if (store.recipients.length === 0 && recipients.length > 0)
    printStatus('from now on these keys open the store, and the passphrase no longer does');
  if (store.recipients.some((recipient) => !recipients.includes(recipient)))
    printStatus('who was removed can still open older versions in Git: rotate what they knew');
  if (options.json !== true) for (const recipient of recipients) printData(recipient);
  return succeedWith({ recipients }, changed.problems, options);
}

/** Public keys, sorted, each once. Code: SEC-011. */
export function checkRecipients(given: readonly string[]): Outcome<readonly string[]> {
  const problems = given.flatMap((recipient): Problem[] => {
    if (/^AGE-SECRET-KEY/i.test(recipient)) return [bad('a private key was given as a recipient')];
    try {
      new Encrypter().addRecipient(recipient);
      return [];
    } catch {
      return [bad(`${recipient} is no public age key`)];
    }
  });
  return problems.length > 0 ? fail(problems) : succeed([...new Set(given)].sort());
}

function bad(reason: string): Problem {
  const message = `${reason[0]?.toUpperCase()}${reason.slice(1)}.`;
  return makeProblem(BAD_RECIPIENT, { message, hint: 'age-keygen -y KEYFILE prints the public key' });
}

function notThere(recipient: string, target: HintTarget): Problem {
  const message = `${recipient} is not among the recipients.`;
  return makeProblem(BAD_RECIPIENT, { key: '--remove', message, hint: formatSecrets('share', target) });
}

function nobodyLeft(): Problem {
  const message = 'Nobody could open the store any more.';
  return makeProblem(BAD_RECIPIENT, { message, hint: 'add a recipient with --add in the same run' });
}
