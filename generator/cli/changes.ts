// What a folder holds of the last run, against what was generated now: the summary that render, diff and push share.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { listInputSchemas } from '../catalog/catalog.ts';
import type { Lock } from '../core/lock.ts';
import type { EnvironmentText } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { readCommittedRun } from '../io/committed-run.ts';
import { readBases, readGeneratedFolder } from '../io/generated-folder.ts';
import { readIfThere } from '../io/whole-files.ts';
import { type Generated, planEnvironments } from '../pipeline.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { summarise } from '../summary/summarise.ts';
import type { PreviousState, Summary } from '../summary/summary.ts';

/** What would change in a folder, or changed: asked before anything is written. */
export function summariseFolder(folder: string, { plan, tree }: Generated): Summary {
  return summariseChanges(readLastRun(folder), { plan, tree });
}

/**
 * What a push adds to the last commit of a folder. Where people commit by themselves, nothing: render has asked them.
 * @param commit what it is measured against instead, e.g. the base of a pull request
 */
export function summarisePush(folder: string, generated: Generated, commit?: string): Summary {
  return summariseChanges(readCommittedRun(folder, commit), generated);
}

/** A lock, and what is known of the files that it lists. */
interface LastRun {
  readonly lock: Lock;
  readonly files: ReadonlyMap<string, string>;
}

/** @param last absent: nothing was generated before */
function summariseChanges(last: LastRun | undefined, { plan, tree }: Generated): Summary {
  const schema = makeEnvironmentSchema(listInputSchemas());
  const previous: PreviousState | undefined =
    last === undefined ? undefined : { ...last, plans: planAgain(last, plan.environments) };
  return summarise(previous, { plan, files: tree.files }, schema);
}

/** A folder that cannot be read is reported by whoever writes into it. */
function readLastRun(folder: string): LastRun | undefined {
  const existing = readGeneratedFolder(folder);
  if (!existing.ok || existing.value === undefined) return undefined;
  const { lock } = existing.value;
  const files = new Map(readBases(folder, lock));
  // Of a version that kept no files, an input that nobody edited is what it was.
  for (const { file } of Object.values(lock.environments)) {
    const text = files.has(file) ? undefined : readIfThere(join(folder, file));
    if (text !== undefined && digest(text) === lock.files[file]) files.set(file, text);
  }
  return { lock, files };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The environments of then with the catalog of now; without those that it refuses. */
function planAgain(last: LastRun, now: readonly EnvironmentPlan[]): ReadonlyMap<string, EnvironmentPlan> {
  const plans = new Map<string, EnvironmentPlan>();
  for (const [name, { file }] of Object.entries(last.lock.environments)) {
    const text = last.files.get(file);
    if (text === undefined) continue;
    // Mostly nobody touched the file, and planning takes most of the time.
    const same = now.find((plan) => plan.name === name && plan.source.text === text);
    const plan = same ?? findPlan({ file, text });
    if (plan?.name === name) plans.set(name, plan);
  }
  return plans;
}

function findPlan(text: EnvironmentText): EnvironmentPlan | undefined {
  const planned = planEnvironments([text]);
  return planned.ok ? planned.value.environments[0] : undefined;
}
