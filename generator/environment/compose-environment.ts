// Answers → the text of an environment file with comments: what `rootstock init` writes.
import { stringify } from 'yaml';
import { findInstanceSize } from './instance-types.ts';
import { SCHEMA_FILE } from './schema/environment-schema.ts';

export interface NodeAnswer {
  readonly instanceType: string;
}

export interface GpuAnswer extends NodeAnswer {
  readonly model: string;
  /** Text where somebody wrote no number: validation says so. */
  readonly count: number | string;
  /** For models that the catalogue does not have, or that leave it open. */
  readonly pciId?: string;
  readonly memoryGiB?: number | string;
}

export type PlatformAnswer =
  | { readonly kind: 'zcompute'; readonly endpoint: string }
  | { readonly kind: 'aws'; readonly region: string; readonly availabilityZones: readonly string[] };

export interface StoreAnswer {
  readonly bucket: string;
  readonly endpoint?: string;
  readonly region: string;
}

export type DnsAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'wildcard' }
  | {
      readonly kind: 'external-dns';
      readonly provider: string;
      readonly server?: string;
      readonly tsigKeyName?: string;
    };

/** What only the user knows; everything else in the file is a default with its reason. */
export interface EnvironmentAnswers {
  readonly name: string;
  readonly platform: PlatformAnswer;
  readonly repository: { readonly url: string; readonly branch: string; readonly access: string };
  /** Absent: state files beside the Terraform projects. */
  readonly stateBucket?: StoreAnswer;
  /** Empty: no bastion, and `privateAccess` says how else to get in. */
  readonly sshFrom: readonly string[];
  readonly privateAccess?: string;
  readonly sshPublicKey: string;
  readonly availability: 'single' | 'high';
  readonly control: NodeAnswer;
  readonly worker: NodeAnswer;
  readonly gpu?: GpuAnswer;
  readonly etcdBackup?: StoreAnswer;
  readonly domain?: string;
  readonly dns: DnsAnswer;
  /** Address for the ACME account; absent: certificates of the cluster's own CA. */
  readonly acmeEmail?: string;
}

