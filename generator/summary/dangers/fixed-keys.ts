// Keys that are fixed at creation: the cloud or the cluster would have to be built anew.
import { normaliseAddress } from '../../core/address.ts';
import type { TakesEffect } from '../../core/schema-key.ts';
import type { Danger, KeyChange } from '../summary.ts';
import type { FindDangers } from './danger.ts';

interface NamedKey extends Pick<Danger, 'name' | 'what' | 'avoid'> {
  readonly key: RegExp;
  /** When the loss happens, which may be sooner than the change is complete. Default: as the schema says. */
  readonly takesEffect?: TakesEffect;
  /** True for keys that can be changed, and must not without a word: they say where things are. */
  readonly always?: true;
  /** True for lists that lose nothing when something is added at their end. */
  readonly mayGrow?: true;
}

/** Names that people understand, for the keys of the environment itself. The first that matches. */
const NAMED: readonly NamedKey[] = [
  {
    key: /^network\.cidr$/,
    name: 'vpc',
    takesEffect: 'apply',
    what: 'Terraform destroys the VPC and makes another, with everything in it: nodes, load balancers, addresses. Volumes stay in the account, and no cluster knows them.',
    avoid: 'keep network.cidr; for another network, add an environment beside this one and move to it',
  },
  {
    key: /^network\.(podCidr|serviceCidr)$/,
    name: 'cluster-network',
    takesEffect: 'node replacement',
    what: 'k3s fixes the networks of pods and services when the cluster is made. Nodes that start later get the new one, and cannot speak with the others.',
    avoid: 'keep both networks; for others, add an environment beside this one and move to it',
  },
  {
    key: /^network\.subnets\b/,
    name: 'subnets',
    takesEffect: 'apply',
    mayGrow: true,
    what: 'Terraform destroys subnets and makes others: the nodes, load balancers and gateways in them go first.',
    avoid: 'keep the subnets that there are',
  },
  {
    key: /^platform\.availabilityZones$/,
    name: 'zones',
    takesEffect: 'apply',
    mayGrow: true,
    what: 'Subnets, nodes and volumes are fixed to their zones. Terraform destroys what is in a zone that goes or changes its place in the list, and volumes there are out of reach of all nodes.',
    avoid: 'keep platform.availabilityZones as it is; add an environment beside this one and move to it',
  },
  {
    key: /^platform(\.(kind|endpoint|region))?$/,
    name: 'platform',
    takesEffect: 'apply',
    always: true,
    what: 'Terraform asks another place for everything in its two states. What it does not find there it makes anew, empty, and writes into the same states: what runs in the old place goes on running, and costing, and nobody can change or destroy it from here.',
    avoid: 'keep platform as it is; add an environment beside this one and move to it',
  },
  {
    key: /^state\b(?!\.lockFile$)/,
    name: 'state',
    always: true,
    what: 'Terraform looks for its two states in another place. Where it finds none, it makes everything a second time, beside what there is.',
    avoid:
      'before the next apply, run terraform init -migrate-state in both projects and see that terraform plan is empty',
  },
  {
    key: /^repository\.(url|branch)$/,
    name: 'repository',
    always: true,
    what: 'Argo CD in the cluster goes on reading the old place. What is pushed to the new one never reaches it, this change included.',
    avoid:
      'give Argo CD a credential for the new place, and push the same commit once more to the old one, with --remote and --branch: that one leads it over',
  },
];

export const findFixedKeys: FindDangers = ({ keys }) => {
  const dangers = new Map<string, Danger>();
  for (const change of keys) {
    const danger = describe(change);
    if (danger !== undefined && !dangers.has(danger.name)) dangers.set(danger.name, danger);
  }
  return [...dangers.values()];
};

function describe(change: KeyChange): Danger | undefined {
  const { path, takesEffect } = change;
  const named = NAMED.find(({ key }) => key.test(path));
  const isFixed = takesEffect === 'never' && path !== 'metadata.name';
  if (!isFixed && named?.always !== true) return undefined;
  if (named?.mayGrow === true && isGrown(change)) return undefined;
  if (isSamePlace(change)) return undefined;
  if (named !== undefined) {
    const { name, what, avoid } = named;
    return { name, takesEffect: named.takesEffect ?? takesEffect, key: path, what, avoid };
  }
  return {
    name: `key/${path}`,
    takesEffect: 'never',
    key: path,
    what: `${path} is fixed when it is first applied: what runs keeps the old value or refuses the new one.`,
    avoid: `put the old value of ${path} back`,
  };
}

function isSamePlace({ from, to }: KeyChange): boolean {
  return typeof from === 'string' && typeof to === 'string' && normaliseAddress(from) === normaliseAddress(to);
}

function isGrown({ from, to }: KeyChange): boolean {
  if (!Array.isArray(from) || !Array.isArray(to)) return false;
  return from.every((item, index) => item === to[index]);
}
