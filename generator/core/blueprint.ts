// The contract that every folder under blueprints/apps fulfils, and what the plan gives an app to work with.
import type { Static, TSchema } from 'typebox';
import type { PlainMap, YamlMap } from './provenance.ts';

export type Availability = 'single' | 'high';

/** A Helm chart, pinned exactly: Argo CD would resolve a range anew at each refresh. */
export interface ChartPin {
  readonly name: string;
  /** Exact version as the repository's index has it, e.g. `v1.21.1`. */
  readonly version: string;
  /** `https://…` for an HTTP repository, or `oci://host/path` for a registry, without the chart's name. */
  readonly repository: string;
  /** Version of the software inside, for people. */
  readonly appVersion: string;
}

export interface NamespacePin {
  readonly name: string;
  /** Pod Security level enforced there; absent for namespaces that are not ours to label (kube-system). */
  readonly podSecurity?: 'privileged' | 'baseline' | 'restricted';
}

/**
 * AppProjects, from most to least power: `bootstrap` may write into Argo CD's own namespace, `platform` may make
 * cluster-scoped objects, `workloads` runs what users see.
 */
export type ProjectName = 'bootstrap' | 'platform' | 'workloads';

/** Other apps by name. A name the catalog does not have, or that this environment does not want, is ignored if soft. */
export interface Dependencies {
  /** Must be healthy before this app can be applied: a CRD, a webhook, a StorageClass. Makes sync waves. */
  readonly hard?: readonly string[];
  /** Needed at run time only; the pod retries. Never makes a wave. */
  readonly soft?: readonly string[];
}

export interface ResourceAmounts {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Time-sliced units of `nvidia.com/gpu`, not whole cards. */
  readonly gpuUnits?: number;
}

/** Pods an app runs, for the capacity table and for what the documents say about a node loss. */
export interface Workload {
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';
  /** Ignored for a DaemonSet: it runs once on each node of `runsOn`. */
  readonly replicas: number;
  readonly requests: ResourceAmounts;
  readonly runsOn: 'control' | 'worker' | 'gpu' | 'every node';
  /** A PodDisruptionBudget keeps all but one of the replicas. */
  readonly hasBudget: boolean;
  /** What a user notices when the node under one of these pods is lost. */
  readonly onNodeLoss: string;
}

/**
 * How Rootstock makes a value itself; absent: somebody has to give it.
 * `text` may read other values: `${onyx/onyx-redis/redis_password}`, `${terraform/agent_token}`; it is worked out anew
 * each time, so that both always agree.
 */
export type SecretRecipe =
  /** Letters and digits. */
  | { readonly kind: 'password'; readonly length: number }
  /** Letters, digits and `-_.+`, at least one upper-case, one lower-case, one digit and one of these signs. */
  | { readonly kind: 'strong-password'; readonly length: number }
  | { readonly kind: 'hex'; readonly bytes: number }
  | { readonly kind: 'base64'; readonly bytes: number }
  | { readonly kind: 'text'; readonly text: string };

export interface SecretKey {
  readonly key: string;
  /** For people; says what a value has to be like where somebody gives it. */
  readonly meaning: string;
  readonly make?: SecretRecipe;
  /** The app works without it: never pending. */
  readonly optional?: true;
  /** Key of the environment file that a worked-out value follows, e.g. `apps.onyx.adminEmail`. */
  readonly follows?: string;
}

/** A Secret the app reads and that must exist before it can work. */
export interface SecretNeed {
  readonly name: string;
  readonly namespace: string;
  readonly keys: readonly SecretKey[];
  readonly usedBy: string;
  /** Default: Opaque. */
  readonly type?: string;
  /** Labels that the Secret needs, e.g. for Argo CD. */
  readonly labels?: PlainMap;
  /**
   * What a new value takes beyond sealing it. Absent: nothing, because the pods that read it are started anew by its
   * digest. `procedure`: steps for people. `refused`: why it must not change.
   */
  readonly rotation?: { readonly kind: 'procedure' | 'refused'; readonly text: string };
}

