// One request to GitHub → its answer, or why there is none. Waits and repeats where that is safe, and only for a while.
import { makeProblem, type Problem } from '../../core/problem.ts';
import { BAD_TOKEN, LIMITED, NO_REPOSITORY, NO_RIGHT, REFUSED_BY_FORGE, UNREACHABLE } from './forge-problems.ts';

/** The time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: T;
}

export type FailureKind =
  | 'unauthorised'
  | 'forbidden'
  | 'not found'
  | 'invalid'
  | 'limited'
  | 'unreachable'
  | 'refused';

export interface Failure {
  readonly kind: FailureKind;
  /** What the server or the network said. */
  readonly message: string;
  readonly headers: Answer<unknown>['headers'];
  /** For `limited`: when to try again, in milliseconds since 1970. */
  readonly retryAt?: number;
}

export type Asked<T> =
  | { readonly ok: true; readonly answer: Answer<T> }
  | { readonly ok: false; readonly failure: Failure };

const ATTEMPTS = 3;
/** Between attempts after a failure of the network or the server. */
const PAUSES_MILLISECONDS = [1000, 3000];
/** Nobody looks at a silent terminal for longer. */
const LONGEST_WAIT_MILLISECONDS = 60_000;
/** What GitHub asks for where it does not say how long. */
const SECONDARY_WAIT_MILLISECONDS = 60_000;

/**
 * Asks up to three times. Repeating is safe for all that Rootstock asks: what creates something is refused as a
 * duplicate the second time, and whoever asks looks for what exists then.
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export async function ask<T>(call: () => Promise<Answer<T>>, clock: Clock): Promise<Asked<T>> {
  for (let attempt = 1; ; attempt++) {
    const asked = await askOnce(call, clock);
    const pause = asked.ok || attempt === ATTEMPTS ? undefined : findPause(asked.failure, attempt, clock);
    if (pause === undefined) return asked;
    await clock.sleep(pause);
  }
}

async function askOnce<T>(call: () => Promise<Answer<T>>, clock: Clock): Promise<Asked<T>> {
  try {
    const answer = await call();
    // The client takes an answer that was cut off, or a page of some proxy, for text: the API answers with objects.
    const whole = answer.status === 204 || typeof answer.data === 'object';
    return whole ? { ok: true, answer } : { ok: false, failure: cutOff(answer) };
  } catch (error) {
    return { ok: false, failure: explainError(error, clock) };
  }
}

function cutOff({ headers }: Answer<unknown>): Failure {
  return { kind: 'unreachable', message: 'The answer was cut off, or is none of the API.', headers };
}

interface HttpError {
  readonly status: number;
  readonly message: string;
  readonly response?: { readonly headers: Answer<unknown>['headers']; readonly data?: unknown };
}

function explainError(error: unknown, clock: Clock): Failure {
  if (!isHttpError(error)) throw error;
  const { status, message, response } = error;
  const headers = response?.headers ?? {};
  if (response === undefined || status >= 500) {
    const said = response === undefined ? message : `The server answered ${status}.`;
    return { kind: 'unreachable', message: said, headers };
  }
  const retryAt = findRetry(error, headers, clock);
  if (retryAt !== undefined) return { kind: 'limited', message, headers, retryAt };
  return { kind: KINDS[status] ?? 'refused', message: shorten(message), headers };
}

const KINDS: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not found',
  422: 'invalid',
};

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && typeof (error as Partial<HttpError>).status === 'number';
}

/** When to come back, if the answer says that there were too many requests. */
function findRetry({ status, message }: HttpError, headers: Answer<unknown>['headers'], clock: Clock) {
  if (status !== 403 && status !== 429) return undefined;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(seconds)) return clock.now() + seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (String(headers['x-ratelimit-remaining']) === '0' && Number.isFinite(reset)) return reset * 1000;
  return status === 429 || /secondary rate limit|abuse detection/i.test(message)
    ? clock.now() + SECONDARY_WAIT_MILLISECONDS
    : undefined;
}

/** How long to wait before the next attempt; undefined where another would not help, or takes too long. */
function findPause({ kind, retryAt }: Failure, attempt: number, clock: Clock): number | undefined {
  if (kind === 'unreachable') return PAUSES_MILLISECONDS[attempt - 1];
  if (kind !== 'limited' || retryAt === undefined) return undefined;
  const wait = Math.max(retryAt - clock.now(), 0);
  return wait <= LONGEST_WAIT_MILLISECONDS ? wait : undefined;
}

/** The address of the documentation says nothing to people who did not write the request. */
function shorten(message: string): string {
  return message.replace(/ - https:\/\/docs\.github\.com\S*/g, '').slice(0, 300);
}

/** What failures are explained with. */
export interface FailureContext {
  /** For people, e.g. `acme/ai on github.com`. */
  readonly subject: string;
  /** Where the token came from. */
  readonly tokenSource: string;
  /** Page on which tokens are made. */
  readonly tokenPage: string;
  /** The command of this run, to type again. */
  readonly again: string;
  readonly api: string;
}

/**
 * A failure, for people. Codes: FORGE-002, FORGE-003, FORGE-004, FORGE-006, FORGE-008, FORGE-009.
 * @param step what was asked, e.g. `open a pull request`
 * @param needs the right that it takes, e.g. `Pull requests: write`
 */
export function failureProblem(
  failure: Failure,
  context: FailureContext,
  { step, needs }: { readonly step: string; readonly needs: string },
): Problem {
  const { subject, tokenSource, tokenPage, again, api } = context;
  const said = endSentence(failure.message);
  switch (failure.kind) {
    case 'unauthorised':
      return makeProblem(BAD_TOKEN, {
        message: `${subject}: the token from ${tokenSource} is not accepted. ${said}`,
        hint: `make a new one at ${tokenPage}, then ${again}`,
      });
    case 'not found':
      return makeProblem(NO_REPOSITORY, {
        message: `${subject}: could not ${step}, because the forge shows nothing there to the token from ${tokenSource}.`,
        hint: `give the token ${needs} at ${tokenPage}, then ${again}`,
      });
    case 'forbidden':
      return makeProblem(NO_RIGHT, {
        message: `${subject}: the token from ${tokenSource} may not ${step}. ${said}${accepted(failure)}`,
        hint: `give the token ${needs} at ${tokenPage}, then ${again}`,
      });
    case 'limited':
      return makeProblem(LIMITED, {
        message: `${subject}: could not ${step} before ${formatTime(failure.retryAt)}. ${said}`,
        hint: `after that, ${again}`,
      });
    case 'unreachable':
      return makeProblem(UNREACHABLE, {
        message: `${subject}: could not ${step} over ${api}. ${said}`,
        hint: `try: curl -sSI ${api}, then ${again}`,
      });
    default:
      return makeProblem(REFUSED_BY_FORGE, { message: `${subject}: could not ${step}. ${said}`, hint: again });
  }
}

/** GitHub tells which permissions would have done. */
function accepted({ headers }: Failure): string {
  const permissions = headers['x-accepted-github-permissions'];
  return permissions === undefined || permissions === '' ? '' : ` It takes ${permissions}.`;
}

function formatTime(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'later' : new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
