// Sync waves are numbers that Argo CD reads, in the order of hard dependencies, and something makes them wait.
import type { FileTree } from '../../core/file-tree.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { PlainMap } from '../../core/provenance.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { listManifestFiles, listSources } from '../application-sources.ts';
import type { Check } from '../check.ts';
import {
  annotationsOf,
  asList,
  asMap,
  asText,
  groupBy,
  isApplication,
  listObjects,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';

const NOT_A_WAVE: ProblemKind = {
  code: 'VER-220',
  title: 'A sync wave is not a whole number in quotes',
  explanation:
    'Annotations are strings. A wave that Argo CD cannot read counts as 0, without a word, so the object is applied too early or too late.',
};
const WRONG_ORDER: ProblemKind = {
  code: 'VER-221',
  title: 'An Application is not in a later wave than what it needs',
  explanation:
    'A hard dependency (a CRD, a webhook, a StorageClass) must be healthy before the app that needs it can be applied, so it needs a lower wave.',
};
const NO_GATE: ProblemKind = {
  code: 'VER-222',
  title: 'Waves between Applications that nothing makes wait',
  explanation:
    'Argo CD has no health check for Applications of its own, and the documented one opens too early from 3.4 on. Without the strict check in the values of Argo CD all waves run two seconds apart.',
};

const WAITS_FOR_ITSELF: ProblemKind = {
  code: 'VER-223',
  title: 'An Application waits for itself',
  explanation:
    'A child that owns its own parent takes the parent\'s health for its own, and the parent waits for the child: neither ever becomes healthy. The annotation argocd.argoproj.io/ignore-healthcheck: "true" on the parent takes its health out of the child\'s.',
};

const WAVE = 'argocd.argoproj.io/sync-wave';
const WAVE_PATH = ['metadata', 'annotations', WAVE];
const HEALTH_CHECK = 'resource.customizations.health.argoproj.io_Application';

/** Codes: VER-220 to VER-223. */
export const syncWaves: Check = {
  kinds: [NOT_A_WAVE, WRONG_ORDER, NO_GATE, WAITS_FOR_ITSELF],
  run(input) {
    const objects = listObjects(input);
    const children = groupBy(objects.filter(isApplication), ({ environment }) => environment);
    const values = new Map(input.yaml.map(({ file, documents }) => [file.path, documents[0] ?? {}]));
    return [
      ...objects.flatMap(checkWave),
      ...(input.plan?.environments ?? []).flatMap((plan) => checkOrder(plan, children.get(plan.name) ?? [])),
      ...[...children.values()].flatMap((siblings) => checkGate(siblings, values)),
      ...[...children.values()].flatMap((siblings) => checkCircles(siblings, input.tree)),
    ];
  },
};

function checkWave(placed: PlacedObject): Problem[] {
  const wave = annotationsOf(placed)[WAVE];
  if (wave === undefined || (typeof wave === 'string' && /^-?\d+$/.test(wave))) return [];
  return [
    problemAt(NOT_A_WAVE, placed, WAVE_PATH, {
      message: `${nameObject(placed)} has the wave ${JSON.stringify(wave)}.`,
      hint: Number.isInteger(Number(wave)) ? `write "${Number(wave)}"` : 'write a whole number in quotes, such as "10"',
    }),
  ];
}

function checkOrder(plan: EnvironmentPlan, siblings: readonly PlacedObject[]): Problem[] {
  const children = new Map(siblings.map((placed) => [placed.name, placed]));
  return plan.apps.flatMap(({ blueprint, hard }) =>
    hard.flatMap((needed) => {
      const later = children.get(blueprint.name);
      const earlier = children.get(needed);
      if (later === undefined || earlier === undefined || waveOf(earlier) < waveOf(later)) return [];
      return [
        problemAt(WRONG_ORDER, later, WAVE_PATH, {
          message: `${blueprint.name} is in wave ${waveOf(later)} but needs ${needed}, which is in wave ${waveOf(earlier)}.`,
          hint: `write a wave above "${waveOf(earlier)}"`,
        }),
      ];
    }),
  );
}

function waveOf(placed: PlacedObject): number {
  return Number(annotationsOf(placed)[WAVE] ?? 0);
}

/** The check must be part of the install of Argo CD itself: from a child it would come after the waves it gates. */
function checkGate(siblings: readonly PlacedObject[], values: ReadonlyMap<string, PlainMap>): Problem[] {
  const waves = siblings.map((placed) => annotationsOf(placed)[WAVE]).filter((wave) => wave !== undefined);
  if (new Set(waves).size < 2) return [];
  return siblings
    .filter((placed) => listSources(placed).some(({ source }) => source['chart'] === 'argo-cd'))
    .filter((install) => !hasGate(install, values))
    .map((install) =>
      problemAt(NO_GATE, install, ['spec'], {
        message: `${nameObject(install)} installs Argo CD without a strict health check for Applications, so ${waves.length} Applications with waves do not wait for each other.`,
        hint: `set configs.cm."${HEALTH_CHECK}" as the argo-cd blueprint does`,
      }),
    );
}

function hasGate(install: PlacedObject, values: ReadonlyMap<string, PlainMap>): boolean {
  const scripts = listSources(install).flatMap(({ source }) =>
    asList(asMap(source['helm'])['valueFiles']).map((name) => {
      const given = values.get(String(name).replace(/^\$[^/]+\//, ''));
      return asText(asMap(asMap(given?.['configs'])['cm'])[HEALTH_CHECK]);
    }),
  );
  // The documented snippet never looks at what the verdict was made for; ours and any strict one do.
  return scripts.some((script) => script?.includes('comparedTo') === true);
}

function ignoresHealth(placed: PlacedObject): boolean {
  return annotationsOf(placed)['argocd.argoproj.io/ignore-healthcheck'] === 'true';
}

/** Parents, which are in no wave themselves, that one of their children owns. */
function checkCircles(siblings: readonly PlacedObject[], tree: FileTree): Problem[] {
  const owned = new Map(siblings.map((placed) => [placed, new Set(listOwnedPaths(placed, tree))]));
  return siblings.flatMap((parent) => {
    if (ignoresHealth(parent) || annotationsOf(parent)[WAVE] !== undefined) return [];
    const children = siblings.filter((child) => child !== parent && owned.get(parent)?.has(child.file.path) === true);
    const owner = children.find((child) => owned.get(child)?.has(parent.file.path) === true);
    if (owner === undefined || ignoresHealth(owner)) return [];
    return [
      problemAt(WAITS_FOR_ITSELF, parent, ['metadata'], {
        message: `${nameObject(parent)} waits for ${owner.name}, which owns it and so waits for it.`,
        hint: 'add the annotation argocd.argoproj.io/ignore-healthcheck: "true"',
      }),
    ];
  });
}

function listOwnedPaths(placed: PlacedObject, tree: FileTree): string[] {
  return listSources(placed).flatMap((source) => listManifestFiles(tree, source).map(({ path }) => path));
}
