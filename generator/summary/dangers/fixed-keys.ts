// Keys that are fixed at creation: the cloud or the cluster would have to be built anew.
import type { Danger, KeyChange } from '../summary.ts';
import type { FindDangers } from './danger.ts';

/** Not fixed, but the place of what must not be lost. */
const STATE = /^state\b(?!\.lockFile$)/;

/** Names that people understand, for the keys of the environment itself. The first that matches. */
const NAMED: readonly { readonly key: RegExp; readonly name: string; readonly what: string; readonly avoid: string }[] =
  [
    {
      key: /^network\.cidr$/,
      name: 'vpc',
      what: 'Terraform destroys the VPC and makes another, with everything in it: nodes, load balancers, addresses. Volumes stay in the account, and no cluster knows them.',
      avoid: 'keep network.cidr; for another network, add an environment beside this one and move to it',
    },
    {
      key: /^network\.(podCidr|serviceCidr)$/,
      name: 'cluster-network',
      what: 'k3s fixes the networks of pods and services when the cluster is made. Nodes that start later get the new one, and cannot speak with the others.',
      avoid: 'keep both networks; for others, add an environment beside this one and move to it',
    },
    {
      key: /^network\.subnets\b/,
      name: 'subnets',
      what: 'Terraform destroys subnets and makes others: the nodes, load balancers and gateways in them go first.',
      avoid: 'keep the subnets that there are',
    },
    {
      key: /^platform\b/,
      name: 'platform',
      what: 'The Terraform states describe resources of another place: the next apply destroys what it still reaches, and makes everything anew.',
      avoid: 'keep platform as it is; add an environment beside this one and move to it',
    },
    {
      key: STATE,
      name: 'state',
      what: 'Terraform looks for its two states in another place. Where it finds none, it makes everything a second time, beside what there is.',
      avoid:
        'before the next apply, run terraform init -migrate-state in both projects and see that terraform plan is empty',
    },
  ];

export const findFixedKeys: FindDangers = ({ keys }) => {
  const fixed = keys.filter(
    ({ takesEffect, path }) => (takesEffect === 'never' && path !== 'metadata.name') || STATE.test(path),
  );
  const dangers = new Map<string, Danger>();
  for (const change of fixed) {
    const danger = describe(change);
    if (!dangers.has(danger.name)) dangers.set(danger.name, danger);
  }
  return [...dangers.values()];
};

function describe({ path, takesEffect }: KeyChange): Danger {
  const named = NAMED.find(({ key }) => key.test(path));
  if (named !== undefined) {
    const { name, what, avoid } = named;
    return { name, takesEffect, key: path, what, avoid };
  }
  return {
    name: `key/${path}`,
    takesEffect: 'never',
    key: path,
    what: `${path} is fixed when it is first applied: what runs keeps the old value or refuses the new one.`,
    avoid: `put the old value of ${path} back`,
  };
}
