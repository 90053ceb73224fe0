// The one word for everything a stage has to say against its input. Problems are values: a stage collects them all.
import { hideSecrets } from './hide-secrets.ts';
import { formatKeyPath, type KeyPath } from './key-path.ts';

/**
 * - `error` blocks writing.
 * - `pending` waits for a person (a secret not set, an address not known): blocks pushing unless allowed.
 * - `unchecked` could not be told, and the message says why: never a pass.
 */
export type Severity = 'error' | 'pending' | 'unchecked';

/** What a problem code means, as `rootstock explain CODE` prints it. */
export interface ProblemKind {
  /** Stable and never reused, e.g. `NET-003`. */
  readonly code: string;
  readonly title: string;
  /** Why this is a problem and how to mend it, in plain sentences. */
  readonly explanation: string;
  /** Default `error`. */
  readonly severity?: Severity;
}

/** Where a problem stands in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly place?: Place;
  /** Printed key path, e.g. `network.cidr`. */
  readonly key?: string;
  /** One or more sentences that name the offending value. */
  readonly message: string;
  /** Something the user can type. */
  readonly hint?: string;
}

export interface ProblemDetails {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly key?: KeyPath | string | undefined;
  readonly place?: Place | undefined;
}

/**
 * Makes a Problem of a kind; leaves out what is not known. Every Problem is made here, so that none can repeat a secret
 * that somebody pasted where it does not belong.
 */
export function makeProblem(kind: ProblemKind, details: ProblemDetails): Problem {
  const key = details.key === undefined || typeof details.key === 'string' ? details.key : formatKeyPath(details.key);
  return {
    code: kind.code,
    severity: kind.severity ?? 'error',
    ...(details.place === undefined ? {} : { place: { ...details.place, file: hideSecrets(details.place.file) } }),
    ...(key === undefined || key === '' ? {} : { key: hideSecrets(key) }),
    message: hideSecrets(details.message),
    ...(details.hint === undefined ? {} : { hint: hideSecrets(details.hint) }),
  };
}

/** True if any of the problems blocks writing. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** Sorts by file, line, column, code: the order in which a reader meets them. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareText(a.place?.file ?? '', b.place?.file ?? '') ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0) ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
}

/** Compares by code units, so that the order is the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a stage gives back: its product, or the problems that prevented it. Pending and unchecked findings travel along. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A product with the findings that do not block it. */
export function succeed<T>(value: T, problems: readonly Problem[] = []): Outcome<T> {
  return { ok: true, value, problems };
}

/** No product: at least one of the problems is an error. */
export function fail(problems: readonly Problem[]): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems };
}
