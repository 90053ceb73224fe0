// Apps that Argo CD prunes or installs elsewhere while they hold data, and namespaces that nobody uses any more.
import compareBuild from 'semver/functions/compare-build.js';
import valid from 'semver/functions/valid.js';
import type { PlannedApp } from '../../plan/plan.ts';
import { type ApplicationFacts, listApplications, listObjects } from '../environment-files.ts';
import type { Danger } from '../summary.ts';
import type { DangerInput, FindDangers } from './danger.ts';
import { findWayBack } from './way-back.ts';

export const findAppDangers: FindDangers = (input) => [
  ...findPruned(input),
  ...findMoved(input),
  ...findDowngraded(input),
  ...findLostNamespaces(input),
  ...findLostStores(input),
];

/** Apps that are gone and held data, or of which nobody can tell. */
function findPruned(input: DangerInput): Danger[] {
  const { environment, filesBefore, filesAfter, charts } = input;
  const old = listApplications(filesBefore, environment);
  const now = listApplications(filesAfter, environment);
  const gone = [...new Set([...old.keys(), ...Object.keys(charts)])].filter((app) => !now.has(app)).sort();
  return gone.flatMap((app): Danger[] => {
    // Its file goes, and nothing of it in the cluster.
    if (old.get(app)?.stays === true) return [];
    const stores = listStores(input, app);
    if (stores !== undefined && stores.length === 0) return [];
    const back = findWayBack(app, input.keys);
    const holds = stores === undefined ? 'Whether it holds data could not be told.' : `It holds ${stores.join('; ')}.`;
    return [
      {
        name: `app/${app}`,
        takesEffect: 'commit',
        key: back?.key ?? `apps.${app}`,
        what: `Argo CD prunes ${app} and all that it made. ${holds}${tellKept(input, app)}`,
        avoid: `${back?.text ?? `keep ${app}`}, or copy its data first: docs/${environment}/runbook.md says how to back it up`,
      },
    ];
  });
}

/** Apps with data that are installed anew, in another place or under another name, beside what they left. */
function findMoved(input: DangerInput): Danger[] {
  const { environment, filesBefore, filesAfter } = input;
  const now = listApplications(filesAfter, environment);
  return [...listApplications(filesBefore, environment).values()].flatMap((then): Danger[] => {
    const next = now.get(then.app);
    const reason = next === undefined ? undefined : findMove(then, next);
    const stores = reason === undefined ? [] : (listStores(input, then.app) ?? ['data that could not be told']);
    if (reason === undefined || stores.length === 0) return [];
    return [
      {
        name: `app/${then.app}`,
        takesEffect: 'commit',
        what: `${then.app} is installed anew, because ${reason}: it starts empty, and the old one is pruned. It holds ${stores.join('; ')}.`,
        avoid: 'copy its data first, and restore it into the new one',
      },
    ];
  });
}

function findMove(then: ApplicationFacts, now: ApplicationFacts): string | undefined {
  if (then.namespace !== now.namespace) return `it moves from the namespace ${then.namespace} to ${now.namespace}`;
  if (then.releaseName !== now.releaseName && then.releaseName !== undefined && now.releaseName !== undefined)
    return `its release is called ${now.releaseName}, no longer ${then.releaseName}`;
  if (then.chart !== undefined && now.chart !== undefined && then.chart.name !== now.chart.name)
    return `it comes from the chart ${now.chart.name}, no longer from ${then.chart.name}`;
  return undefined;
}

/** Apps with data that go back: few can read what their successor wrote. */
function findDowngraded(input: DangerInput): Danger[] {
  const { environment, filesBefore, filesAfter } = input;
  const now = listApplications(filesAfter, environment);
  return [...listApplications(filesBefore, environment).values()].flatMap(({ app, chart }): Danger[] => {
    const next = now.get(app)?.chart;
    const stores = listStores(input, app) ?? [];
    if (chart === undefined || next === undefined || chart.name !== next.name || stores.length === 0) return [];
    if (!isOlder(next.version, chart.version)) return [];
    return [
      {
        name: `app/${app}`,
        takesEffect: 'commit',
        key: `versions.${app}`,
        what: `${app} goes back from the chart ${chart.version} to ${next.version}: it may not read what the newer one wrote. It holds ${stores.join('; ')}.`,
        avoid: `write ${app}: ${chart.version} under versions, or use the version of Rootstock that rendered it`,
      },
    ];
  });
}

function isOlder(version: string, than: string): boolean {
  return valid(version) !== null && valid(than) !== null && compareBuild(version, than) < 0;
}

/** Data of an app as it was; undefined if nobody can tell. */
export function listStores({ before, after }: DangerInput, app: string): readonly string[] | undefined {
  const isApp = ({ blueprint }: PlannedApp) => blueprint.name === app;
  const planned = before?.apps.find(isApp) ?? after.apps.find(isApp);
  return (
    planned?.plan.stores?.map(({ name, losing }) => `${name} (losing it: ${losing.replace(/\.$/, '')})`) ??
    (planned === undefined ? undefined : [])
  );
}

/** What has the option to stay does stay: nobody should hunt for it, or believe it gone. */
function tellKept({ environment, filesBefore }: DangerInput, app: string): string {
  const kept = [...listObjects(filesBefore, environment)].filter(
    ([, object]) => object.app === app && object.survivesApp,
  );
  return kept.length === 0 ? '' : ` Left in the cluster, without an owner: ${kept.map(([name]) => name).join(', ')}.`;
}

/** Data that an app held and holds no longer, although it stays. */
function findLostStores({ environment, before, after }: DangerInput): Danger[] {
  return after.apps.flatMap(({ blueprint: { name: app }, plan }) => {
    const kept = new Set((plan.stores ?? []).map(({ name }) => name));
    const held = before?.apps.find(({ blueprint }) => blueprint.name === app)?.plan.stores ?? [];
    return held
      .filter(({ name }) => !kept.has(name))
      .map(
        ({ name, where, losing }): Danger => ({
          name: `store/${app}/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
          takesEffect: 'commit',
          key: `apps.${app}`,
          what: `${app} keeps no ${name} any more (${where}). ${losing}`,
          avoid: `copy ${name} first: docs/${environment}/runbook.md says how to back it up`,
        }),
      );
  });
}

function findLostNamespaces({ environment, filesBefore, filesAfter }: DangerInput): Danger[] {
  const now = new Set([...listApplications(filesAfter, environment).values()].map(({ namespace }) => namespace));
  const lost = new Map<string, string[]>();
  for (const { app, namespace, stays } of listApplications(filesBefore, environment).values())
    if (!stays && !now.has(namespace)) lost.set(namespace, [...(lost.get(namespace) ?? []), app]);
  return [...lost].map(([namespace, apps]) => ({
    name: `namespace/${namespace}`,
    takesEffect: 'commit',
    what: `Nothing is installed in the namespace ${namespace} any more: Argo CD prunes ${apps.sort().join(', ')}. Volume claims of StatefulSets and Secrets made by hand stay in it, with nobody who uses them, until somebody deletes the namespace.`,
    avoid: `keep ${apps.join(', ')}; or look what is left with kubectl -n ${namespace} get pvc,secret, and delete the namespace yourself`,
  }));
}
