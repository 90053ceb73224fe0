// What to type to have an app as it was, where one key of the environment file tells.
import type { KeyChange } from '../summary.ts';

export interface WayBack {
  readonly key: string;
  /** e.g. `write availability: high` */
  readonly text: string;
}

/** Undefined where no key, or more than one, may be the reason. */
export function findWayBack(app: string, keys: readonly KeyChange[]): WayBack | undefined {
  const own = keys.find(({ path }) => path === `apps.${app}.enabled`);
  if (own !== undefined) return { key: own.path, text: `write ${own.path}: true` };
  const availability = keys.find(({ path }) => path === 'availability');
  const isOnly = !keys.some(({ path }) => /^(apps|objectStorage)\b/.test(path));
  if (availability === undefined || !isOnly) return undefined;
  // Where only the text is known, and it says nothing, it is the default.
  return { key: availability.path, text: `write availability: ${String(availability.from ?? 'single')}` };
}
