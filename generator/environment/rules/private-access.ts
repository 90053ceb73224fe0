// There is a way into the private network, and it is not open to everybody by accident.
import { requireCidr } from '../../core/cidr.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Rule } from './rule.ts';

const WORLD: ProblemKind = {
  code: 'NET-008',
  title: 'The bastion is open to the world',
  explanation:
    'Port 22 of a public address is tried by strangers within minutes. Name the networks that administrators come from. If it really must be open, say so with `allowWorld: true`.',
};
const NOBODY: ProblemKind = {
  code: 'NET-009',
  title: 'Nobody may enter the bastion',
  explanation:
    'A bastion that no network may reach costs money and helps nobody, and there is no default that is safe.',
};
const NO_WAY: ProblemKind = {
  code: 'NET-010',
  title: 'There is no way into the private network',
  explanation:
    'Nodes and the Kubernetes API have private addresses only. Without a bastion the environment file says which other way there is; the generated documents print it.',
};

/** Anything that is more than one hundredth of the internet counts as the world: 0.0.0.0/0, and its two halves too. */
const WORLD_PREFIX = 7;

export const privateAccess: Rule = {
  kinds: [WORLD, NOBODY, NO_WAY],
  check: ({ network }) => {
    const { bastion } = network;
    if (!bastion.enabled) {
      if (network.privateAccess !== undefined) return [];
      return [
        {
          kind: NO_WAY,
          at: ['network', 'privateAccess'],
          message: 'network.bastion.enabled is false, and network.privateAccess does not say how else to get in.',
          hint: 'add privateAccess: Site-to-site VPN from the head office',
        },
      ];
    }
    if (bastion.sshFrom.length === 0) {
      return [
        {
          kind: NOBODY,
          at: ['network', 'bastion', 'sshFrom'],
          message: 'network.bastion.sshFrom is empty, so nobody could open SSH to the bastion.',
          hint: 'add sshFrom: [203.0.113.0/24] with your own network, or enabled: false',
        },
      ];
    }
    if (bastion.allowWorld) return [];
    return bastion.sshFrom.flatMap((text, index) =>
      requireCidr(text).prefix > WORLD_PREFIX
        ? []
        : [
            {
              kind: WORLD,
              at: ['network', 'bastion', 'sshFrom', index],
              message: `${text} lets the whole internet try SSH on the bastion.`,
              hint: 'name your own networks, or add allowWorld: true if you mean it',
            },
          ],
    );
  },
};
