// Annotations that every key of the environment schema carries: editors show them, docs print them.
import type { TSchema } from 'typebox';

/** When a change of this key reaches the running system. `never` means: fixed at creation. */
export type TakesEffect = 'commit' | 'apply' | 'node replacement' | 'never';

export interface KeyNotes {
  /** What the key means, in a sentence or two. */
  readonly description: string;
  readonly takesEffect: TakesEffect;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  /** What a valid value looks like, for error messages: `a DNS label such as prod`. */
  readonly shape?: string;
  /** Any further JSON Schema keyword. */
  readonly [keyword: string]: unknown;
}

/** JSON Schema options for a key: `Type.String(key({ description: …, takesEffect: 'commit' }))`. */
export function key(notes: KeyNotes): Record<string, unknown> {
  const { description, takesEffect, examples, shape, ...rest } = notes;
  return {
    description,
    'x-takes-effect': takesEffect,
    ...(examples === undefined ? {} : { examples: [...examples] }),
    ...(shape === undefined ? {} : { 'x-shape': shape }),
    ...rest,
  };
}

/** True for keys that the reader fills in, so that the emitted schema does not call them required. */
export function hasDefault(schema: TSchema): boolean {
  return 'default' in schema;
}
