// Copies and metrics that are kept for a shorter time: what is older goes with the next clean-up.
import type { PlainValue } from '../../core/provenance.ts';
import { asMap, readEnvironmentFile } from '../environment-files.ts';
import type { Danger } from '../summary.ts';
import type { DangerInput, FindDangers } from './danger.ts';

interface Kept extends Pick<Danger, 'name' | 'takesEffect'> {
  readonly key: string;
  /** What is deleted, as a sentence that goes on with the new number. */
  tell(now: number): string;
}

const KEPT: readonly Kept[] = [
  {
    name: 'retention/backup',
    key: 'backup.retentionDays',
    takesEffect: 'commit',
    tell: (now) =>
      `Copies of databases, index and files that are older than ${now} days are deleted at the next clean-up, and no recovery goes further back.`,
  },
  {
    name: 'retention/etcd-backup',
    key: 'cluster.etcdBackup.retention',
    takesEffect: 'node replacement',
    tell: (now) => `Of the snapshots of etcd all but the newest ${now} are deleted, over all control nodes.`,
  },
  {
    name: 'retention/monitoring',
    key: 'apps.monitoring.retentionDays',
    takesEffect: 'commit',
    tell: (now) => `Metrics that are older than ${now} days are deleted.`,
  },
];

/** Only numbers that both files have or get by default: what was kept before is not guessed. */
export const findShorterRetention: FindDangers = (input) =>
  KEPT.flatMap(({ name, key, takesEffect, tell }): Danger[] => {
    const [from, to] = [findNumber(readBefore(input), key), findNumber(input.after.environment, key)];
    if (from === undefined || to === undefined || to >= from) return [];
    const avoid = `write ${key.slice(key.lastIndexOf('.') + 1)}: ${from}`;
    return [{ name, takesEffect, key, what: tell(to), avoid }];
  });

function readBefore({ before, environment, filesBefore }: DangerInput): unknown {
  return before?.environment ?? readEnvironmentFile(filesBefore, environment);
}

function findNumber(environment: unknown, key: string): number | undefined {
  let value = environment as PlainValue | undefined;
  for (const part of key.split('.')) value = asMap(value)[part];
  return typeof value === 'number' ? value : undefined;
}
