// `cluster`: the k3s version and the groups of nodes.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { etcdBackup } from './platform.ts';
import { choice, closed, kind, named, oneOf } from './shapes.ts';

const LABEL_KEY = '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE = '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$';

const instanceType = Type.String(
  key({
    description:
      "Instance type. zCompute types depend on the site's hardware: `aws ec2 describe-instance-types` against it lists them.",
    takesEffect: 'node replacement',
    examples: ['z8.3xlarge', 'm7i.2xlarge'],
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
    shape: 'an instance type such as z8.3xlarge',
  }),
);

const rootVolumeGiB = (size: number) =>
  Type.Integer(
    key({
      description: 'Root volume in GiB.',
      takesEffect: 'node replacement',
      default: size,
      minimum: 20,
      maximum: 16000,
    }),
  );

const instanceSize = Type.Optional(
  closed(
    {
      vcpu: Type.Integer(
        key({
          description: 'Virtual CPUs of one node.',
          takesEffect: 'commit',
          minimum: 1,
          maximum: 512,
          examples: [14],
        }),
      ),
      memoryGiB: Type.Integer(
        key({
          description: 'Memory of one node in GiB.',
          takesEffect: 'commit',
          minimum: 1,
          maximum: 32768,
          examples: [112],
        }),
      ),
    },
    {
      description:
        'Size of an instance type that Rootstock has no facts for: the capacity table and the autoscaler use it.',
      takesEffect: 'commit',
    },
  ),
);

const labels = Type.Record(
  Type.String({ pattern: LABEL_KEY }),
  Type.String({ pattern: LABEL_VALUE, 'x-shape': 'a Kubernetes label value' }),
  {
    ...key({
      description: 'Extra node labels.',
      takesEffect: 'node replacement',
      default: {},
      examples: [{ 'example.com/team': 'search' }],
    }),
    additionalProperties: false,
  },
);

const taints = Type.Array(
  closed({
    key: Type.String(
      key({
        description: 'Taint key.',
        takesEffect: 'node replacement',
        pattern: LABEL_KEY,
        shape: 'a Kubernetes label key',
        examples: ['example.com/dedicated'],
      }),
    ),
    value: Type.String(
      key({
        description: 'Taint value.',
        takesEffect: 'node replacement',
        default: 'true',
        pattern: LABEL_VALUE,
        shape: 'a Kubernetes label value',
      }),
    ),
    effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
      description: 'What happens to pods that do not tolerate it.',
      takesEffect: 'node replacement',
      default: 'NoSchedule',
    }),
  }),
  key({ description: 'Extra node taints.', takesEffect: 'node replacement', default: [] }),
);

const control = closed({
  role: kind('control', 'apply', 'Runs the Kubernetes API and etcd, and nothing else.'),
  instanceType,
  size: Type.Integer(
    key({
      description: 'Number of control nodes: odd, and at least 3 for `high`. Fixed: etcd must not be scaled by load.',
      takesEffect: 'apply',
      default: 1,
      minimum: 1,
      maximum: 7,
    }),
  ),
  rootVolumeGiB: rootVolumeGiB(64),
  instanceSize,
  labels,
  taints,
});

const gpu = closed(
  {
    model: Type.String(
      key({
        description:
          'GPU model. `rootstock catalog --gpus` lists the known ones; any other needs `pciId` and `memoryGiB`.',
        takesEffect: 'node replacement',
        examples: ['L4', 'L40S', 'A16'],
        pattern: '^[A-Za-z0-9][A-Za-z0-9 _-]{0,40}$',
        shape: 'a model name such as L40S',
      }),
    ),
    count: Type.Integer(
      key({
        description: 'Physical GPUs of one node.',
        takesEffect: 'node replacement',
        default: 1,
        minimum: 1,
        maximum: 16,
      }),
    ),
    pciId: Type.Optional(
      Type.String(
        key({
          description: 'PCI device id, four lower-case hex digits, as `lspci -n -d 10de:` prints it.',
          takesEffect: 'node replacement',
          examples: ['27b8'],
          pattern: '^[0-9a-f]{4}$',
          shape: 'four lower-case hex digits',
        }),
      ),
    ),
    memoryGiB: Type.Optional(
      Type.Integer(
        key({
          description: 'Memory of one GPU in GiB.',
          takesEffect: 'node replacement',
          examples: [24],
          minimum: 1,
          maximum: 512,
        }),
      ),
    ),
    slices: Type.Optional(
      Type.Integer(
        key({
          description:
            'Time slices of one GPU. Absent: one per GiB and one more. A slice is a share of time, not a limit of memory.',
          takesEffect: 'commit',
          examples: [25],
          minimum: 1,
          maximum: 1024,
        }),
      ),
    ),
  },
  {
    description: 'The GPUs of each node of the group. Sets driver installation, labels, taint and time slices.',
    takesEffect: 'node replacement',
  },
);

const worker = closed({
  role: kind('worker', 'apply', 'Runs workloads.'),
  instanceType,
  min: Type.Integer(
    key({ description: 'Least number of nodes.', takesEffect: 'apply', default: 1, minimum: 0, maximum: 200 }),
  ),
  max: Type.Integer(
    key({
      description: 'Most nodes the autoscaler may start.',
      takesEffect: 'apply',
      default: 3,
      minimum: 1,
      maximum: 200,
    }),
  ),
  desired: Type.Optional(
    Type.Integer(
      key({
        description: 'Nodes at the first apply; the autoscaler changes it afterwards. Absent: `min`.',
        takesEffect: 'apply',
        minimum: 0,
        maximum: 200,
        examples: [2],
      }),
    ),
  ),
  rootVolumeGiB: rootVolumeGiB(128),
  gpu: Type.Optional(gpu),
  instanceSize,
  labels,
  taints,
});

export const cluster = closed(
  {
    version: Type.String(
      key({
        description: 'Full k3s version. It reaches new nodes only: replace nodes one at a time to upgrade.',
        takesEffect: 'node replacement',
        default: 'v1.35.9+k3s1',
        pattern: '^v[0-9]+\\.[0-9]+\\.[0-9]+\\+k3s[0-9]+$',
        shape: 'a full k3s version such as v1.35.9+k3s1',
      }),
    ),
    sshPublicKey: Type.String(
      key({
        description: 'Public SSH key of the administrators, for the bastion and the nodes. Never the private one.',
        takesEffect: 'node replacement',
        examples: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com'],
        pattern:
          '^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\\.com) [A-Za-z0-9+/]+=*( [^\\r\\n\\uE000-\\uF8FF]*)?$',
        shape: 'one line of a .pub file',
      }),
    ),
    image: Type.Optional(
      Type.String(
        key({
          description:
            'Machine image of all nodes. Absent: Terraform looks up the newest Ubuntu 24.04 and prints it; write it here so that it stays.',
          takesEffect: 'node replacement',
          examples: ['ami-0123456789abcdef0'],
          // AWS has 17 hexadecimal digits, once 8; zCompute has 32. @see https://github.com/Neokarm/neokarm-examples
          pattern: '^ami-[0-9a-f]{8,32}$',
          shape: 'an image id such as ami-0123456789abcdef0',
        }),
      ),
    ),
    etcdBackup: Type.Optional(etcdBackup),
    nodeGroups: named(choice([control, worker], { description: 'Nodes of one kind.', takesEffect: 'apply' }, 'role'), {
      description:
        'Groups of nodes by name: exactly one with `role: control`, at least one worker group without a GPU.',
      takesEffect: 'apply',
    }),
  },
  { description: 'The k3s cluster.', takesEffect: 'node replacement' },
);