/** A name under `ingress.domain` that the app answers. */
export interface Route {
  /** Label in front of the domain: `argocd` for `argocd.ai.example.com`. */
  readonly subdomain: string;
  /** What `ingress.expose` calls it, where people know what they open by another name than that of the app. */
  readonly exposedAs?: string;
  readonly service: string;
  readonly port: number;
  /** Exposed when the environment file does not say which apps are; `with sign-on`: only where it has `auth.oidc`. */
  readonly byDefault: boolean | 'with sign-on';
}

/** A Service that people reach with `kubectl port-forward` only. The local port is the same. */
export interface PortForward {
  readonly service: string;
  readonly port: number;
  /** A sentence for the runbook on who else may reach it, and how to let others in. */
  readonly note?: string;
}

/** Data that must outlive a pod. */
export interface Store {
  readonly name: string;
  readonly where: string;
  readonly sizeGiB: number;
  readonly losing: string;
}

/** A host that nodes or pods reach outside the cluster. */
export interface EgressHost {
  readonly host: string;
  readonly port: number;
  readonly purpose: string;
}

export interface ClusterKind {
  readonly group: string;
  readonly kind: string;
}

/** A Kubernetes object and the name of the file it goes into, without `.yaml`. */
export interface Manifest {
  readonly file: string;
  readonly object: YamlMap;
}

/** Something that takes memory of a GPU: a loaded model, or a process that computes. In MiB. */
export interface GpuMemoryItem {
  readonly name: string;
  /** What can be spread over several GPUs: weights, and what is kept of the context. */
  readonly weightsMiB: number;
  readonly contextMiB: number;
  /** What each GPU that takes part needs by itself. */
  readonly otherMiB: number;
  /** Why the sum is not certain; never a pass. */
  readonly unchecked?: string;
}

/** Items and whether they are in memory at the same time; `false`: one after the other, so that the largest counts. */
export interface GpuMemoryLoad {
  readonly items: readonly GpuMemoryItem[];
  readonly together: boolean;
}

/** Memory that each replica of a workload takes on its GPUs, held against what they have with all that share them. */
export interface GpuMemoryClaim extends GpuMemoryLoad {
  readonly workload: string;
  /** `GpuPool.configName` of the GPUs it runs on. */
  readonly configName: string;
  /** Time slices of one replica; all of a GPU or more: nobody shares it. */
  readonly slices: number;
  /** What it leaves free on each GPU, others on the same GPU included. Default: the least, 1024. */
  readonly reserveMiB?: number;
  /** Key of the environment file to blame, e.g. `apps.ollama.models`. */
  readonly key: string;
  /** Ways to take less, the least painful first, each with something the user can type. */
  readonly choices: readonly (GpuMemoryLoad & { readonly hint: string })[];
  /** What to type for an item that is unchecked. */
  readonly uncheckedHint?: string;
}

/** What people register at the issuer of identities, for an app that they sign in to. */
export interface SignOn {
  readonly clientId: string;
  /** Exact, as the app sends them; sorted by importance. */
  readonly redirectUris: readonly string[];
}

/** Who signs in first, and where the password is. */
export interface FirstUser {
  /** Name or address, or the key of the Secret that has it. */
  readonly user: { readonly text: string } | { readonly key: string };
  readonly namespace: string;
  readonly secret: string;
  /** Key of the password in the Secret. */
  readonly key: string;
}

/** A second Application of an app, in the same namespace and project, in the last wave. */
export interface FollowUp {
  /** Of the Application and of its folder of manifests, e.g. `onyx-access`. */
  readonly name: string;
  readonly title: string;
  /** One sentence, as in a blueprint. */
  readonly summary: string;
  readonly plan: Pick<AppPlan, 'manifests' | 'secrets' | 'workloads'>;
}

