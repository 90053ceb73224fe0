// Builds environments for tests: a small valid one, changed by a patch, read by the real parser and schema.

import { formatKeyPath } from '../core/key-path.ts';
import type { Problem } from '../core/problem.ts';
import { type EnvironmentText, parseEnvironments } from '../environment/parse-environment.ts';
import type { CatalogFacts, Rule } from '../environment/rules/rule.ts';
import { type Environment, makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { compileSchema } from '../environment/schema-problems.ts';
import { parseSource } from '../environment/source.ts';

/** Keys to change; a map merges, `undefined` removes a key, anything else replaces. */
export interface Patch {
  readonly [key: string]: unknown;
}

export const ED25519_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com';

export const ECDSA_KEY =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg= ops@example.com';

const SINGLE: Patch = {
  apiVersion: 'rootstock.dev/v1alpha1',
  kind: 'Environment',
  metadata: { name: 'test' },
  platform: { kind: 'zcompute', endpoint: 'https://compute.example.com' },
  repository: { url: 'https://github.com/acme/ai.git' },
  state: { kind: 'local' },
  network: { bastion: { sshFrom: ['203.0.113.0/24'] } },
  cluster: {
    sshPublicKey: ED25519_KEY,
    nodeGroups: {
      control: { role: 'control', instanceType: 'z4.large' },
      worker: { role: 'worker', instanceType: 'z8.3xlarge' },
    },
  },
};

/** Patch that makes the small environment highly available. */
export const HIGH: Patch = {
  availability: 'high',
  cluster: {
    etcdBackup: { endpoint: 's3.example.com', bucket: 'test-etcd' },
    nodeGroups: { control: { size: 3 }, worker: { min: 3 } },
  },
};

/** Patch that moves the small environment to AWS. */
export const AWS: Patch = {
  platform: {
    kind: 'aws',
    endpoint: undefined,
    region: 'eu-central-1',
    availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  },
  cluster: { nodeGroups: { control: { instanceType: 'm7i.large' }, worker: { instanceType: 'm7i.2xlarge' } } },
};

/** Patch that adds a GPU group. */
export function gpuGroup(gpu: Patch, name = 'gpu', instanceType = 'ZGL4.7large'): Patch {
  return { cluster: { nodeGroups: { [name]: { role: 'worker', instanceType, gpu } } } };
}

/** Facts of a small catalog. */
export const FACTS: CatalogFacts = {
  apps: ['argo-cd', 'cert-manager', 'onyx'],
  charts: ['argo-cd', 'cert-manager'],
  routes: { 'argo-cd': { byDefault: false }, onyx: { byDefault: true } },
};

const schema = makeEnvironmentSchema({});
const validate = compileSchema(schema);

/** A valid environment, changed by patches; throws if the schema refuses the result. */
export function makeEnvironment(...patches: readonly Patch[]): Environment {
  const source = parseSource('test.yaml', makeEnvironmentText(...patches).text);
  if (!source.ok) throw new Error(JSON.stringify(source.problems));
  const problems = validate(source.value);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return source.value.data as Environment;
}

/** The same as the text of a file: JSON, which is YAML. */
export function makeEnvironmentText(...patches: readonly Patch[]): EnvironmentText {
  const data = patches.reduce<unknown>((merged, patch) => merge(merged, patch), SINGLE);
  return { file: 'test.yaml', text: JSON.stringify(data, null, 2) };
}

/** Everything that parsing says about environment files without apps. */
export function parseTexts(...texts: readonly EnvironmentText[]): readonly Problem[] {
  return parseEnvironments(texts, schema, FACTS).problems;
}

/** What a rule says, with the key as people read it. */
export function runRule(rule: Rule, environment: Environment, facts: CatalogFacts = FACTS) {
  return rule.check(environment, facts).map(({ kind, at, message, hint }) => ({
    code: kind.code,
    key: formatKeyPath(at),
    message,
    hint,
  }));
}

function merge(base: unknown, patch: unknown): unknown {
  if (!isMap(base) || !isMap(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = merge(base[key], value);
  return merged;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
