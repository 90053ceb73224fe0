// Rendered manifests → what they need from their AppProject and what their pods ask for.
import { parseAllDocuments } from 'yaml';
import { isClusterKind } from '../../generator/verify/cluster-kinds.ts';

/** A Kubernetes object as far as this script looks into it. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly group?: string;
    readonly scope?: string;
    readonly names?: { readonly kind: string };
    readonly versions?: readonly { readonly name: string }[];
    readonly template?: { readonly spec: PodSpec };
  };
}

/** A pod template as far as this script looks into it. */
export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly (Container & { readonly restartPolicy?: string })[];
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly seccompProfile?: { readonly type?: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

export interface Container {
  readonly name?: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string | number>>;
    readonly limits?: Readonly<Record<string, string | number>>;
  };
}

export interface RenderedWorkload {
  readonly kind: string;
  readonly name: string;
  /** 1 where the manifest says nothing; of no meaning for a DaemonSet. */
  readonly replicas: number;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly gpuUnits: number;
  /** Node labels that its pods ask for. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** A Helm hook: Argo CD runs it at each sync, so it is no part of the capacity. */
  readonly isHook: boolean;
}

/** Reads rendered text; lists are flattened, empty documents and Helm's tests dropped, as Argo CD does. */
export function parseObjects(manifests: string): RenderedObject[] {
  const documents = parseAllDocuments(manifests, { uniqueKeys: false, logLevel: 'silent' });
  return (Array.isArray(documents) ? documents : [])
    .map((document) => document.toJS() as (RenderedObject & { readonly items?: readonly RenderedObject[] }) | null)
    .filter((object) => object !== null)
    .flatMap((object) => (object.kind.endsWith('List') && object.items !== undefined ? object.items : [object]))
    .filter((object) => !hooksOf(object).some((hook) => hook.startsWith('test')));
}

/** `group/kind` of custom resources that CRDs among the objects make cluster-scoped. */
export function listClusterScopedCustom(objects: readonly RenderedObject[]): string[] {
  return objects
    .filter(({ kind, spec }) => kind === 'CustomResourceDefinition' && spec?.scope === 'Cluster')
    .map(({ spec }) => `${spec?.group ?? ''}/${spec?.names?.kind ?? ''}`);
}

/** `group/version` and `group/version/Kind` that CRDs among the objects add to a cluster, sorted. */
export function listCustomApis(objects: readonly RenderedObject[]): string[] {
  const apis = objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .flatMap(({ spec }) =>
      (spec?.versions ?? []).flatMap(({ name }) => [
        `${spec?.group ?? ''}/${name}`,
        `${spec?.group ?? ''}/${name}/${spec?.names?.kind ?? ''}`,
      ]),
    );
  return [...new Set(apis)].sort();
}

/** `group/kind` of all cluster-scoped objects, sorted. */
export function listClusterKinds(objects: readonly RenderedObject[], custom: ReadonlySet<string>): string[] {
  return [...new Set(objects.filter((object) => isScopedToCluster(object, custom)).map(kindOf))].sort();
}

/** Namespaces that the objects go into; those that name none go where the Application points. */
export function listNamespaces(
  objects: readonly RenderedObject[],
  custom: ReadonlySet<string>,
  destination: string,
): string[] {
  const namespaces = objects
    .filter((object) => !isScopedToCluster(object, custom))
    .map(({ metadata }) => metadata.namespace ?? destination);
  return [...new Set(namespaces)].sort();
}

/** Everything with a pod template, with the sum of what its containers request. */
export function listWorkloads(objects: readonly RenderedObject[]): RenderedWorkload[] {
  return objects.flatMap((object): RenderedWorkload[] => {
    const pod = object.spec?.template?.spec;
    if (pod === undefined) return [];
    return [
      {
        kind: object.kind,
        name: object.metadata.name,
        replicas: object.spec?.replicas ?? 1,
        cpuMillis: requestOf(pod, 'cpu', parseMillis),
        memoryMiB: requestOf(pod, 'memory', parseMiB),
        gpuUnits: requestOf(pod, 'nvidia.com/gpu', Number),
        nodeSelector: pod.nodeSelector ?? {},
        isHook: hooksOf(object).length > 0,
      },
    ];
  });
}

function isScopedToCluster(object: RenderedObject, custom: ReadonlySet<string>): boolean {
  return isClusterKind({ group: groupOf(object), kind: object.kind }) || custom.has(kindOf(object));
}

function kindOf(object: RenderedObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

function groupOf({ apiVersion }: RenderedObject): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function hooksOf({ metadata }: RenderedObject): string[] {
  return metadata.annotations?.['helm.sh/hook']?.split(',').map((hook) => hook.trim()) ?? [];
}

/** As the scheduler counts: containers and sidecars together, or the largest init container if that is more. */
function requestOf(
  { containers, initContainers = [] }: PodSpec,
  name: string,
  parse: (text: string) => number,
): number {
  const amounts = (list: readonly Container[]) => list.map((container) => amountOf(container, name, parse));
  const sum = (list: readonly number[]) => list.reduce((total, amount) => total + amount, 0);
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const once = initContainers.filter(({ restartPolicy }) => restartPolicy !== 'Always');
  return Math.max(sum(amounts([...containers, ...sidecars])), ...amounts(once), 0);
}

function amountOf({ resources }: Container, name: string, parse: (text: string) => number): number {
  const amount = resources?.requests?.[name] ?? resources?.limits?.[name];
  return amount === undefined ? 0 : parse(String(amount));
}

/** `250m` or `0.25` → 250. */
export function parseMillis(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `1Gi` → 1024, rounded to whole MiB. */
export function parseMiB(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(text) ?? [];
  return Math.round((Number(number) * (BYTES[unit] ?? Number.NaN)) / 2 ** 20);
}
