// Plan → every host outside that the cluster or its administrators reach, for firewalls and proxies.
import { awsDomain, iamHost, s3Host } from '../core/aws-hosts.ts';
import type { AppBlueprint, EgressHost } from '../core/blueprint.ts';
import { compareText } from '../core/problem.ts';
import { planNoProxy } from './app-contexts.ts';
import { isReachedDirectly } from './no-proxy.ts';
import type { EnvironmentPlan, PlannedApp } from './plan.ts';
import { splitRepositoryUrl } from './repository-url.ts';

export interface EgressEntry {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** `cluster` traffic leaves through the NAT gateways; `workstation` is wherever Terraform and Rootstock run. */
  readonly from: 'cluster' | 'workstation';
  /** `boot`: no node joins without it. `later`: apps need it when they are installed, or while they run. */
  readonly when: 'boot' | 'later';
  /** `proxy`: the proxy has to let it through; `direct`: the network of the nodes has to. */
  readonly way: 'direct' | 'proxy';
  /** Sorted. */
  readonly purposes: readonly string[];
}

type Use = Omit<EgressEntry, 'purposes' | 'protocol' | 'way'> & {
  readonly purpose: string;
  readonly protocol?: 'UDP';
  /** Not HTTP: no proxy takes it. */
  readonly ssh?: true;
};

/** Plans egress: one entry per origin, host and port, sorted by origin, moment, host and port. */
export function planEgress(plan: EnvironmentPlan): EgressEntry[] {
  const uses = [
    ...proxyUses(plan),
    ...mirrorUses(plan),
    ...bootUses(plan),
    ...gpuUses(plan),
    ...cloudUses(plan),
    ...backupUses(plan),
    ...gitUses(plan),
    ...plan.apps.flatMap(appUses),
    ...workstationUses(plan),
  ];
  return merge([...uses, ...uses.flatMap(redirectUses)], (use) => findWay(plan, use));
}

/** Ports that are not HTTP, whatever the host: names and time. */
const NOT_HTTP = [53, 123];

function findWay(plan: EnvironmentPlan, { host, port, from, protocol, ssh }: Use): EgressEntry['way'] {
  const { proxy } = plan.environment.egress;
  if (proxy === undefined || from === 'workstation' || protocol === 'UDP') return 'direct';
  if (ssh === true || NOT_HTTP.includes(port) || host === parseHost(proxy.url).host) return 'direct';
  return isReachedDirectly(host, planNoProxy(plan.environment, plan.network)) ? 'direct' : 'proxy';
}

function proxyUses({ environment: { egress } }: EnvironmentPlan): Use[] {
  if (egress.proxy === undefined) return [];
  const { host, port } = parseHost(egress.proxy.url);
  return [boot(host, port, 'the proxy')];
}

/** Mirrors come first, and the registry itself when none of them has the image. */
function mirrorUses({ environment: { egress } }: EnvironmentPlan): Use[] {
  return Object.entries(egress.registryMirrors).flatMap(([registry, urls]) =>
    urls.map((url) => {
      const { host, port } = parseHost(url);
      return boot(host, port, `mirror of ${registry}`);
    }),
  );
}

/** GitHub answers a release download with a redirect to one of the other two. */
const GITHUB_DOWNLOADS = ['github.com', 'objects.githubusercontent.com', 'release-assets.githubusercontent.com'];

/**
 * Where registries send those who ask: for a token, and for the layers of an image. None of them promises a name, so
 * these change; a star stands for any text. Read in 2026-11.
 * @see https://docs.redhat.com/en/documentation/openshift_container_platform/4.13/html/installation_configuration/configuring-firewall (quay.io)
 * @see https://github.com/kubernetes/registry.k8s.io#stability
 * @see https://aws.amazon.com/blogs/aws/amazon-ecr-public-a-new-public-container-registry/ (CloudFront)
 */
const REDIRECTS: Readonly<Record<string, readonly string[]>> = {
  'ecr-public.aws.com': ['*.cloudfront.net'],
  'hf.co': ['*.hf.co', '*.huggingface.co', 'huggingface.co'],
  'nvcr.io': ['authn.nvidia.com', 'layers.nvcr.io'],
  'public.ecr.aws': ['*.cloudfront.net'],
  'quay.io': ['*.quay.io'],
  'registry-1.docker.io': [
    'auth.docker.io',
    'docker-images-prod.*.r2.cloudflarestorage.com',
    'production.cloudflare.docker.com',
    'production.cloudfront.docker.com',
  ],
  'registry.k8s.io': ['*.pkg.dev', 'cdn.registry.k8s.io', 'prod-registry-k8s-io-*.s3.dualstack.*.amazonaws.com'],
};

function redirectUses({ host, from, when, port }: Use): Use[] {
  const purpose = `${host} redirects there`;
  return (REDIRECTS[host] ?? []).map((target) => ({ host: target, port, purpose, from, when }));
}

function bootUses(plan: EnvironmentPlan): Use[] {
  const { platform } = plan.environment;
  const mirrors = platform.kind === 'aws' ? [`${platform.region}.ec2.archive.ubuntu.com`] : ['archive.ubuntu.com'];
  return [
    ...GITHUB_DOWNLOADS.map((host) => boot(host, 443, 'k3s release')),
    boot('registry-1.docker.io', 443, 'images of k3s itself'),
    ...[...mirrors, 'security.ubuntu.com'].map((host) => boot(host, 80, 'Ubuntu packages')),
    ...(platform.kind === 'aws' ? [] : [{ ...boot('ntp.ubuntu.com', 123, 'time'), protocol: 'UDP' as const }]),
  ];
}

