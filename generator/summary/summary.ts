// What was generated last and what is generated now → what that means for people: the shapes of a summary.
import type { FileTree } from '../core/file-tree.ts';
import type { Lock } from '../core/lock.ts';
import type { PlainValue } from '../core/provenance.ts';
import type { TakesEffect } from '../core/schema-key.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';

/** What Rootstock generated last. */
export interface PreviousState {
  readonly lock: Lock;
  /** Content of generated files by path; those of a version that kept none are missing. */
  readonly files: ReadonlyMap<string, string>;
  /** The environments of then, planned with the catalog of now; without those that this version cannot plan. */
  readonly plans: ReadonlyMap<string, EnvironmentPlan>;
}

/** What is generated now. */
export interface NextState {
  readonly plan: RepositoryPlan;
  readonly files: FileTree;
}

export interface Summary {
  /** False for a repository that was not generated before. */
  readonly hasPrevious: boolean;
  /** Those of then and of now, in order of their names; without those that stay as they are. */
  readonly environments: readonly EnvironmentSummary[];
  /** Generated files that belong to no environment and are different now, in order of their paths. */
  readonly sharedFiles: readonly string[];
}

export interface EnvironmentSummary {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly dangers: readonly Danger[];
  /** Keys of the environment file, defaults included. */
  readonly keys: readonly KeyChange[];
  readonly apps: readonly AppChange[];
  readonly nodeGroups: readonly NodeGroupChange[];
  /** Absent where one of the two is not known, or both are the same. */
  readonly capacity?: CapacityChange;
  readonly resources: readonly ResourceChange[];
  /** Generated files that are different now, in order of their paths. */
  readonly files: readonly string[];
}

/** A value that is not the same any more; `from` or `to` is absent where there was or is none. Secrets are hidden. */
export interface ValueChange {
  /** e.g. `deployment.replicas` */
  readonly path: string;
  readonly from?: PlainValue;
  readonly to?: PlainValue;
}

export interface KeyChange extends ValueChange {
  readonly takesEffect: TakesEffect;
}

export interface AppChange {
  readonly app: string;
  readonly change: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';
  readonly takesEffect: 'commit';
  /** Chart versions; `from` or `to` is absent where there was or is none. Absent: no chart, or the same version. */
  readonly chart?: { readonly name: string; readonly from?: string; readonly to?: string };
  /** Where the chart's releases are described, if its repository tells. */
  readonly releaseNotes?: string;
  readonly values: readonly ValueChange[];
  /** Manifests that came, went or changed, by file name. */
  readonly manifests: readonly string[];
  readonly wave?: { readonly from: number; readonly to: number };
}

export interface NodeGroupChange {
  readonly group: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly takesEffect: TakesEffect;
  /** `size`, `instanceType`, …; none for a group that came or went. */
  readonly values: readonly ValueChange[];
}

/** Sums over all instances of an environment. */
export interface CapacitySums {
  readonly instances: number;
  /** Undefined: the size of an instance type is not known. */
  readonly vcpu: number | undefined;
  readonly memoryGiB: number | undefined;
  readonly gpus: number;
  readonly rootDiskGiB: number;
}

export interface CapacityChange {
  readonly before: { readonly min: CapacitySums; readonly max: CapacitySums };
  readonly after: { readonly min: CapacitySums; readonly max: CapacitySums };
}

/** A Terraform resource that the next apply treats differently. */
export interface ResourceChange {
  readonly project: 'infrastructure' | 'cluster';
  /** e.g. `aws_autoscaling_group.gpu` */
  readonly address: string;
  readonly change: 'added' | 'removed' | 'changed' | 'replaced';
}

/** Something that cannot be undone, or not without an outage. */
export interface Danger {
  /** What `--allow-replace` takes, e.g. `namespace/onyx`, `app/onyx-database`, `node-group/gpu`, `vpc`. */
  readonly name: string;
  readonly takesEffect: TakesEffect;
  /** Key of the environment file that decides it, where one does. */
  readonly key?: string;
  /** Sentences: what will happen. */
  readonly what: string;
  /** How to avoid it, or how to do it without loss. */
  readonly avoid: string;
}
