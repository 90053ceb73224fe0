// What a folder holds of the last run, against what was generated now: the summary that render, diff and push share.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { listInputSchemas } from '../catalog/catalog.ts';
import { type FileTree, makeFileTree, type TreeFile } from '../core/file-tree.ts';
import type { EnvironmentText } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { readCommittedRun } from '../io/committed-run.ts';
import { readRecordedFolder } from '../io/generated-folder.ts';
import { readCommitted } from '../io/git-committed.ts';
import { type LastState, listStates } from '../io/last-run.ts';
import { isPartOfRepository } from '../io/read-files.ts';
import { readIfThere } from '../io/whole-files.ts';
import { type Generated, planEnvironments } from '../pipeline.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { addDangers, summarise } from '../summary/summarise.ts';
import type { NextState, Summary } from '../summary/summary.ts';

/** What would change in a folder, or changed: asked before anything is written. */
export function summariseFolder(folder: string, { plan, tree }: Generated): Summary {
  return summariseChanges(readFolderStates(folder), { plan, files: tree.files });
}

/**
 * What a push adds to a commit of a folder, edits of people on both sides included.
 * @param pushed the files that are pushed
 * @param commit default: the last one
 */
export function summarisePush(folder: string, generated: Generated, pushed: FileTree, commit?: string): Summary {
  const run = readCommittedRun(folder, commit);
  const files = new Map([...readCommitted(folder, [], commit)].filter(([path]) => isPartOfRepository(path)));
  // Files that nobody edited need not be read again.
  const same = (file: TreeFile) => {
    const known = generated.tree.files.get(file.path);
    return known?.content === file.content ? known : file;
  };
  const next = { plan: generated.plan, files: makeFileTree([...pushed.values()].map(same)) };
  return summariseChanges(run === undefined ? [] : [{ lock: run.lock, files }], next);
}

/** @param states none: nothing was generated before */
function summariseChanges([last, ...others]: readonly LastState[], next: NextState): Summary {
  const schema = makeEnvironmentSchema(listInputSchemas());
  const compare = (state: LastState) =>
    summarise({ ...state, plans: planAgain(state, next.plan.environments) }, next, schema);
  if (last === undefined) return summarise(undefined, next, schema);
  // Of two branches that came together, what either had is lost with a change.
  return others.map(compare).reduce(addDangers, compare(last));
}

/** A folder that cannot be read is reported by whoever writes into it. */
function readFolderStates(folder: string): readonly LastState[] {
  const existing = readRecordedFolder(folder);
  if (!existing.ok || existing.value === undefined) return [];
  const { lock, entries } = existing.value;
  // Of a version that kept no files, an input that nobody edited is what it was.
  const inputs = Object.values(lock.environments).flatMap(({ file }) => {
    const text = entries.has(file) ? undefined : readIfThere(join(folder, file));
    return text !== undefined && digest(text) === lock.files[file] ? [[file, text] as const] : [];
  });
  return listStates(existing.value).map(({ files }) => ({ lock, files: new Map([...files, ...inputs]) }));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The environments of then with the catalog of now; without those that it refuses. */
function planAgain(last: LastState, now: readonly EnvironmentPlan[]): ReadonlyMap<string, EnvironmentPlan> {
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
