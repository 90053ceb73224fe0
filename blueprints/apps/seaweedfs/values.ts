// Values of the chart: masters, volume servers and a filer with the S3 gateway; three, three and one in `high`.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretNames } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { IDENTITIES, labelsOf, PREFIX, REQUESTS, VERSION } from './names.ts';

type Context = AppContext<Inputs>;

const CLASS = 'gp3-retain';

/** @see https://github.com/seaweedfs/seaweedfs/tree/4.44/k8s/charts/seaweedfs */
export function planValues(context: Context): YamlMap {
  const high = context.availability.quorum > 1;
  return {
    fullnameOverride: PREFIX,
    image: { tag: VERSION },
    global: {
      imagePullSecrets: pullSecretNames(context.egress),
      seaweedfs: {
        // For pods that another version of the chart left behind: nobody here has to delete pods.
        createClusterRole: false,
        automountServiceAccountToken: false,
        serviceAccountName: PREFIX,
        // In `high` each file is on two volume servers.
        enableReplication: from('availability', high),
        replicationPlacement: '001',
      },
    },
    ...planParts(context),
  };
}

/**
 * Not the chart's `allInOne`: it renders a Secret for SFTP with other passwords each time, used or not. One filer, which
 * knows where each file is: two would each keep a list of their own, and tell each other late.
 */
function planParts(context: Context): YamlMap {
  const { inputs } = context;
  return {
    master: {
      replicas: from('availability', context.availability.quorum),
      data: { type: 'persistentVolumeClaim', size: '1Gi', storageClass: CLASS },
      logs: { type: 'emptyDir' },
      resources: resourcesOf('master'),
      topologySpreadConstraints: spread(context, 'master'),
      ...UNPRIVILEGED,
    },
    volume: {
      replicas: from('availability', context.availability.quorum),
      dataDirs: [
        {
          name: 'data',
          type: 'persistentVolumeClaim',
          size: sizeOf(context),
          storageClass: CLASS,
          maxVolumes: 0,
        },
      ],
      // It asks the cluster while it is rendered, which Argo CD does not do.
      resizeHook: OFF,
      resources: resourcesOf('volume'),
      topologySpreadConstraints: spread(context, 'volume'),
      ...UNPRIVILEGED,
    },
    filer: {
      replicas: 1,
      data: {
        type: 'persistentVolumeClaim',
        size: from('apps.seaweedfs.filerGiB', `${inputs.filerGiB}Gi`),
        storageClass: CLASS,
      },
      logs: { type: 'emptyDir' },
      // By name, so that the list cannot end beside its volume.
      extraEnvironmentVars: { WEED_LEVELDB2_DIR: '/data/filerldb2' },
      s3: { enabled: true, port: OBJECT_STORAGE.port, ...AUTH },
      resources: resourcesOf('filer'),
      podAnnotations: annotate(context),
      ...UNPRIVILEGED,
    },
  };
}

const OFF = { enabled: false } as const;
const AUTH = { enableAuth: true, existingConfigSecret: IDENTITIES.secret } as const;

const UNPRIVILEGED: YamlMap = {
  podSecurityContext: {
    enabled: true,
    fsGroup: 1000,
    runAsGroup: 1000,
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containerSecurityContext: { enabled: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

function sizeOf({ objectStorage }: Context) {
  if (objectStorage?.kind !== 'in-cluster')
    throw new Error('seaweedfs was planned without objectStorage in the cluster');
  return from('objectStorage.sizeGiB', `${objectStorage.sizeGiB}Gi`);
}

function resourcesOf(part: keyof typeof REQUESTS): YamlMap {
  const { cpuMillis, memoryMiB } = REQUESTS[part];
  return { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` }, limits: { memory: `${4 * memoryMiB}Mi` } };
}

/** The chart reads a text here; its own default keeps two of a kind off one host already. */
function spread({ availability }: Context, part: string) {
  const zones = availability
    .spread(labelsOf(part))
    .filter(({ topologyKey }) => topologyKey !== 'kubernetes.io/hostname');
  return zones.length === 0 ? undefined : from('availability', JSON.stringify(zones));
}

function annotate(context: Context): YamlMap | undefined {
  return context.annotateWithSecrets(ONYX_NAMESPACE, [IDENTITIES.secret]);
}
