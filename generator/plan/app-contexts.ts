// What an environment tells its apps, worked out once: every default that follows from another key is filled in here.
import { s3Host } from '../core/aws-hosts.ts';
import type {
  AppContext,
  BucketContext,
  EgressContext,
  GpuPool,
  GpuShare,
  NodePool,
  OidcContext,
  ServedModel,
} from '../core/blueprint.ts';
import { joinPem } from '../core/pem.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';
import { planAvailability } from './availability.ts';
import type { ExposedHost, NetworkPlan, NodeGroupPlan } from './plan.ts';
import { toArgoRepositoryUrl } from './repository-url.ts';
import type { SealedSecret } from './sealing.ts';

/** NodePorts of Traefik: fixed, so that Terraform's target groups and the Service agree without asking each other. */
export const NODE_PORTS = { http: 30080, https: 30443 } as const;

/** What is known of the other apps. Empty while it is decided which there are. */
export interface KnownApps {
  readonly names: ReadonlySet<string>;
  readonly hosts: readonly ExposedHost[];
  readonly servedModels: readonly ServedModel[];
  readonly gpuShares: readonly GpuShare[];
  /** SealedSecrets of this environment. */
  readonly sealed: readonly SealedSecret[];
}

export const NO_APPS: KnownApps = { names: new Set(), hosts: [], servedModels: [], gpuShares: [], sealed: [] };

/** On pods: a changed Secret changes it, and so starts them anew. */
const SECRETS_ANNOTATION = 'rootstock.dev/secrets';

/** Makes the context of any app by its name. */
export function makeContexts(
  environment: Environment,
  network: NetworkPlan,
  nodeGroups: readonly NodeGroupPlan[],
  known: KnownApps,
): (app: string) => AppContext<never> {
  const { platform, ingress, cluster, repository } = environment;
  const catchAll = known.hosts.find(({ host }) => host === undefined)?.app;
  const oidc = planOidc(environment);
  const objectStorage = planObjectStorage(environment);
  const backup = planBackup(environment);
  const shared: Omit<AppContext<never>, 'inputs'> = {
    environment: environment.metadata.name,
    platform: {
      kind: platform.kind,
      region: platform.region,
      ...(platform.kind === 'zcompute' ? { endpoint: platform.endpoint.replace(/\/$/, '') } : {}),
    },
    availability: planAvailability(environment.availability, network.zones.length),
    cluster: {
      version: cluster.version,
      minor: cluster.version.replace(/^v(\d+\.\d+)\..*$/, '$1'),
      vpcCidr: network.vpcCidr,
      podCidr: network.podCidr,
      serviceCidr: network.serviceCidr,
      clusterDns: network.clusterDns,
      hasEtcdBackup: cluster.etcdBackup !== undefined,
    },
    nodePools: nodeGroups.map(toNodePool),
    gpuPools: nodeGroups.flatMap(toGpuPool),
    ingress: {
      ...(ingress.domain === undefined ? {} : { domain: ingress.domain }),
      ...(ingress.publicAddress === undefined ? {} : { publicAddress: ingress.publicAddress }),
      nodePorts: NODE_PORTS,
      dns: ingress.dns,
      tls: { ...ingress.tls, issuer: nameIssuer(ingress.tls) },
      hostOf: (app) => known.hosts.find((host) => host.app === app)?.host,
      ...(catchAll === undefined ? {} : { catchAll }),
    },
    repository: { url: toArgoRepositoryUrl(repository.url, repository.access), branch: repository.branch },
    ...(oidc === undefined ? {} : { oidc }),
    egress: planEgressContext(environment, network),
    ...(objectStorage === undefined ? {} : { objectStorage }),
    ...(backup === undefined ? {} : { backup }),
    servedModels: known.servedModels,
    gpuShares: known.gpuShares,
    annotateWithSecrets: (namespace, names) => annotateWithSecrets(known.sealed, namespace, names),
    has: (app) => known.names.has(app),
  };
  // The inputs passed the app's own schema; each blueprint knows their static type.
  return (app) => ({ ...shared, inputs: environment.apps[app] as never });
}

