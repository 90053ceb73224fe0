// The questions of `rootstock init`, in order: each is a flag, a prompt and the key of the environment file it fills.
import { s3Host } from '../../core/aws-hosts.ts';
import { findGpuModel } from '../../environment/gpu-models.ts';
import { findInstanceGpus } from '../../environment/instance-types.ts';
import { DNS_PROVIDERS } from '../../environment/schema/ingress.ts';

/** Raw answers by flag. Absent: not answered yet; empty: answered with nothing. */
export type Given = Readonly<Record<string, string | undefined>>;

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Question {
  /** Without the dashes: `ssh-from`. */
  readonly flag: string;
  /** What stands behind the flag: `<networks>`. */
  readonly value: string;
  /** Asked in a terminal. */
  readonly ask: string;
  /** Explained by `--help`. */
  readonly help: string;
  /** Key of the environment file; problems there belong to this question. */
  readonly key: string;
  /** An answer that is right: shown as example, and stands in for answers still to come. */
  readonly sample: string;
  readonly choices?: readonly Choice[];
  /** Default: always. */
  applies?(given: Given): boolean;
  /** Other flags that make this one count, each with a value that does. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Taken without a terminal, and proposed in one; undefined: only the user knows. */
  fallback?(given: Given): string | undefined;
  /** Proposed in a terminal only: a guess that nobody should get without looking. */
  suggestion?(given: Given): string | undefined;
}

export const NO_GPU = 'none';

const isZcompute = (given: Given) => given['platform'] === 'zcompute';
const isAws = (given: Given) => given['platform'] === 'aws';
const isHigh = (given: Given) => given['availability'] === 'high';
const hasDomain = (given: Given) => hasText(given['domain']);
const hasGpu = (given: Given) => hasText(given['gpu-type']) && given['gpu-type'] !== NO_GPU;
const isAcme = (given: Given) => hasDomain(given) && given['tls'] === 'acme';
const isRfc2136 = (given: Given) => hasDomain(given) && given['dns'] === 'rfc2136';
const hasStateBucket = (given: Given) => hasText(given['state-bucket']);
const knownGpus = (given: Given) => {
  const { platform, 'gpu-type': type } = given;
  if ((platform !== 'zcompute' && platform !== 'aws') || type === undefined) return undefined;
  const found = findInstanceGpus(platform, type);
  return found === 'none' ? undefined : found;
};
/** The catalogue does not have the model, or leaves its memory open. */
const needsGpuMemory = (given: Given) => {
  if (!hasGpu(given) || given['gpu-model'] === undefined) return false;
  const model = findGpuModel(given['gpu-model']);
  return model === undefined || model.memoryChoices !== undefined;
};
const needsPciId = (given: Given) => needsGpuMemory(given) && findGpuModel(given['gpu-model'] ?? '') === undefined;

