// Three of a kind: the nightly copy, the way back into a new bucket, and a CronJob that never runs by itself, to be run by hand.
import { createHash } from 'node:crypto';
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretObjects, type WayOut } from '../../../generator/core/egress.ts';
import { from, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { findBuckets, planRemotes } from './remotes.ts';
import copyFiles from './scripts/copy-files.sh';
import restoreFiles from './scripts/restore-files.sh';

const IMAGE = 'docker.io/rclone/rclone:1.75.1';
const SCRIPTS = 'onyx-files-scripts';
const DAY_SECONDS = 86400;

export const COPY_JOB = 'onyx-files-backup';
/** The Job itself has a hash of its pods behind this name. */
export const RESTORE_JOB = 'onyx-files-restore';
const MANUAL_JOB = 'onyx-files-restore-by-hand';

export const CPU_MILLIS = 100;

type Context = AppContext<Inputs>;

export function planJobs(context: Context, way: WayOut): Manifest[] {
  return [
    {
      file: 'scripts',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: SCRIPTS, namespace: ONYX_NAMESPACE },
        data: { 'copy-files.sh': copyFiles, 'restore-files.sh': restoreFiles },
      },
    },
    { file: 'backup', object: planCopies(context, way) },
    { file: 'restore', object: planRestore(planPods(context, way, 'restore-files.sh', 'restore')) },
    {
      file: 'restore-by-hand',
      object: planByHand(planSpec(planPods(context, way, 'restore-files.sh', 'restore-by-hand'))),
    },
  ];
}

function planCopies(context: Context, way: WayOut): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: COPY_JOB, namespace: ONYX_NAMESPACE },
    spec: {
      schedule: from('apps.onyx-files.schedule', context.inputs.schedule),
      timeZone: 'Etc/UTC',
      // Two at once would each take what the other copies for a replaced file.
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: DAY_SECONDS / 4,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: planSpec(planPods(context, way, 'copy-files.sh', 'backup')) },
    },
  };
}

/**
 * No hook: a sync may take two hours, and files may take longer. It tries again until keys and buckets are right. The
 * pods of a Job cannot be changed: other pods are another Job, which goes on where the pruned one was. With one name for
 * both Argo CD's server-side diff fails for ever, and `Replace` does not help.
 * @see https://github.com/argoproj/argo-cd/issues/29348
 */
function planRestore(template: YamlMap): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${RESTORE_JOB}-${digest(template)}`,
      namespace: ONYX_NAMESPACE,
    },
    // Six minutes between attempts after the first few: more than four days.
    spec: { backoffLimit: 1000, template },
  };
}

function digest(template: YamlMap): string {
  const text = JSON.stringify(stripProvenance(template).plain);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Suspended, and on a day that no year has: Kubernetes wants a schedule even where nothing follows it. */
function planByHand(spec: YamlMap): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: MANUAL_JOB, namespace: ONYX_NAMESPACE },
    spec: { schedule: '0 0 30 2 *', suspend: true, concurrencyPolicy: 'Forbid', jobTemplate: { spec } },
  };
}

function planSpec(template: YamlMap): YamlMap {
  return {
    // A first copy of many files takes hours; one that hangs must not keep the next from starting.
    activeDeadlineSeconds: DAY_SECONDS - 3600,
    backoffLimit: 3,
    template,
  };
}

function planPods(context: Context, way: WayOut, script: string, component: string): YamlMap {
  return {
    metadata: { labels: { 'app.kubernetes.io/name': 'onyx-files', 'app.kubernetes.io/component': component } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: pullSecretObjects(context.egress),
      restartPolicy: 'Never',
      containers: [planContainer(context, way, script)],
      volumes: [...way.volumes, { name: 'scripts', configMap: { name: SCRIPTS } }, { name: 'tmp', emptyDir: {} }],
    },
  };
}

function planContainer(context: Context, way: WayOut, script: string): YamlMap {
  const memory = from('apps.onyx-files.memoryMiB', `${context.inputs.memoryMiB}Mi`);
  return {
    name: 'rclone',
    image: IMAGE,
    command: ['/bin/sh', `/scripts/${script}`],
    env: [...planRemotes(findBuckets(context)), ...way.env],
    resources: { requests: { cpu: `${CPU_MILLIS}m`, memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: 65532,
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      ...way.mounts,
      { name: 'scripts', mountPath: '/scripts', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
