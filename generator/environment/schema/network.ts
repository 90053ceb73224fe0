// `network`: the VPC and the way into it.
import Type from 'typebox';
import { type KeyNotes, key } from '../../core/schema-key.ts';
import { CIDR, CIDR_SHAPE, closed } from './shapes.ts';

function cidr(notes: KeyNotes) {
  return Type.String(key({ ...notes, pattern: CIDR, shape: CIDR_SHAPE }));
}

const cidrItem = Type.String({ pattern: CIDR, 'x-shape': CIDR_SHAPE });

const subnets = closed(
  {
    public: Type.Array(
      cidrItem,
      key({
        description:
          'Public subnets: load balancers, NAT gateways, bastion. One per availability zone (zCompute: one).',
        takesEffect: 'never',
        examples: [['10.0.0.0/24']],
        minItems: 1,
        maxItems: 3,
      }),
    ),
    private: Type.Array(
      cidrItem,
      key({
        description: 'Private subnets: all cluster nodes. One per availability zone (zCompute: one).',
        takesEffect: 'never',
        examples: [['10.0.128.0/20']],
        minItems: 1,
        maxItems: 3,
      }),
    ),
  },
  {
    description: 'Subnets, where the automatic ones do not suit. Absent: carved from `network.cidr`.',
    takesEffect: 'never',
  },
);

const bastion = closed(
  {
    enabled: Type.Boolean(
      key({
        description: 'A small host in a public subnet with SSH, the way to the nodes and the Kubernetes API.',
        takesEffect: 'apply',
        default: true,
      }),
    ),
    sshFrom: Type.Array(
      cidrItem,
      key({
        description: 'Networks that may open SSH to the bastion.',
        takesEffect: 'apply',
        default: [],
        examples: [['203.0.113.0/24']],
        uniqueItems: true,
      }),
    ),
    allowWorld: Type.Boolean(
      key({
        description: 'Say true to mean it when `sshFrom` contains 0.0.0.0/0.',
        takesEffect: 'apply',
        default: false,
      }),
    ),
    instanceType: Type.Optional(
      Type.String(
        key({
          description: 'Instance type of the bastion. Absent: z2.large on zCompute, t3.small on AWS.',
          takesEffect: 'apply',
          examples: ['z2.large'],
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
          shape: 'an instance type',
        }),
      ),
    ),
  },
  { description: 'SSH access to the private network.', takesEffect: 'apply', default: {} },
);

export const network = closed(
  {
    cidr: cidr({ description: 'Address range of the VPC.', takesEffect: 'never', default: '10.0.0.0/16' }),
    subnets: Type.Optional(subnets),
    podCidr: cidr({
      description: 'Address range of pods. Must not touch the VPC or the services.',
      takesEffect: 'never',
      default: '10.42.0.0/16',
    }),
    serviceCidr: cidr({
      description: 'Address range of Services. CoreDNS gets its tenth address.',
      takesEffect: 'never',
      default: '10.43.0.0/16',
    }),
    bastion,
    privateAccess: Type.Optional(
      Type.String(
        key({
          description:
            'How administrators reach the private network when there is no bastion, in your own words; printed in the generated documents.',
          takesEffect: 'commit',
          examples: ['Site-to-site VPN from the head office'],
          pattern: '^[^\\r\\n]{3,200}$',
          shape: 'a sentence of 3 to 200 characters on one line',
        }),
      ),
    ),
  },
  { description: 'The VPC and the way into it.', takesEffect: 'never', default: {} },
);
