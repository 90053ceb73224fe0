// How Argo CD reaches Git, charts and the issuer of identities where that takes a proxy, or trust in a private CA.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { planWayOut, unlessEmpty, type WayOut } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';

const PODS = { name: 'argo-cd', namespace: 'argocd' } as const;

/** Names without a dot, by which its parts call each other; gRPC would take them to the proxy. */
const OWN_SERVICES = ['argocd-redis', 'argocd-repo-server', 'argocd-server'];

const TRUST_FOLDER = '/etc/rootstock/trust';
const TRUST_VOLUME = { name: 'rootstock-trust', mountPath: TRUST_FOLDER } as const;

/** What the server calls: the issuer of identities. */
export function planServerWayOut(context: AppContext): YamlMap {
  const { env, volumes, mounts } = planWay(context);
  return { env: unlessEmpty(env), volumes: unlessEmpty(volumes), volumeMounts: unlessEmpty(mounts) };
}

/**
 * What the repo-server calls: Git and charts. Helm and Argo CD itself are written in Go and add the folder to the CAs
 * of their image. `git` reads one file that has to hold them all, which a container makes that runs before.
 */
export function planRepoServerWayOut(context: AppContext): YamlMap {
  const { env, volumes, mounts } = planWay(context);
  if (context.egress.caBundle === undefined || !context.repository.url.startsWith('https:'))
    return { env: unlessEmpty(env), volumes: unlessEmpty(volumes), volumeMounts: unlessEmpty(mounts) };
  return {
    env: [...env, { name: 'GIT_SSL_CAINFO', value: `${TRUST_FOLDER}/ca.crt` }],
    volumes: [...volumes, { name: TRUST_VOLUME.name, emptyDir: {} }],
    volumeMounts: [...mounts, { ...TRUST_VOLUME, readOnly: true }],
    initContainers: [joinTrust(mounts)],
  };
}

/** ConfigMap with the certificates, if there are any. */
export function planCertificates(context: AppContext): WayOut['manifests'] {
  return planWayOut(context, PODS).manifests;
}

function planWay(context: AppContext): WayOut {
  const { proxy } = context.egress;
  if (proxy === undefined) return planWayOut(context, PODS);
  const noProxy = [...proxy.noProxy, ...OWN_SERVICES].sort();
  return planWayOut({ ...context, egress: { ...context.egress, proxy: { ...proxy, noProxy } } }, PODS);
}

/** The chart fills in its own image, so that no second one has to be fetched. */
function joinTrust(mounts: readonly YamlMap[]): YamlMap {
  return {
    name: 'join-trust',
    image:
      '{{ default .Values.global.image.repository .Values.repoServer.image.repository }}:{{ default (include "argo-cd.defaultTag" .) .Values.repoServer.image.tag }}',
    command: ['sh', '-c', `cat /etc/ssl/certs/ca-certificates.crt /etc/rootstock/ca/ca.crt > ${TRUST_FOLDER}/ca.crt`],
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [...mounts, from('egress.caBundle', TRUST_VOLUME)],
  };
}
