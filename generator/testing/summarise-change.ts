// Two environments as data → the summary of going from one to the other, as render would print it.
import type { AppBlueprint } from '../core/blueprint.ts';
import { LOCK_PATH, type Lock, parseLock } from '../core/lock.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { renderRepository } from '../render/render-repository.ts';
import { summarise } from '../summary/summarise.ts';
import type { EnvironmentSummary, NextState, PreviousState, Summary } from '../summary/summary.ts';
import { planOf } from './plan-builder.ts';

/** One state of a repository: environments and the apps of the version that renders them. */
export interface Version {
  readonly environments: readonly object[];
  readonly catalog: readonly AppBlueprint[];
}

export interface Remembered {
  /** Default: everything, as the bases keep it. */
  readonly files?: boolean;
  /** Default: the version of now can plan what was there. */
  readonly plans?: boolean;
  /** Version of Rootstock that generated it. Default: the one of now. */
  readonly generator?: string;
}

/** The summary of everything that was generated and is generated now. */
export function summariseVersions(before: Version | undefined, after: Version, remembered?: Remembered): Summary {
  const schema = makeEnvironmentSchema(Object.fromEntries(after.catalog.map(({ name, inputs }) => [name, inputs])));
  return summarise(before === undefined ? undefined : remember(before, remembered), generate(after), schema);
}

/** The same for one environment; undefined if nothing changes in it. */
export function summariseChange(
  before: object,
  after: object,
  catalogs: { readonly before: readonly AppBlueprint[]; readonly after: readonly AppBlueprint[] },
  remembered?: Remembered,
): EnvironmentSummary | undefined {
  const old = { environments: [before], catalog: catalogs.before };
  const now = { environments: [after], catalog: catalogs.after };
  return summariseVersions(old, now, remembered).environments[0];
}

function generate({ environments, catalog }: Version): NextState {
  const plan = planOf(environments, catalog);
  return { plan, files: renderRepository(plan) };
}

/** What a folder would still know of a version. */
function remember(version: Version, { files = true, plans = true, generator }: Remembered = {}): PreviousState {
  const state = generate(version);
  const lock = parseLock(state.files.get(LOCK_PATH)?.content ?? '');
  if (lock === undefined) throw new Error('no lock was rendered');
  return {
    lock: generator === undefined ? lock : setGenerator(lock, generator),
    files: new Map(files ? [...state.files].map(([path, { content }]) => [path, content]) : []),
    plans: new Map(plans ? state.plan.environments.map((plan) => [plan.name, plan]) : []),
  };
}

function setGenerator(lock: Lock, generator: string): Lock {
  const environments = Object.entries(lock.environments).map(([name, entry]) => [name, { ...entry, generator }]);
  return { ...lock, generator, environments: Object.fromEntries(environments) };
}