function gpuUses(plan: EnvironmentPlan): Use[] {
  if (!plan.nodeGroups.some(({ gpu }) => gpu !== undefined)) return [];
  return [
    boot('developer.download.nvidia.com', 443, 'NVIDIA driver packages'),
    boot('nvidia.github.io', 443, 'NVIDIA container toolkit packages'),
  ];
}

/** What the cluster itself asks of the cloud is declared by the apps that ask. */
function cloudUses(plan: EnvironmentPlan): Use[] {
  const { platform, cluster } = plan.environment;
  if (platform.kind === 'zcompute') {
    const { host, port } = parseHost(platform.endpoint);
    return [workstation(host, port, 'zCompute API')];
  }
  // Terraform looks up the newest image in a parameter store.
  const services = [
    'autoscaling',
    'ec2',
    'elasticloadbalancing',
    ...(cluster.image === undefined ? ['ssm'] : []),
    'sts',
  ];
  const regional = services.map((service) => `${service}.${platform.region}.${awsDomain(platform.region)}`);
  return [...regional, iamHost(platform.region)].map((host) => workstation(host, 443, 'AWS API'));
}

function backupUses(plan: EnvironmentPlan): Use[] {
  const { etcdBackup } = plan.environment.cluster;
  if (etcdBackup === undefined) return [];
  const { host, port } = parseHost(`https://${etcdBackup.endpoint}`);
  return [boot(host, port, 'etcd snapshots and the marker that the cluster exists')];
}

function gitUses(plan: EnvironmentPlan): Use[] {
  const argo = gitHost(plan.argoRepositoryUrl);
  const own = gitHost(plan.environment.repository.url);
  const tokens = 'tokens of the GitHub App with which Argo CD reads the repository';
  return [
    { ...boot(argo.host, argo.port, 'the Git repository that Argo CD reads'), ...overSsh(plan.argoRepositoryUrl) },
    ...(plan.environment.repository.access === 'githubApp' ? [boot(githubApi(argo.host), 443, tokens)] : []),
    workstation(own.host, own.port, 'the Git repository that rootstock push writes'),
  ];
}

function overSsh(url: string): Pick<Use, 'ssh'> {
  return /^https?:/.test(url) ? {} : { ssh: true };
}

/** A GitHub Enterprise Server has its API on its own host. */
function githubApi(host: string): string {
  return host === 'github.com' ? 'api.github.com' : host;
}

function appUses({ blueprint, plan }: PlannedApp): Use[] {
  const when = blueprint.firstBoot === undefined ? 'later' : 'boot';
  const use = ({ host, port, purpose }: EgressHost): Use => ({ host, port, purpose, from: 'cluster', when });
  return [...chartHosts(blueprint), ...(plan.egress ?? [])].map(use);
}

function chartHosts({ chart, title }: AppBlueprint): EgressHost[] {
  if (chart === undefined) return [];
  return [{ ...parseHost(chart.repository.replace(/^oci:/, 'https:')), purpose: `chart of ${title}` }];
}

function workstationUses(plan: EnvironmentPlan): Use[] {
  const { state } = plan.environment;
  const registry = [
    ...['registry.terraform.io', 'releases.hashicorp.com'].map((host) => workstation(host, 443, 'Terraform providers')),
    workstation('registry.npmjs.org', 443, 'Rootstock itself, where npx fetches it'),
  ];
  if (state.kind === 'local') return registry;
  const { host, port } = parseHost(state.endpoint ?? `https://${state.bucket}.${s3Host(state.region)}`);
  return [...registry, workstation(host, port, 'Terraform state')];
}

function boot(host: string, port: number, purpose: string): Use {
  return { host, port, purpose, from: 'cluster', when: 'boot' };
}

function workstation(host: string, port: number, purpose: string): Use {
  return { host, port, purpose, from: 'workstation', when: 'later' };
}

function parseHost(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) };
}

/** The scp form (`git@host:path`) has no port and means SSH. */
function gitHost(url: string): { readonly host: string; readonly port: number } {
  const { host } = splitRepositoryUrl(url);
  const [name = host, port] = host.split(':');
  return { host: name, port: port === undefined ? (/^https?:/.test(url) ? 443 : 22) : Number(port) };
}

/** A host that is needed at boot and later is listed once, at boot. */
function merge(uses: readonly Use[], wayOf: (use: Use) => EgressEntry['way']): EgressEntry[] {
  const merged = new Map<string, EgressEntry>();
  for (const use of uses) {
    const protocol = use.protocol ?? 'TCP';
    const identity = `${use.from} ${use.host} ${use.port} ${protocol}`;
    const known = merged.get(identity);
    merged.set(identity, {
      host: use.host,
      port: use.port,
      protocol,
      from: use.from,
      when: use.when === 'boot' || known?.when === 'boot' ? 'boot' : 'later',
      way: known?.way === 'proxy' ? 'proxy' : wayOf(use),
      purposes: [...new Set([...(known?.purposes ?? []), use.purpose])].sort(compareText),
    });
  }
  return [...merged.values()].sort(
    (a, b) =>
      compareText(a.from, b.from) || compareText(a.when, b.when) || compareText(a.host, b.host) || a.port - b.port,
  );
}