/** Everything an app wants, computed once from its context. */
export interface AppPlan {
  /** Helm values; every key must be known to the chart. */
  readonly values?: YamlMap;
  readonly manifests?: readonly Manifest[];
  /**
   * What must not wait until all pods of the app run: a sync waits for each of its waves, and some pods wait for GPU
   * nodes. It starts together with the app, so it has to wait by itself for what it needs of it.
   */
  readonly followUp?: FollowUp;
  readonly workloads?: readonly Workload[];
  readonly gpuMemory?: readonly GpuMemoryClaim[];
  readonly secrets?: readonly SecretNeed[];
  readonly stores?: readonly Store[];
  /** Only where `auth.oidc` is given and the app signs people in by it. */
  readonly signOn?: SignOn;
  /** The first user, who is there without a human. */
  readonly firstUser?: FirstUser;
  readonly egress?: readonly EgressHost[];
  /** Cluster-scoped kinds that chart and manifests make, beyond Namespace: they go into the AppProject. */
  readonly clusterKinds?: readonly ClusterKind[];
  /** Namespaces beside its own that chart or manifests write into. */
  readonly otherNamespaces?: readonly string[];
  /** Sync options beyond CreateNamespace, ServerSideApply and RespectIgnoreDifferences. */
  readonly syncOptions?: readonly string[];
  readonly ignoreDifferences?: readonly YamlMap[];
  /**
   * `false`: what somebody deletes or changes by hand stays so until the next commit. For objects that must not be made
   * without the hooks of their app: healing makes single objects anew, and runs no hook.
   * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/controller/sync.go, WithOperationSettings
   */
  readonly selfHeal?: false;
  /** How its data are copied and come back, for the runbook: lines of Markdown, with commands that can be typed. */
  readonly recovery?: readonly string[];
  /** What one replica only can do, and what losing its node does: printed in the runbook. */
  readonly exceptions?: readonly { readonly what: string; readonly onNodeLoss: string }[];
}

/** What an app takes of GPUs beside whoever takes the rest: once on a node, in time slices. */
export interface GpuShare {
  /** `GpuPool.configName` */
  readonly configName: string;
  readonly slices: number;
}

