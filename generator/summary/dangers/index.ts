// The table of dangers. The first that has a name keeps it: those that know the reason come first.
import { compareText } from '../../core/problem.ts';
import type { Danger } from '../summary.ts';
import { findAppDangers } from './apps.ts';
import { findVolumeDangers } from './chart-volumes.ts';
import { findCloudDangers } from './cloud-resources.ts';
import type { DangerInput, FindDangers } from './danger.ts';
import { findFixedKeys } from './fixed-keys.ts';
import { findOlderGenerator } from './generator-version.ts';
import { findK3sDowngrade } from './k3s-version.ts';
import { findNodeGroupDangers } from './node-groups.ts';
import { findOutsideStoreDangers } from './outside-stores.ts';
import { findReplicaDangers } from './replicas.ts';
import { findShorterRetention } from './retention.ts';
import { findObjectDangers } from './stateful-objects.ts';

const ALL: readonly FindDangers[] = [
  findOlderGenerator,
  findFixedKeys,
  findK3sDowngrade,
  findOutsideStoreDangers,
  findShorterRetention,
  findNodeGroupDangers,
  findCloudDangers,
  findAppDangers,
  findReplicaDangers,
  findObjectDangers,
  findVolumeDangers,
];

/** Dangers of an environment in order of their names, each name once. */
export function findDangers(input: DangerInput): Danger[] {
  const dangers = new Map<string, Danger>();
  for (const danger of ALL.flatMap((find) => find(input)))
    if (!dangers.has(danger.name)) dangers.set(danger.name, danger);
  return [...dangers.values()].sort((a, b) => compareText(a.name, b.name));
}

/** An environment that the repository describes no longer. */
export function describeRemoval(environment: string): Danger {
  return {
    name: `environment/${environment}`,
    takesEffect: 'commit',
    key: 'metadata.name',
    what: `The files of ${environment} leave the repository. Its root Application finds no apps any more and stops to sync, and nobody can change or destroy its cloud resources from here: they go on running, and costing. An environment with another name is another cluster, empty, beside it.`,
    avoid: `keep the name; or destroy it first, as docs/${environment}/runbook.md says under tear-down`,
  };
}
