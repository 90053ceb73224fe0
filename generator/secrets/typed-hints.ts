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
