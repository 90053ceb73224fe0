// Pod templates against the Pod Security level of their namespace: a pod that breaks it is never created.
import type { Container, PodSpec, RenderedObject, SecurityContext } from './inspect.ts';

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Volumes that `restricted` allows. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/**
 * Finds what the level forbids, one sentence each; the rules that charts of a catalog run into, not all of them.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function findForbidden(object: RenderedObject, level: PodSecurityLevel): string[] {
  const pod = object.spec?.template?.spec;
  if (pod === undefined || level === 'privileged') return [];
  const broken = [...breaksBaseline(pod), ...(level === 'restricted' ? breaksRestricted(pod) : [])];
  return broken.map((what) => `${object.kind}/${object.metadata.name} breaks Pod Security ${level}: ${what}`);
}

function breaksBaseline(pod: PodSpec): string[] {
  const host = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => pod[name] === true);
  const paths = (pod.volumes ?? [])
    .filter((volume) => 'hostPath' in volume)
    .map(({ name }) => `hostPath volume ${name}`);
  const containers = listContainers(pod).flatMap((container) => {
    const { privileged, capabilities } = container.securityContext ?? {};
    const added = (capabilities?.add ?? []).filter((name) => !BASELINE_CAPABILITIES.includes(name));
    return [
      ...(privileged === true ? [`${nameOf(container)} is privileged`] : []),
      ...added.map((name) => `${nameOf(container)} adds ${name}`),
      ...((container.ports ?? []).some(({ hostPort }) => (hostPort ?? 0) > 0)
        ? [`${nameOf(container)} has a host port`]
        : []),
    ];
  });
  return [...host, ...paths, ...containers];
}

function breaksRestricted(pod: PodSpec): string[] {
  const volumes = (pod.volumes ?? [])
    .filter((volume) => !('hostPath' in volume) && !VOLUMES.some((kind) => kind in volume))
    .map(({ name }) => `volume ${name}`);
  const containers = listContainers(pod).flatMap((container) => {
    const own: SecurityContext = { ...pod.securityContext, ...container.securityContext };
    const { capabilities } = container.securityContext ?? {};
    const added = (capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
    return [
      ...(own.runAsNonRoot === true ? [] : ['runAsNonRoot is not true']),
      ...(own.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation is not false']),
      ...(['RuntimeDefault', 'Localhost'].includes(own.seccompProfile?.type ?? '') ? [] : ['no seccompProfile']),
      ...(capabilities?.drop?.includes('ALL') === true ? [] : ['capabilities are not dropped']),
      ...added.map((name) => `adds ${name}`),
    ].map((what) => `${nameOf(container)}: ${what}`);
  });
  return [...volumes, ...containers];
}

function listContainers({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers];
}

function nameOf({ name }: Container): string {
  return `container ${name ?? '?'}`;
}
