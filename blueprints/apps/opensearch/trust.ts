// The company's CAs for Java, which knows neither the folder of the system nor a file in PEM.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { formatImage, HOME, UNPRIVILEGED } from './names.ts';
import trustCa from './scripts/trust-ca.sh';

const CONFIG_MAP = 'onyx-search-trust';
/** Below the settings, which is where Java lets OpenSearch read. */
const TRUST = `${HOME}/config/trust`;

export interface Trust {
  readonly initContainer: YamlMap;
  readonly volumes: readonly YamlMap[];
  /** Of each container that calls out. */
  readonly mount: YamlMap;
  /** For `OPENSEARCH_JAVA_OPTS` of the same. */
  readonly javaOptions: string;
  readonly manifests: readonly Manifest[];
}

/** Undefined where nobody calls out, or where everybody's CAs are enough. */
export function planTrust(context: AppContext<Inputs>): Trust | undefined {
  const { backup, egress } = context;
  if (backup === undefined || egress.caBundle === undefined) return undefined;
  const way = planWayOut(context, { name: 'opensearch', namespace: ONYX_NAMESPACE });
  const mount = { name: 'trust', mountPath: TRUST };
  return {
    initContainer: {
      name: 'trust-ca',
      image: formatImage(context.inputs),
      command: ['/bin/bash', '/scripts/trust-ca.sh'],
      env: [
        { name: 'CA_BUNDLE', value: '/etc/rootstock/ca/ca.crt' },
        { name: 'JAVA_HOME', value: `${HOME}/jdk` },
        { name: 'TRUST', value: TRUST },
      ],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      securityContext: UNPRIVILEGED,
      volumeMounts: [...way.mounts, { name: 'trust-script', mountPath: '/scripts', readOnly: true }, mount],
    },
    volumes: [
      ...way.volumes,
      { name: 'trust', emptyDir: {} },
      { name: 'trust-script', configMap: { name: CONFIG_MAP } },
    ],
    mount: { ...mount, readOnly: true },
    javaOptions: `-Djavax.net.ssl.trustStore=${TRUST}/cacerts -Djavax.net.ssl.trustStorePassword=changeit`,
    manifests: [
      ...way.manifests,
      {
        file: 'search-trust',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: CONFIG_MAP, namespace: ONYX_NAMESPACE },
          data: { 'trust-ca.sh': trustCa },
        },
      },
    ],
  };
}
