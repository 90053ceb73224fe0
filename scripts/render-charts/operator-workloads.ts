// Custom resources that an operator turns into pods → those pods: no chart renders them, yet they take room.
import type { RenderedObject, RenderedWorkload } from './inspect.ts';

interface Amounts {
  readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> };
  readonly configReloaderResources?: { readonly requests?: Readonly<Record<string, string | number>> };
  readonly replicaCount?: number;
}

interface Made {
  readonly kind: 'Deployment' | 'StatefulSet';
  /** In front of the name of the resource. */
  readonly prefix: string;
  /** Where in the spec it is described; the whole spec otherwise. */
  readonly part?: 'vmselect' | 'vminsert' | 'vmstorage';
  /** A second container watches its configuration. */
  readonly reloads?: true;
}

/** @see https://github.com/VictoriaMetrics/operator/tree/v0.74.1/internal/controller/operator/factory */
const MADE: Readonly<Record<string, readonly Made[]>> = {
  VMAgent: [{ kind: 'Deployment', prefix: 'vmagent', reloads: true }],
  VMAlert: [{ kind: 'Deployment', prefix: 'vmalert', reloads: true }],
  VMAlertmanager: [{ kind: 'StatefulSet', prefix: 'vmalertmanager', reloads: true }],
  VMCluster: [
    { kind: 'Deployment', prefix: 'vminsert', part: 'vminsert' },
    { kind: 'StatefulSet', prefix: 'vmselect', part: 'vmselect' },
    { kind: 'StatefulSet', prefix: 'vmstorage', part: 'vmstorage' },
  ],
  VMSingle: [{ kind: 'Deployment', prefix: 'vmsingle' }],
};

/** Workloads that the operator of Victoria Metrics makes of these objects. */
export function listOperatorWorkloads(
  objects: readonly RenderedObject[],
  parse: { readonly cpu: (text: string) => number; readonly memory: (text: string) => number },
): RenderedWorkload[] {
  return objects
    .filter(({ apiVersion }) => apiVersion.startsWith('operator.victoriametrics.com/'))
    .flatMap(({ kind, metadata, spec }) =>
      (MADE[kind] ?? []).map((made): RenderedWorkload => {
        const whole = (spec ?? {}) as Amounts & Readonly<Record<string, Amounts | undefined>>;
        const own: Amounts = made.part === undefined ? whole : (whole[made.part] ?? {});
        const containers = [own.resources, ...(made.reloads === true ? [own.configReloaderResources] : [])];
        const sum = (name: 'cpu' | 'memory') =>
          containers.reduce((total, amounts) => total + parse[name](String(amounts?.requests?.[name] ?? '0')), 0);
        return {
          kind: made.kind,
          name: `${made.prefix}-${metadata.name}`,
          replicas: own.replicaCount ?? 1,
          cpuMillis: sum('cpu'),
          memoryMiB: sum('memory'),
          gpuUnits: 0,
          nodeSelector: {},
          isHook: false,
        };
      }),
    );
}
