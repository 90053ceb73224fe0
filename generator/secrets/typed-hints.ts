// Hints that can be typed as they stand: commands about the secrets of one environment.
import { formatCommand } from '../core/shell.ts';

/** The repository and the environment that a hint is about. */
export interface HintTarget {
  readonly folder: string;
  /** Name of the environment. */
  readonly name: string;
}

/** e.g. `rootstock secrets set ../ai-platform onyx/onyx-redis/redis_password -e prod` */
export function formatSecrets(command: string, { folder, name }: HintTarget, ...words: readonly string[]): string {
  return formatCommand('rootstock', 'secrets', command, folder, ...words, '-e', name);
}

/**
 * What to do about sealed files that a store does not explain: three ways to what is in use, and the one that gives it up.
 * @param command that takes `--replace-sealed`
 */
export function formatWaysBack(command: 'generate' | 'seal' | 'rotate-key', target: HintTarget): string {
  const { folder, name } = target;
  const ways = [
    `from the cluster: ${formatSecrets('import', target, '--kubernetes', 'FILE')}, then --tfvars FILE`,
    `the store of before: ${formatCommand('git', '-C', folder, 'log', '--', `secrets/${name}.age`)}, or ${formatSecrets('restore', target, 'FILE', '--force')}`,
    `if no cluster lives with them: ${formatSecrets(command, target, '--replace-sealed')}`,
  ];
  return ways.join('; ');
}
