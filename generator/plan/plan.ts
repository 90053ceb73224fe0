// The Plan: everything that is decided before anything is written. Plain data that renderers and checks read.
import type { AppBlueprint, AppPlan, Route } from '../core/blueprint.ts';
import type { InstanceSize } from '../environment/instance-types.ts';
import type { EnvironmentFile } from '../environment/parse-environment.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';

export interface RepositoryPlan {
  /** In order of their names. */
  readonly environments: readonly EnvironmentPlan[];
}

export interface EnvironmentPlan {
  readonly name: string;
  readonly source: EnvironmentFile;
  readonly environment: Environment;
  readonly network: NetworkPlan;
  readonly nodeGroups: readonly NodeGroupPlan[];
  /** In order of wave, then name. */
  readonly apps: readonly PlannedApp[];
  /** URL that Argo CD uses, in the form that `repository.access` needs. */
  readonly argoRepositoryUrl: string;
  readonly nodePorts: { readonly http: number; readonly https: number };
  readonly hosts: readonly ExposedHost[];
}

export interface NetworkPlan {
  readonly vpcCidr: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** Tenth address of the service network. */
  readonly clusterDns: string;
  /** One per availability zone, in zone order; zCompute has one, without a zone name. */
  readonly zones: readonly { readonly name?: string; readonly publicCidr: string; readonly privateCidr: string }[];
  readonly natGateways: number;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface GpuPlan {
  readonly model: string;
  readonly pciId: string;
  readonly memoryGiB: number;
  readonly gpusPerNode: number;
  readonly slicesPerGpu: number;
  /** Value of the label `nvidia.com/device-plugin.config`. */
  readonly configName: string;
}

/** One autoscaling group of the cloud. A node group has several where each must stay in its zone or keep its size. */
export interface ScalingGroup {
  readonly name: string;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  /** Position in `NetworkPlan.zones`; absent: all zones. */
  readonly zone?: number;
  /** The one control node that may initialise the cluster. */
  readonly seed?: true;
}

export interface NodeGroupPlan {
  readonly name: string;
  readonly role: 'control' | 'worker';
  readonly instanceType: string;
  /** Undefined where neither the catalogue nor the environment file tells. */
  readonly size: InstanceSize | undefined;
  readonly rootVolumeGiB: number;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  /** Sorted by key; what the kubelet sets, and what the autoscaler is told. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly gpu?: GpuPlan;
  /** Nodes of this group take part in the ingress load balancer. */
  readonly servesIngress: boolean;
  /** Pods here may bind volumes, which stay in their zone. */
  readonly hostsVolumes: boolean;
  readonly scalingGroups: readonly ScalingGroup[];
}

export interface ExposedHost {
  readonly app: string;
  /** Absent: the app answers every name (no domain). */
  readonly host?: string;
}

export interface PlannedApp {
  readonly blueprint: AppBlueprint;
  readonly wave: number;
  readonly hard: readonly string[];
  readonly soft: readonly string[];
  readonly plan: AppPlan;
  readonly route?: Route;
}