export const QUESTIONS: readonly Question[] = [
  {
    flag: 'name',
    value: '<name>',
    ask: 'Name of the environment? It prefixes every cloud resource and never changes',
    help: 'name of the environment, a short DNS label',
    key: 'metadata.name',
    sample: 'prod',
    suggestion: () => 'prod',
  },
  {
    flag: 'platform',
    value: '<kind>',
    ask: 'Which cloud does it run on?',
    help: 'zcompute or aws',
    key: 'platform.kind',
    sample: 'zcompute',
    choices: [
      { value: 'zcompute', label: 'Zadara zCompute' },
      { value: 'aws', label: 'Amazon Web Services' },
    ],
  },
  {
    flag: 'endpoint',
    value: '<url>',
    ask: 'URL of the zCompute site? The console shows it under Help > API Endpoints',
    help: 'URL of the zCompute site',
    key: 'platform.endpoint',
    sample: 'https://compute-us-west-101.zadara.com',
    applies: isZcompute,
  },
  {
    flag: 'region',
    value: '<region>',
    ask: 'AWS region?',
    help: 'AWS region',
    key: 'platform.region',
    sample: 'eu-central-1',
    applies: isAws,
    suggestion: () => 'eu-central-1',
  },
  {
    flag: 'zones',
    value: '<zones>',
    ask: 'Availability zones, separated by commas?',
    help: 'AWS availability zones, separated by commas (default: a, b and c of the region)',
    key: 'platform.availabilityZones',
    sample: 'eu-central-1a,eu-central-1b,eu-central-1c',
    applies: isAws,
    fallback: ({ region }) =>
      region === undefined ? undefined : ['a', 'b', 'c'].map((letter) => `${region}${letter}`).join(','),
  },
  {
    flag: 'repository',
    value: '<url>',
    ask: 'Git repository that the generated files go into?',
    help: 'URL of the Git repository that the generated files go into',
    key: 'repository.url',
    sample: 'https://github.com/acme/ai-platform.git',
  },
  {
    flag: 'branch',
    value: '<name>',
    ask: 'Branch that Argo CD follows?',
    help: 'branch that Argo CD follows (default: main)',
    key: 'repository.branch',
    sample: 'main',
    fallback: () => 'main',
  },
  {
    flag: 'access',
    value: '<how>',
    ask: 'How does Argo CD authenticate to that repository?',
    help: 'public, deployKey, token or githubApp (default: deployKey)',
    key: 'repository.access',
    sample: 'deployKey',
    choices: [
      { value: 'deployKey', label: 'read-only SSH deploy key' },
      { value: 'token', label: 'HTTPS token' },
      { value: 'githubApp', label: 'GitHub App' },
      { value: 'public', label: 'not at all: the repository is public' },
    ],
    fallback: () => 'deployKey',
  },
  {
    flag: 'ssh-key',
    value: '<key or file>',
    ask: 'SSH public key of the administrators, or the path of its .pub file?',
    help: 'SSH public key of the administrators, or the path of its .pub file',
    key: 'cluster.sshPublicKey',
    sample: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB',
    suggestion: () => '~/.ssh/id_ed25519.pub',
  },
  {
    flag: 'ssh-from',
    value: '<networks>',
    ask: 'Networks that administrators come from, separated by commas? Empty: no bastion',
    help: 'networks that may open SSH to the bastion, separated by commas; or --no-bastion and --private-access',
    key: 'network.bastion.sshFrom',
    sample: '203.0.113.0/24',
    applies: (given) => given['private-access'] === undefined || given['ssh-from'] !== undefined,
  },
  {
    flag: 'private-access',
    value: '<sentence>',
    ask: 'Without a bastion, how do administrators reach the private network?',
    help: 'how administrators reach the private network with --no-bastion, in your own words',
    key: 'network.privateAccess',
    sample: 'Site-to-site VPN from the head office',
    applies: ({ 'ssh-from': sshFrom, 'private-access': other }) =>
      sshFrom === '' || (sshFrom === undefined && other !== undefined),
    suggestion: () => 'Site-to-site VPN from the head office',
  },
  {
    flag: 'availability',
    value: '<mode>',
    ask: 'How available must it be?',
    help: 'single or high (default: single)',
    key: 'availability',
    sample: 'single',
    choices: [
      { value: 'single', label: 'single: one of everything; heals after a loss' },
      { value: 'high', label: 'high: a second pod ready; three control and three worker nodes' },
    ],
    fallback: () => 'single',
  },
  {
    flag: 'control-type',
    value: '<type>',
    ask: 'Instance type of the control nodes?',
    help: 'instance type of the control nodes (default on AWS: m7i.large)',
    key: 'cluster.nodeGroups.control',
    sample: 'z4.large',
    fallback: (given) => (isAws(given) ? 'm7i.large' : undefined),
    suggestion: () => 'z4.large',
  },
  {
    flag: 'worker-type',
    value: '<type>',
    ask: 'Instance type of the worker nodes?',
    help: 'instance type of the worker nodes (default on AWS: r7i.4xlarge)',
    key: 'cluster.nodeGroups.worker',
    sample: 'z8.3xlarge',
    fallback: (given) => (isAws(given) ? 'r7i.4xlarge' : undefined),
    suggestion: () => 'z8.3xlarge',
  },
  {
    flag: 'gpu-type',
    value: '<type>',
    ask: `Instance type of the GPU nodes? ${NO_GPU} for no GPUs`,
    help: `instance type of the GPU nodes, or ${NO_GPU} (default on AWS: g6.4xlarge)`,
    key: 'cluster.nodeGroups.gpu',
    sample: 'ZGL4.7large',
    fallback: (given) => (isAws(given) ? 'g6.4xlarge' : undefined),
    suggestion: () => 'ZGL4.7large',
  },
  {
    flag: 'gpu-model',
    value: '<model>',
    ask: 'GPU model of these nodes?',
    help: 'GPU model (default: the one of the instance type, where it is known)',
    key: 'cluster.nodeGroups.gpu.gpu.model',
    sample: 'L4',
    applies: hasGpu,
    fallback: (given) => knownGpus(given)?.model,
  },
  {
    flag: 'gpu-count',
    value: '<number>',
    ask: 'GPUs of each node?',
    help: 'GPUs of each node (default: those of the instance type, else 1)',
    key: 'cluster.nodeGroups.gpu.gpu.count',
    sample: '1',
    applies: hasGpu,
    fallback: (given) => String(knownGpus(given)?.count ?? 1),
  },
  {
    flag: 'gpu-pci-id',
    value: '<hex>',
    ask: 'PCI device id of the GPU, as lspci -n -d 10de: prints it?',
    help: 'PCI device id of a GPU model that the catalogue does not have',
    key: 'cluster.nodeGroups.gpu.gpu.pciId',
    sample: '27b8',
    applies: needsPciId,
  },
  {
    flag: 'gpu-memory',
    value: '<GiB>',
    ask: 'Memory of one GPU in GiB?',
    help: 'memory in GiB of a GPU model that the catalogue does not have or leaves open',
    key: 'cluster.nodeGroups.gpu.gpu.memoryGiB',
    sample: '24',
    applies: needsGpuMemory,
  },
  {
    flag: 'etcd-bucket',
    value: '<bucket>',
    ask: 'Bucket for etcd snapshots? high needs one',
    help: 'bucket for etcd snapshots; needed for high',
    key: 'cluster.etcdBackup.bucket',
    sample: 'prod-etcd',
    needs: { availability: 'high' },
    applies: isHigh,
  },
  {
    flag: 'etcd-endpoint',
    value: '<host>',
    ask: 'Host name of the S3 service with that bucket?',
    help: 'host name of the S3 service with that bucket (default on AWS: that of the region)',
    key: 'cluster.etcdBackup.endpoint',
    sample: 's3.example.com',
    needs: { availability: 'high' },
    applies: isHigh,
    fallback: ({ platform, region }) => (platform === 'aws' && hasText(region) ? s3Host(region ?? '') : undefined),
  },
  {
    flag: 'state-bucket',
    value: '<bucket>',
    ask: 'Bucket for the Terraform state? Empty: local files, for a first try by one person',
    help: 'bucket for the Terraform state (default: local files)',
    key: 'state.bucket',
    sample: 'tf-state',
    fallback: () => '',
  },
  {
    flag: 'state-endpoint',
    value: '<url>',
    ask: 'URL of the S3-compatible store with that bucket?',
    help: 'URL of an S3-compatible store with that bucket (default on AWS: S3)',
    key: 'state.endpoint',
    sample: 'https://s3.example.com',
    needs: { 'state-bucket': 'tf-state' },
    applies: hasStateBucket,
    fallback: (given) => (isAws(given) ? '' : undefined),
  },
  {
    flag: 'domain',
    value: '<domain>',
    ask: 'Domain for the apps? Empty: exactly one app, reached by address',
    help: 'domain under which apps get names (default: none, one app by address)',
    key: 'ingress.domain',
    sample: 'ai.example.com',
    fallback: () => '',
  },
  {
    flag: 'dns',
    value: '<who>',
    ask: 'Who writes the DNS records?',
    help: `${DNS_PROVIDERS.join(', ')}, wildcard or none (default: route53 on AWS, wildcard on zCompute)`,
    key: 'ingress.dns',
    sample: 'wildcard',
    choices: [
      { value: 'cloudflare', label: 'external-dns, at Cloudflare' },
      { value: 'route53', label: 'external-dns, at Route 53' },
      { value: 'rfc2136', label: 'external-dns, at your own name server' },
      { value: 'wildcard', label: 'I create one wildcard record' },
      { value: 'none', label: 'somebody else' },
    ],
    needs: { domain: 'ai.example.com' },
    applies: hasDomain,
    fallback: (given) => (isAws(given) ? 'route53' : 'wildcard'),
  },
  {
    flag: 'dns-server',
    value: '<host>',
    ask: 'Name server that takes the updates?',
    help: 'name server that takes updates; rfc2136 only',
    key: 'ingress.dns.server',
    sample: 'ns1.example.com',
    needs: { domain: 'ai.example.com', dns: 'rfc2136' },
    applies: isRfc2136,
  },
  {
    flag: 'tsig-key-name',
    value: '<name>',
    ask: 'Name of the TSIG key for these updates? The key itself is asked for later, and sealed',
    help: 'name of the TSIG key; rfc2136 only',
    key: 'ingress.dns.tsigKeyName',
    sample: 'rootstock',
    needs: { domain: 'ai.example.com', dns: 'rfc2136' },
    applies: isRfc2136,
  },
  {
    flag: 'tls',
    value: '<kind>',
    ask: 'Where do certificates come from?',
    help: 'self-signed or acme (default: acme where external-dns can prove the domain, else self-signed)',
    key: 'ingress.tls',
    sample: 'self-signed',
    choices: [
      { value: 'acme', label: "Let's Encrypt" },
      { value: 'self-signed', label: "the cluster's own CA; browsers warn until they trust it" },
    ],
    needs: { domain: 'ai.example.com' },
    applies: hasDomain,
    fallback: ({ dns }) => ((DNS_PROVIDERS as readonly string[]).includes(dns ?? '') ? 'acme' : 'self-signed'),
  },
  {
    flag: 'email',
    value: '<address>',
    ask: "Contact address of the Let's Encrypt account?",
    help: 'contact address of the ACME account; needed for acme',
    key: 'ingress.tls.email',
    sample: 'ops@example.com',
    needs: { domain: 'ai.example.com', tls: 'acme' },
    applies: isAcme,
  },
];

function hasText(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}