/** Composes the text of an environment file. Same answers, same bytes. */
export function composeEnvironment(answers: EnvironmentAnswers): string {
  const sections = [
    composeHead(answers),
    composePlatform(answers.platform),
    composeRepository(answers),
    composeState(answers),
    composeNetwork(answers),
    composeCluster(answers),
    composeAvailability(answers),
    composeIngress(answers),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function composeHead({ name }: EnvironmentAnswers): string[] {
  return [
    `# yaml-language-server: $schema=./${SCHEMA_FILE}`,
    '# One environment: one cluster and everything on it. Written by rootstock init, and yours to edit from here on.',
    '# What is not said here has a default that the schema explains; an editor with YAML support shows it.',
    'apiVersion: rootstock.dev/v1alpha1',
    'kind: Environment',
    'metadata:',
    `  name: ${scalar(name)} # prefix of every cloud resource and a folder in the repository: it never changes`,
  ];
}

function composePlatform(platform: PlatformAnswer): string[] {
  if (platform.kind === 'zcompute') {
    const endpoint = `  endpoint: ${scalar(platform.endpoint)}`;
    return ['platform:', '  kind: zcompute', `${endpoint} # as the console shows it under Help > API Endpoints`];
  }
  return [
    'platform:',
    '  kind: aws',
    `  region: ${scalar(platform.region)}`,
    `  availabilityZones: ${list(platform.availabilityZones)} # one public and one private subnet in each`,
  ];
}

const ACCESS_NOTES: Readonly<Record<string, string>> = {
  public: 'Argo CD needs no credential',
  deployKey: 'Argo CD reads it over SSH with a read-only key',
  token: 'Argo CD reads it over HTTPS with a token',
  githubApp: 'Argo CD reads it as a GitHub App',
};

function composeRepository({ repository }: EnvironmentAnswers): string[] {
  return [
    '# The Git repository that the generated files are pushed to. Credentials never stand in this file.',
    'repository:',
    `  url: ${scalar(repository.url)}`,
    `  branch: ${scalar(repository.branch)}`,
    `  access: ${scalar(repository.access)} # ${ACCESS_NOTES[repository.access] ?? 'how Argo CD authenticates'}`,
  ];
}

function composeState({ stateBucket, platform }: EnvironmentAnswers): string[] {
  if (stateBucket === undefined) {
    return [
      '# Where Terraform keeps its two state files. A team wants { kind: s3, bucket: … } before the first apply.',
      'state:',
      '  kind: local',
    ];
  }
  const isAwsStore = stateBucket.endpoint === undefined && platform.kind === 'aws';
  return [
    '# Where Terraform keeps its two state files. The bucket exists already; its keys come from the process environment.',
    'state:',
    '  kind: s3',
    ...composeStore(stateBucket, '  '),
    isAwsStore
      ? '  lockFile: true # S3 honours conditional writes, so two applies cannot overlap'
      : '  lockFile: false # true only for a store that honours If-None-Match: others would accept two locks at once',
  ];
}

function composeStore({ bucket, endpoint, region }: StoreAnswer, margin: string): string[] {
  return [
    ...(endpoint === undefined ? [] : [`${margin}endpoint: ${scalar(endpoint)}`]),
    `${margin}bucket: ${scalar(bucket)}`,
    `${margin}region: ${scalar(region)}`,
  ];
}

function composeNetwork({ sshFrom, privateAccess }: EnvironmentAnswers): string[] {
  const range = [
    'network:',
    '  cidr: 10.0.0.0/16 # of the VPC: choose one that no network you want to connect uses; it never changes',
  ];
  if (sshFrom.length === 0) {
    return [...range, '  bastion:', '    enabled: false', `  privateAccess: ${scalar(privateAccess ?? '')}`];
  }
  return [
    ...range,
    '  bastion: # the way to the nodes and to the Kubernetes API',
    `    sshFrom: ${list(sshFrom)} # who may try SSH on it`,
  ];
}

/** Sizes of the groups by availability: min and max of what grows, and what `high` needs at least. */
const SIZES = {
  single: { control: 1, worker: [1, 3], gpu: [1, 3] },
  high: { control: 3, worker: [3, 5], gpu: [2, 3] },
} as const;

function composeCluster(answers: EnvironmentAnswers): string[] {
  const { sshPublicKey, etcdBackup, availability, control, worker, gpu } = answers;
  const sizes = SIZES[availability];
  return [
    'cluster:',
    `  sshPublicKey: ${scalar(sshPublicKey)}`,
    ...(etcdBackup === undefined
      ? []
      : [
          '  etcdBackup: # snapshots twice a day, and the marker that this cluster exists; keys come from Terraform variables',
          ...composeStore(etcdBackup, '    '),
          ...composeFolder(answers),
        ]),
    '  nodeGroups:',
    '    control: # the Kubernetes API and etcd, and nothing else',
    '      role: control',
    ...composeInstance(answers, control),
    `      size: ${sizes.control} # odd, and fixed: etcd must not be scaled by load`,
    '    worker: # everything that needs no GPU',
    '      role: worker',
    ...composeInstance(answers, worker),
    ...composeRange(sizes.worker),
    ...(gpu === undefined ? [] : composeGpuGroup(answers, gpu, sizes.gpu)),
  ];
}

/** The state lies in a folder with the name of the environment, and that is the default here, too. */
function composeFolder({ name, stateBucket, etcdBackup }: EnvironmentAnswers): string[] {
  if (stateBucket?.bucket !== etcdBackup?.bucket) return [];
  return [`    folder: ${scalar(`etcd/${name}`)} # apart from the state: k3s takes all that is below for snapshots`];
}

function composeGpuGroup(answers: EnvironmentAnswers, gpu: GpuAnswer, range: readonly [number, number]): string[] {
  return [
    '    gpu: # models, and nothing that does not ask for a GPU',
    '      role: worker',
    ...composeInstance(answers, gpu),
    ...composeRange(range),
    '      rootVolumeGiB: 200 # models and CUDA images are large',
    '      gpu:',
    `        model: ${scalar(gpu.model)}`,
    `        count: ${number(gpu.count)} # of each node`,
    ...(gpu.pciId === undefined
      ? []
      : [`        pciId: ${JSON.stringify(gpu.pciId)} # as lspci -n -d 10de: prints it`]),
    ...(gpu.memoryGiB === undefined ? [] : [`        memoryGiB: ${number(gpu.memoryGiB)} # of each GPU`]),
  ];
}

function composeInstance({ platform }: EnvironmentAnswers, { instanceType }: NodeAnswer): string[] {
  const size = findInstanceSize(platform.kind, instanceType);
  if (size !== undefined)
    return [`      instanceType: ${scalar(instanceType)} # ${size.vcpu} vCPU, ${size.memoryGiB} GiB`];
  return [
    `      instanceType: ${scalar(instanceType)}`,
    '      # instanceSize: { vcpu: …, memoryGiB: … } # Rootstock has no facts for this type; say it to have capacity checked',
  ];
}

function composeRange([min, max]: readonly [number, number]): string[] {
  return [`      min: ${min}`, `      max: ${max} # the autoscaler moves between the two`];
}

function composeAvailability({ availability }: EnvironmentAnswers): string[] {
  const note = availability === 'high' ? 'keeps a second pod ready wherever possible' : 'heals after a loss';
  const other = availability === 'high' ? 'single heals, but does not stay up' : 'high stays up, with more nodes';
  return [`availability: ${availability} # ${note}; ${other}`];
}

function composeIngress(answers: EnvironmentAnswers): string[] {
  const { domain } = answers;
  const allow = '  allowFrom: [0.0.0.0/0] # who may reach the load balancer';
  if (domain === undefined) {
    return ['ingress: # without a domain exactly one app, Onyx, answers every name and address', allow];
  }
  return [
    'ingress:',
    `  domain: ${scalar(domain)} # apps get names below it`,
    `  # publicAddress: … # of the ingress load balancer, known after the first apply`,
    allow,
    ...composeDns(answers.dns, domain),
    ...composeTls(answers.acmeEmail),
  ];
}

function composeDns(dns: DnsAnswer, domain: string): string[] {
  if (dns.kind === 'none') return ['  dns: { kind: none } # somebody else writes the records'];
  if (dns.kind === 'wildcard')
    return [`  dns: { kind: wildcard } # you create *.${domain} by hand; the documents say how`];
  return [
    '  dns:',
    '    kind: external-dns',
    `    provider: ${scalar(dns.provider)}`,
    ...(dns.server === undefined ? [] : [`    server: ${scalar(dns.server)} # takes the updates`]),
    ...(dns.tsigKeyName === undefined
      ? []
      : [`    tsigKeyName: ${scalar(dns.tsigKeyName)} # the key itself is a secret`]),
    '    policy: upsert-only # never deletes a record; sync does',
  ];
}

function composeTls(email: string | undefined): string[] {
  if (email === undefined)
    return ["  tls: { kind: self-signed } # the cluster's own CA: browsers warn until they trust it"];
  return [
    '  tls:',
    '    kind: acme',
    `    email: ${scalar(email)}`,
    '    server: staging # production once staging certificates arrive: its rate limits are strict',
  ];
}

/** A value on one line, quoted where YAML would read it as something else. */
function scalar(value: string): string {
  return /[\r\n]/.test(value) ? JSON.stringify(value) : stringify(value, { lineWidth: 0 }).trimEnd();
}

function number(value: number | string): string {
  return typeof value === 'number' ? String(value) : scalar(value);
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => (/[,[\]{}]/.test(value) ? JSON.stringify(value) : scalar(value))).join(', ')}]`;
}
