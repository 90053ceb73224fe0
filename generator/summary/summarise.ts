// What was generated last and what is generated now → a summary for people. Pure.
import type { TSchema } from 'typebox';
import { compareText } from '../core/problem.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { findAppChanges } from './app-changes.ts';
import { describeRemoval, findDangers } from './dangers/index.ts';
import { type Files, filesOfTexts, filesOfTree } from './environment-files.ts';
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
  const environments = names.flatMap((name): EnvironmentSummary[] => {
    const plan = plans.get(name);
    const files = findChangedFiles(pick(before, name), pick(after, name));
    if (plan === undefined) return [{ ...NOTHING, name, change: 'removed', dangers: [describeRemoval(name)], files }];
    if (previous === undefined || !known.includes(name)) return [{ ...summariseNew(plan, after), files }];
    const summary = { ...compareEnvironment(previous, plan, before, after, schema), files };
    return isSame(summary) ? [] : [summary];
  });
  const ofEnvironments = new Set(names.flatMap((name) => [...pick(before, name).keys(), ...pick(after, name).keys()]));
  const changed = previous === undefined || before.size > 0 ? findChangedFiles(before, after) : [];
  return {
    hasPrevious: previous !== undefined,
    environments,
    sharedFiles: changed.filter((path) => !ofEnvironments.has(path)),
  };
}

const NOTHING: Omit<EnvironmentSummary, 'name' | 'change'> = {
  dangers: [],
  keys: [],
  apps: [],
  nodeGroups: [],
  resources: [],
  files: [],
};

function summariseNew(plan: EnvironmentPlan, after: Files): EnvironmentSummary {
  return { ...NOTHING, name: plan.name, change: 'added', apps: findAppChanges(plan.name, new Map(), after, {}) };
}

function compareEnvironment(
  previous: PreviousState,
  plan: EnvironmentPlan,
  allBefore: Files,
  allAfter: Files,
  schema: TSchema,
): EnvironmentSummary {
  const { name } = plan;
  const old = previous.plans.get(name);
  const locked = previous.lock.environments[name];
  const charts = locked?.charts ?? {};
  const text = previous.files.get(`environments/${name}.yaml`);
  const before = pick(allBefore, name);
  // A version that kept no files: all of them would look new.
  const hasFiles = [...before.keys()].some((path) => path.startsWith('clusters/'));
  const after = hasFiles ? pick(allAfter, name) : new Map();
  const keys = findKeyChanges(old ?? text, plan, schema);
  const capacity = old === undefined ? undefined : findCapacityChange(old, plan);
  const input = {
    environment: name,
    before: old,
    after: plan,
    filesBefore: before,
    filesAfter: pick(allAfter, name),
    keys,
    charts,
  };
  return {
    name,
    change: 'changed',
    dangers: findDangers(input),
    keys,
    // Without files only the versions of the lock are known, of apps that have a chart.
    apps: findAppChanges(name, before, pick(allAfter, name), charts).filter(({ app }) => hasFiles || app in charts),
    nodeGroups: old === undefined ? [] : findNodeGroupChanges(old, plan),
    ...(capacity === undefined ? {} : { capacity }),
    resources: hasFiles ? findResourceChanges(listResources(before, name), listResources(after, name)) : [],
    files: [],
  };
}

function isSame({ dangers, keys, apps, nodeGroups, resources, files }: EnvironmentSummary): boolean {
  return [dangers, keys, apps, nodeGroups, resources, files].every((list) => list.length === 0);
}

/** Files of one environment. */
function pick(files: Files, environment: string): Files {
  const prefixes = ['clusters', 'terraform', 'docs'].map((folder) => `${folder}/${environment}/`);
  return new Map(
    [...files].filter(
      ([path]) => path === `environments/${environment}.yaml` || prefixes.some((prefix) => path.startsWith(prefix)),
    ),
  );
}

function findChangedFiles(before: Files, after: Files): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path)?.content !== after.get(path)?.content)
    .sort(compareText);
}
