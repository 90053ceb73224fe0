// What a search for dangers looks at. One kind of danger, one file; the table in index.ts is the only list.
import type { EnvironmentPlan } from '../../plan/plan.ts';
import type { Files } from '../environment-files.ts';
import type { Danger, KeyChange } from '../summary.ts';

/** One environment that was generated before and still is. */
export interface DangerInput {
  readonly environment: string;
  /** Undefined: this version cannot plan what was there. */
  readonly before: EnvironmentPlan | undefined;
  readonly after: EnvironmentPlan;
  /** Files of then; empty where nobody kept them. */
  readonly filesBefore: Files;
  readonly filesAfter: Files;
  readonly keys: readonly KeyChange[];
  /** Version of Rootstock that generated it last, by the lock. */
  readonly generator: string | undefined;
  /** Apps of then with a chart, by the lock. */
  readonly charts: Readonly<Record<string, string>>;
}

export type FindDangers = (input: DangerInput) => readonly Danger[];
