// What was generated last and what is generated now → a summary for people. Pure.
import type { TSchema } from 'typebox';
import { compareText } from '../core/problem.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { findAppChanges } from './app-changes.ts';
import { describeRemoval, findDangers } from './dangers/index.ts';
import { type File, type Files, filesOfTexts, filesOfTree } from './environment-files.ts';
import { findKeyChanges } from './key-changes.ts';
import { findCapacityChange, findNodeGroupChanges } from './node-group-changes.ts';
import { findResourceChanges, listResources } from './resource-changes.ts';
import type { EnvironmentSummary, NextState, PreviousState, Summary } from './summary.ts';

/**
 * Compares two states of a repository.
 * @param previous absent: nothing was generated before, so that everything is new and nothing is in danger
 * @param schema of the environment files: it tells when a key takes effect
 */
export function summarise(previous: PreviousState | undefined, next: NextState, schema: TSchema): Summary {
  const after = filesOfTree(next.files);
  const before = filesOfTexts(previous?.files ?? new Map(), after);
  const known = Object.keys(previous?.lock.environments ?? {});
  const plans = new Map(next.plan.environments.map((plan) => [plan.name, plan]));
  const names = [...new Set([...known, ...plans.keys()])].sort(compareText);
  const [groupsBefore, groupsAfter] = [groupByEnvironment(before), groupByEnvironment(after)];
  const environments = names.flatMap((name): EnvironmentSummary[] => {
    const plan = plans.get(name);
    const filesBefore = groupsBefore.get(name) ?? NO_FILES;
    const filesAfter = groupsAfter.get(name) ?? NO_FILES;
    const files = findChangedFiles(filesBefore, filesAfter);
    if (plan === undefined) return [{ ...NOTHING, name, change: 'removed', dangers: [describeRemoval(name)], files }];
    if (previous === undefined || !known.includes(name)) return [{ ...summariseNew(plan, filesAfter), files }];
    const summary = { ...compareEnvironment(previous, plan, filesBefore, filesAfter, schema), files };
    return isSame(summary) ? [] : [summary];
  });
  const changed = previous === undefined || before.size > 0 ? findChangedFiles(before, after) : [];
  return {
    hasPrevious: previous !== undefined,
    environments,
    sharedFiles: changed.filter((path) => !names.includes(findOwner(path) ?? '')),
  };
}

/** A summary with the dangers of another one, of the same change against another state. */
export function addDangers(summary: Summary, other: Summary): Summary {
  const known = new Map(summary.environments.map((environment) => [environment.name, environment]));
  for (const environment of other.environments) {
    const own = known.get(environment.name) ?? { ...environment, dangers: [] };
    const names = new Set(own.dangers.map(({ name }) => name));
    const more = environment.dangers.filter(({ name }) => !names.has(name));
    const dangers = [...own.dangers, ...more].sort((a, b) => compareText(a.name, b.name));
    known.set(environment.name, { ...own, dangers });
  }
  const environments = [...known.values()].sort((a, b) => compareText(a.name, b.name));
  return { ...summary, environments };
}

const NOTHING: Omit<EnvironmentSummary, 'name' | 'change'> = {
  dangers: [],
  keys: [],
  apps: [],
  nodeGroups: [],
  resources: [],
  files: [],
};

function summariseNew(plan: EnvironmentPlan, files: Files): EnvironmentSummary {
  return { ...NOTHING, name: plan.name, change: 'added', apps: findAppChanges(plan.name, NO_FILES, files, {}) };
}

function compareEnvironment(
  previous: PreviousState,
  plan: EnvironmentPlan,
  filesBefore: Files,
  filesAfter: Files,
  schema: TSchema,
): EnvironmentSummary {
  const { name } = plan;
  const old = previous.plans.get(name);
  const locked = previous.lock.environments[name];
  const charts = locked?.charts ?? {};
  const text = previous.files.get(`environments/${name}.yaml`);
  // A version that kept no files: all of them would look new.
  const hasFiles = [...filesBefore.keys()].some((path) => path.startsWith('clusters/'));
  const keys = findKeyChanges(old ?? text, plan, schema);
  const capacity = old === undefined ? undefined : findCapacityChange(old, plan);
  const input = {
    environment: name,
    before: old,
    after: plan,
    filesBefore,
    filesAfter,
    keys,
    charts,
    generator: locked?.generator ?? previous.lock.generator,
  };
  return {
    name,
    change: 'changed',
    dangers: findDangers(input),
    keys,
    // Without files only the versions of the lock are known, of apps that have a chart.
    apps: findAppChanges(name, filesBefore, filesAfter, charts).filter(({ app }) => hasFiles || app in charts),
    nodeGroups: old === undefined ? [] : findNodeGroupChanges(old, plan),
    ...(capacity === undefined ? {} : { capacity }),
    resources: hasFiles ? findResourceChanges(listResources(filesBefore, name), listResources(filesAfter, name)) : [],
    files: [],
  };
}

function isSame({ dangers, keys, apps, nodeGroups, resources, files }: EnvironmentSummary): boolean {
  return [dangers, keys, apps, nodeGroups, resources, files].every((list) => list.length === 0);
}

const NO_FILES: Files = new Map();
const OWNED = /^(?:environments\/([^/]+)\.yaml$|(?:clusters|terraform|docs)\/([^/]+)\/)/;

/** The environment that a file belongs to; undefined for those that all share. */
function findOwner(path: string): string | undefined {
  const [, ofInput, ofFolder] = OWNED.exec(path) ?? [];
  return ofInput ?? ofFolder;
}

function groupByEnvironment(files: Files): ReadonlyMap<string, Files> {
  const groups = new Map<string, [string, File][]>();
  for (const entry of files) {
    const owner = findOwner(entry[0]);
    if (owner === undefined) continue;
    const known = groups.get(owner);
    if (known === undefined) groups.set(owner, [entry]);
    else known.push(entry);
  }
  return new Map([...groups].map(([name, entries]) => [name, new Map(entries)]));
}

function findChangedFiles(before: Files, after: Files): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path)?.content !== after.get(path)?.content)
    .sort(compareText);
}