/** One GPU model of the environment with the node groups that have it. */
export interface GpuPool {
  /** Model as the environment names it, e.g. `L4`. */
  readonly model: string;
  /** Value of the node label `nvidia.com/device-plugin.config`, e.g. `tesla-27b8`. */
  readonly configName: string;
  readonly memoryGiB: number;
  /** Time slices per physical card: one per GiB and one more for profiling. */
  readonly slicesPerGpu: number;
  readonly gpusPerNode: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly group: string;
  /** Taints of the group beyond `nvidia.com/gpu`: whoever wants onto its nodes has to tolerate them too. */
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/** A node group, as far as apps may know it. */
export interface NodePool {
  readonly group: string;
  readonly role: 'control' | 'worker';
  readonly minNodes: number;
  readonly maxNodes: number;
  /** All of them, sorted by key; on control nodes with the one of the control plane. */
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/** How many replicas, and the objects that keep them apart: the one place where `availability` turns into YAML. */
export interface AvailabilityPlan {
  readonly mode: Availability;
  /** 1, or 2 in `high`: for Deployments that keep no state. */
  readonly replicas: number;
  /** 1, or 3 in `high`: for what needs a majority. */
  readonly quorum: number;
  /** Spread over hosts (and zones on AWS); empty in `single`. */
  spread(matchLabels: PlainMap): readonly YamlMap[];
  /** Budget that keeps all but one replica; undefined for fewer than two. */
  budget(object: {
    readonly name: string;
    readonly namespace: string;
    readonly matchLabels: PlainMap;
    readonly replicas: number;
  }): Manifest | undefined;
}

/** A bucket outside the cluster. */
export interface BucketContext {
  readonly kind: 's3';
  /** URL without a trailing slash; on AWS the regional one. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

export interface OidcContext {
  /** As the discovery document spells it: a trailing slash stays. */
  readonly issuer: string;
  clientIdOf(app: string): string;
  /** Members administer Argo CD and Grafana. */
  readonly adminGroup?: string;
  readonly groupsClaim: string;
  /** Empty: any. */
  readonly emailDomains: readonly string[];
}

/** How pods reach the world outside; all of it empty where they reach it directly. */
export interface EgressContext {
  readonly proxy?: {
    readonly url: string;
    /** Hosts, domains with a leading dot and networks: those of the user and all of the cluster's own. */
    readonly noProxy: readonly string[];
  };
  /** Certificates in PEM. */
  readonly caBundle?: string;
  /** Names of image pull Secrets, the same in each namespace. */
  readonly pullSecrets: readonly string[];
}

/** A language model that an app of this environment serves. */
export interface ServedModel {
  /** e.g. `llama3.2:3b` */
  readonly name: string;
  /** Base URL of the server inside the cluster, without a path, e.g. `http://ollama.ollama.svc.cluster.local:11434`. */
  readonly url: string;
  /** Context that its GPU memory was checked for: asking for more would not fit. */
  readonly contextTokens: number;
  /** It makes vectors and answers no questions. */
  readonly isEmbedding: boolean;
  readonly seesImages: boolean;
}

/** What an app may know of the environment it is planned for. */
export interface AppContext<Inputs = unknown> {
  readonly inputs: Inputs;
  readonly environment: string;
  readonly platform: {
    readonly kind: 'zcompute' | 'aws';
    readonly region: string;
    /** Site URL without a trailing slash; zCompute only. */
    readonly endpoint?: string;
  };
  readonly availability: AvailabilityPlan;
  readonly cluster: {
    /** Full k3s version, e.g. `v1.35.9+k3s1`. */
    readonly version: string;
    /** e.g. `1.35` */
    readonly minor: string;
    readonly vpcCidr: string;
    readonly podCidr: string;
    readonly serviceCidr: string;
    /** Tenth address of the service network: where pods and kubelets expect the name server. */
    readonly clusterDns: string;
    /** Snapshots of etcd go to a bucket; they lie on control nodes only otherwise. */
    readonly hasEtcdBackup: boolean;
  };
  /** Control nodes first, then by name. */
  readonly nodePools: readonly NodePool[];
  readonly gpuPools: readonly GpuPool[];
  readonly ingress: {
    readonly domain?: string;
    readonly publicAddress?: string;
    /** NodePorts that Terraform's load balancer sends to. */
    readonly nodePorts: { readonly http: number; readonly https: number };
    /** `provider` and what belongs to it are there for `external-dns` only. */
    readonly dns: {
      readonly kind: string;
      readonly provider?: string;
      readonly policy?: string;
      readonly zoneId?: string;
      readonly server?: string;
      readonly tsigKeyName?: string;
    };
    readonly tls: {
      readonly kind: string;
      readonly email?: string;
      readonly server?: string;
      /** Name of the ClusterIssuer that signs certificates for names under the domain, e.g. `letsencrypt-staging`. */
      readonly issuer: string;
    };
    /** Host under which an app is exposed; undefined if it is not. */
    hostOf(app: string): string | undefined;
    /** The app that answers every name when there is no domain. */
    readonly catchAll?: string;
  };
  readonly repository: { readonly url: string; readonly branch: string };
  /** Single sign-on; absent: local administrators only. */
  readonly oidc?: OidcContext;
  readonly egress: EgressContext;
  /** Where Onyx keeps files; absent: nowhere, and there is no Onyx. */
  readonly objectStorage?: BucketContext | { readonly kind: 'in-cluster'; readonly sizeGiB: number };
  /** Where copies of all data go; absent: nowhere. */
  readonly backup?: Omit<BucketContext, 'kind'> & {
    /** Folder in the bucket, without slashes at the ends. */
    readonly folder: string;
    readonly retentionDays: number;
  };
  /** Language models that apps of this environment serve, in order of importance; empty in `isWanted`. */
  readonly servedModels: readonly ServedModel[];
  /** What apps that share GPUs take of them: who takes a whole GPU by default leaves that free. Empty in `isWanted`. */
  readonly gpuShares: readonly GpuShare[];
  /** Annotations for pods that read these Secrets of a namespace, so that they start anew when a value changes; undefined while none is sealed. */
  annotateWithSecrets(namespace: string, names: readonly string[]): PlainMap | undefined;
  /** True if this environment has the app. */
  has(app: string): boolean;
}

export interface AppBlueprint<Inputs extends TSchema = TSchema> {
  /** Folder name, Application name and Helm release name, unless `releaseName` says otherwise. */
  readonly name: string;
  readonly title: string;
  /** One sentence for `rootstock catalog` and the generated documents. */
  readonly summary: string;
  readonly chart?: ChartPin;
  /** Another pin where a platform cannot run that one; its keys are in `value-paths-<platform>.txt`. */
  readonly chartOn?: Partial<Readonly<Record<AppContext['platform']['kind'], ChartPin>>>;
  /** Only where the first install happened under another name. */
  readonly releaseName?: string;
  readonly namespace: NamespacePin;
  readonly project: ProjectName;
  /** Schema of `apps.<name>` in the environment file; every input has a default. */
  readonly inputs: Inputs;
  /** It waits for money, quota or minutes (GPU nodes, load balancers, downloads), so nothing may gate on it. */
  readonly lastWave?: true;
  /** Installed by k3s at first boot, before Argo CD exists; Argo CD adopts it. `order` sorts the manifests, 10 to 49. */
  readonly firstBoot?: { readonly order: number };
  /** Default: always. */
  isWanted?(context: AppContext<Static<Inputs>>): boolean;
  /** Only there if an app that is there depends on it, hard or soft. */
  readonly onDemand?: true;
  /** Language models that others may call. */
  servedModels?(context: AppContext<Static<Inputs>>): readonly ServedModel[];
  /** Parts of GPUs that it takes; whoever takes the rest leaves them free. */
  gpuShares?(context: AppContext<Static<Inputs>>): readonly GpuShare[];
  dependencies?(context: AppContext<Static<Inputs>>): Dependencies;
  readonly route?: Route;
  /** For apps without a route that people still want to call; an app with one is forwarded to its Service. */
  readonly forward?: PortForward;
  /** Inputs that their schema accepts and this environment does not: `plan` is called only if there are none. */
  check?(context: AppContext<Static<Inputs>>): readonly InputFinding[];
  plan(context: AppContext<Static<Inputs>>): AppPlan;
}

/** An input that does not fit its environment. */
export interface InputFinding {
  /** Full key path, e.g. `apps.ollama.gpuModel`. */
  readonly key: string;
  /** Names the offending value. */
  readonly message: string;
  /** Something the user can type. */
  readonly hint: string;
}

/**
 * A case of an app, exported from its `cases.ts` as `cases`: the contract test renders it, and its files are the
 * goldens of the folder `goldens/<name>`.
 */
export interface AppCase {
  /** Folder name of the goldens, e.g. `high-cloudflare`. */
  readonly name: string;
  /** Example environment that it starts from: a name under `environments/`, e.g. `zcompute-high-wildcard`. */
  readonly environment: string;
  /** Inputs of this app: `apps.<name>` of the environment file. Default: none. */
  readonly inputs?: PlainMap;
  /** Merged over the example, maps deeply, `null` removes a key, another `kind` replaces the map: for what depends on more than the app's own inputs. */
  readonly overrides?: PlainMap;
}

/** Gives a blueprint its input type; returns it unchanged. */
export function defineApp<Inputs extends TSchema>(blueprint: AppBlueprint<Inputs>): AppBlueprint<Inputs> {
  return blueprint;
}
