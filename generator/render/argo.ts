// Words that the Application and AppProject renderers share.
import type { FileKind, TreeFile } from '../core/file-tree.ts';
import type { YamlMap } from '../core/provenance.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { writeYaml } from './yaml-writer.ts';

/** The cluster Argo CD runs in. */
export const CLUSTER = 'https://kubernetes.default.svc';

/** Namespace and release name of Argo CD; the first install uses the same. */
export const ARGO_NAMESPACE = 'argocd';

/** A YAML file of one environment. */
export interface EnvironmentYaml {
  readonly path: string;
  readonly kind: FileKind;
  /** Environment key the file as a whole came from. */
  readonly origin: string;
  readonly documents: readonly YamlMap[];
  /** First lines of the file. */
  readonly comment?: string;
}

export function makeYamlFile(plan: EnvironmentPlan, yaml: EnvironmentYaml): TreeFile {
  const { path, kind, origin, documents, comment } = yaml;
  return { path, kind, origin, environment: plan.name, ...writeYaml(documents, comment) };
}
