// Which arguments a provider version knows, from the committed lists. Parsed type by type, when a check first asks.
import facts from './provider-arguments.json' with { type: 'json' };

export type ProviderVersion = '3.33' | '6.25';

/** How an argument is written: `name = …`, `name { … }`, or either. */
export type ArgumentForm = 'attribute' | 'block' | 'either';

/** Arguments by name, nested ones dotted. */
export type KnownArguments = ReadonlyMap<string, ArgumentForm>;

interface TypeLists {
  readonly both?: string;
  readonly '3.33'?: string;
  readonly '6.25'?: string;
}

const types: Readonly<Record<string, TypeLists>> = facts.types;
const missing: readonly string[] = facts.missing['3.33'];
const parsed = new Map<string, KnownArguments>();

/** Where the lists come from, for `explain` and for those who renew them. */
export const PROVIDER_FACTS_SOURCE: Readonly<Record<ProviderVersion, string>> = {
  '3.33': facts.source['3.33'],
  '6.25': facts.source['6.25'],
};

/**
 * Arguments of a resource (`aws_vpc`), data source (`data.aws_ami`) or the provider itself (`provider`).
 * `absent`: this version has no such type. Undefined: there are no facts about it.
 */
export function findArguments(type: string, version: ProviderVersion): KnownArguments | 'absent' | undefined {
  const lists = types[type];
  if (lists === undefined) return version === '3.33' && missing.includes(type) ? 'absent' : undefined;
  const key = `${version} ${type}`;
  const before = parsed.get(key);
  if (before !== undefined) return before;
  const known = new Map([...parseList(lists.both), ...parseList(lists[version])]);
  if (known.size === 0) return 'absent';
  parsed.set(key, known);
  return known;
}

function parseList(list = ''): [string, ArgumentForm][] {
  return list
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      if (word.endsWith('{}=')) return [word.slice(0, -3), 'either'];
      return word.endsWith('{}') ? [word.slice(0, -2), 'block'] : [word, 'attribute'];
    });
}

/**
 * The list that a version constraint is held against: its lower bound decides, so that what is written works with
 * every version that it allows. Undefined for versions that we have no facts about.
 */
export function findProviderVersion(constraint: string): ProviderVersion | undefined {
  const bounds = [...constraint.matchAll(/(?:^|,)\s*(>=|~>|=)?\s*(\d+)(?:\.(\d+))?[^,]*/g)];
  const [, , major = '', minor = ''] = bounds[0] ?? [];
  if (major === '3' && Number(minor) >= 33 && Number(minor) <= 35) return '3.33';
  return major === '6' ? '6.25' : undefined;
}
