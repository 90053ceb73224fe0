// Hard dependencies → sync waves. Soft ones never make a wave: the pod retries.
import {
  compareText,
  fail,
  makeProblem,
  type Outcome,
  type Problem,
  type ProblemKind,
  succeed,
} from '../core/problem.ts';

const CYCLE: ProblemKind = {
  code: 'PLAN-001',
  title: 'Apps depend on each other in a circle',
  explanation:
    'Hard dependencies decide the order of sync waves, so a circle has no order. One of them has to become soft. This is a bug of the blueprints: please report it.',
};
const MISSING: ProblemKind = {
  code: 'PLAN-002',
  title: 'An app needs another that is not there',
  explanation: 'A hard dependency must be part of the environment: without it the app could never be applied.',
};
const GATE: ProblemKind = {
  code: 'PLAN-003',
  title: 'An app would gate on one that waits for money or minutes',
  explanation:
    'Apps of the last wave wait for GPU nodes, load balancers or downloads. Nothing may wait for them, or one missing quota would hold back the platform.',
};

export const waveProblems: readonly ProblemKind[] = [CYCLE, MISSING, GATE];

export const PROJECTS_WAVE = -100;
export const LAST_WAVE = 100;
const WAVE_STEP = 10;

export interface WaveInput {
  readonly name: string;
  readonly hard: readonly string[];
  readonly lastWave: boolean;
}

/** Waves by app name: 0 for apps without hard dependencies, 10 for those that need only these, and so on; 100 is the last. */
export function planWaves(apps: readonly WaveInput[]): Outcome<ReadonlyMap<string, number>> {
  const byName = new Map(apps.map((app) => [app.name, app]));
  const problems = [...findMissing(apps, byName), ...findGates(apps, byName), ...findCycles(apps, byName)];
  if (problems.length > 0) return fail(problems);
  const waves = new Map<string, number>();
  for (const app of apps) assignWave(app, byName, waves);
  return succeed(waves);
}

function assignWave(app: WaveInput, byName: ReadonlyMap<string, WaveInput>, waves: Map<string, number>): number {
  const known = waves.get(app.name);
  if (known !== undefined) return known;
  const below = app.hard.map((name) => assignWave(byName.get(name) ?? app, byName, waves));
  const wave = app.lastWave ? LAST_WAVE : Math.max(0, ...below.map((level) => level + WAVE_STEP));
  waves.set(app.name, wave);
  return wave;
}

function findMissing(apps: readonly WaveInput[], byName: ReadonlyMap<string, WaveInput>): Problem[] {
  return apps.flatMap((app) =>
    app.hard
      .filter((name) => !byName.has(name))
      .map((name) =>
        makeProblem(MISSING, {
          key: `apps.${app.name}`,
          message: `${app.name} needs ${name}, which this environment does not have.`,
          hint: `enable apps.${name}`,
        }),
      ),
  );
}

function findGates(apps: readonly WaveInput[], byName: ReadonlyMap<string, WaveInput>): Problem[] {
  return apps.flatMap((app) =>
    app.hard
      .filter((name) => !app.lastWave && byName.get(name)?.lastWave === true)
      .map((name) =>
        makeProblem(GATE, {
          key: `apps.${app.name}`,
          message: `${app.name} would wait for ${name}, which is in the last wave.`,
        }),
      ),
  );
}

function findCycles(apps: readonly WaveInput[], byName: ReadonlyMap<string, WaveInput>): Problem[] {
  const done = new Set<string>();
  const problems: Problem[] = [];
  const walk = (app: WaveInput, path: readonly string[]): void => {
    const start = path.indexOf(app.name);
    if (start >= 0) {
      const circle = [...path.slice(start), app.name].join(' => ');
      problems.push(makeProblem(CYCLE, { key: `apps.${app.name}`, message: `${circle} is a circle.` }));
      return;
    }
    if (done.has(app.name)) return;
    for (const name of app.hard) {
      const next = byName.get(name);
      if (next !== undefined) walk(next, [...path, app.name]);
    }
    done.add(app.name);
  };
  for (const app of [...apps].sort((a, b) => compareText(a.name, b.name))) walk(app, []);
  return problems;
}