function annotateWithSecrets(
  sealed: readonly SealedSecret[],
  namespace: string,
  names: readonly string[],
): Record<string, string> | undefined {
  const digests = [...new Set(names)].sort().flatMap((name) => {
    const found = sealed.find((secret) => secret.namespace === namespace && secret.name === name);
    return found?.digest === undefined ? [] : [found.digest.slice(0, 16)];
  });
  return digests.length === 0 ? undefined : { [SECRETS_ANNOTATION]: digests.join('-') };
}

function planOidc({ auth }: Environment): OidcContext | undefined {
  const oidc = auth?.oidc;
  if (oidc === undefined) return undefined;
  const { issuer, clientId, clientIds, adminGroup, groupsClaim, emailDomains } = oidc;
  return {
    issuer,
    clientIdOf: (app) => clientIds[app] ?? clientId,
    ...(adminGroup === undefined ? {} : { adminGroup }),
    groupsClaim,
    emailDomains,
  };
}

/** Never through the proxy: this host, what the cluster is made of, and the metadata service. */
const ALWAYS_DIRECT = ['.cluster.local', '.svc', '127.0.0.0/8', '169.254.169.254', 'localhost'];

/** All that is reached without the proxy: what the user says, and what is always near. Sorted. */
export function planNoProxy({ egress, platform }: Environment, network: NetworkPlan): string[] {
  const own = [network.vpcCidr, network.podCidr, network.serviceCidr];
  // The cloud's API of zCompute is in the data centre, not beyond the proxy.
  const site = platform.kind === 'zcompute' ? [new URL(platform.endpoint).hostname] : [];
  return [...new Set([...ALWAYS_DIRECT, ...own, ...site, ...(egress.proxy?.noProxy ?? [])])].sort();
}

function planEgressContext(environment: Environment, network: NetworkPlan): EgressContext {
  const { proxy, caBundle, pullSecrets } = environment.egress;
  return {
    ...(proxy === undefined ? {} : { proxy: { url: proxy.url, noProxy: planNoProxy(environment, network) } }),
    ...(caBundle === undefined ? {} : { caBundle: joinPem(caBundle) }),
    pullSecrets,
  };
}

type Bucket = { readonly endpoint?: string; readonly bucket: string; readonly region: string };

function planBucket({ endpoint, bucket, region }: Bucket): BucketContext {
  const url = endpoint?.replace(/\/$/, '') ?? `https://${s3Host(region)}`;
  return { kind: 's3', endpoint: url, bucket, region };
}

function planObjectStorage({ objectStorage }: Environment): AppContext['objectStorage'] {
  if (objectStorage === undefined || objectStorage.kind === 'in-cluster') return objectStorage;
  return planBucket(objectStorage);
}

function planBackup({ backup, metadata }: Environment): AppContext['backup'] {
  if (backup === undefined) return undefined;
  const { endpoint, bucket, region } = planBucket(backup);
  return { endpoint, bucket, region, folder: backup.folder ?? metadata.name, retentionDays: backup.retentionDays };
}

/** Named here, because the app that makes the issuer and the one that asks it for a certificate must not know each other. */
function nameIssuer(tls: Environment['ingress']['tls']): string {
  return tls.kind === 'acme' ? `letsencrypt-${tls.server}` : 'rootstock-ca';
}

function toNodePool({ name, role, min, max, taints }: NodeGroupPlan): NodePool {
  return { group: name, role, minNodes: min, maxNodes: max, taints };
}

function toGpuPool(group: NodeGroupPlan): GpuPool[] {
  const { gpu } = group;
  if (gpu === undefined) return [];
  const { model, configName, memoryGiB, slicesPerGpu, gpusPerNode } = gpu;
  return [
    {
      model,
      configName,
      memoryGiB,
      slicesPerGpu,
      gpusPerNode,
      minNodes: group.min,
      maxNodes: group.max,
      group: group.name,
      taints: group.taints.filter(({ key }) => key !== 'nvidia.com/gpu'),
    },
  ];
}
