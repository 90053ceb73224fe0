// How people and recipes name one value: `namespace/name/key` of a Secret, or `terraform/variable`.
import type { SecretNeed } from './blueprint.ts';

/** e.g. `onyx/onyx-redis/redis_password` or `terraform/agent_token`. */
export type SecretPath = string;

export const TERRAFORM_PREFIX = 'terraform/';

export function pathOfKey({ namespace, name }: Pick<SecretNeed, 'namespace' | 'name'>, key: string): SecretPath {
  return `${namespace}/${name}/${key}`;
}

export function pathOfVariable(variable: string): SecretPath {
  return `${TERRAFORM_PREFIX}${variable}`;
}

/** Paths that a text with references such as `${onyx/onyx-redis/redis_password}` reads, in order, each once. */
export function listReferences(text: string): SecretPath[] {
  return [...new Set([...text.matchAll(REFERENCE)].map(([, path]) => path ?? ''))];
}

/** Puts values in place of references; undefined if one of them is not known. */
export function fillReferences(text: string, find: (path: SecretPath) => string | undefined): string | undefined {
  const values = new Map(listReferences(text).map((path) => [path, find(path)]));
  if ([...values.values()].includes(undefined)) return undefined;
  return text.replaceAll(REFERENCE, (_, path: string) => values.get(path) ?? '');
}

const REFERENCE = /\$\{([a-z0-9.-]+\/[A-Za-z0-9._/-]+)\}/g;
