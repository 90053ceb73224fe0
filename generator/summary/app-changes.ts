// Applications, values and manifests of then and now → what changes for each app.
import compareBuild from 'semver/functions/compare-build.js';
import valid from 'semver/functions/valid.js';
import { compareText } from '../core/problem.ts';
import { type ApplicationFacts, type Files, findValues, listApplications } from './environment-files.ts';
import { findReleaseNotes } from './release-notes.ts';
import type { AppChange } from './summary.ts';
import { findValueChanges } from './value-changes.ts';

/**
 * Changed apps in order of their names.
 * @param charts chart versions of then by app, for files that nobody kept
 */
export function findAppChanges(
  environment: string,
  before: Files,
  after: Files,
  charts: Readonly<Record<string, string>>,
): AppChange[] {
  const old = listApplications(before, environment);
  const now = listApplications(after, environment);
  const names = new Set([...old.keys(), ...now.keys(), ...Object.keys(charts)]);
  return [...names].sort(compareText).flatMap((app): AppChange[] => {
    const then = { facts: old.get(app), version: old.get(app)?.chart?.version ?? charts[app] };
    const change = compareApp(environment, app, then, now.get(app), { before, after });
    return change === undefined ? [] : [change];
  });
}

interface Then {
  readonly facts: ApplicationFacts | undefined;
  readonly version: string | undefined;
}

function compareApp(
  environment: string,
  app: string,
  then: Then,
  now: ApplicationFacts | undefined,
  files: { readonly before: Files; readonly after: Files },
): AppChange | undefined {
  const existed = then.facts !== undefined || then.version !== undefined;
  const from = then.version;
  const to = now?.chart?.version;
  const chart = now?.chart ?? then.facts?.chart;
  const notes = from === to || chart === undefined ? undefined : findReleaseNotes(chart.repository);
  const manifests = findManifestChanges(`clusters/${environment}/manifests/${app}/`, files);
  const both = then.facts !== undefined && now !== undefined;
  const values = both
    ? findValueChanges(findValues(files.before, environment, app), findValues(files.after, environment, app))
    : [];
  const change: AppChange = {
    app,
    change: nameChange(existed, now !== undefined, from, to),
    takesEffect: 'commit',
    ...(from === to ? {} : { chart: { name: chart?.name ?? app, ...given('from', from), ...given('to', to) } }),
    ...(notes === undefined ? {} : { releaseNotes: notes }),
    values: values.map(({ at: _, ...value }) => value),
    manifests: both ? manifests : [],
    ...(both && then.facts?.wave !== now.wave ? { wave: { from: then.facts.wave, to: now.wave } } : {}),
  };
  const isSame = existed && now !== undefined && from === to && change.wave === undefined;
  return isSame && values.length === 0 && change.manifests.length === 0 ? undefined : change;
}

function nameChange(existed: boolean, exists: boolean, from?: string, to?: string): AppChange['change'] {
  if (!existed) return 'added';
  if (!exists) return 'removed';
  if (from === undefined || to === undefined || from === to) return 'changed';
  if (valid(from) === null || valid(to) === null) return 'changed';
  return compareBuild(to, from) < 0 ? 'downgraded' : 'upgraded';
}

function given<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: string });
}

function findManifestChanges(
  folder: string,
  { before, after }: { readonly before: Files; readonly after: Files },
): string[] {
  const paths = new Set([...before.keys(), ...after.keys()].filter((path) => path.startsWith(folder)));
  return [...paths]
    .filter((path) => before.get(path)?.content !== after.get(path)?.content)
    .map((path) => path.slice(folder.length))
    .sort(compareText);
}
