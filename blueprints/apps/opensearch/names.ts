// Names of what this app makes, beside those that other apps know, and what its containers share.
import { OPENSEARCH } from '../../../generator/core/data-services.ts';
import type { Inputs } from './inputs.ts';

export const VERSION = '3.6.0';
export const IMAGE = { repository: 'docker.io/opensearchproject/opensearch', tag: VERSION } as const;

/** StatefulSet, and the volume of each of its pods. */
export const STATEFUL_SET = OPENSEARCH.service;
/** Pods as the chart labels them for this release. */
export const LABELS = { 'app.kubernetes.io/instance': 'opensearch', 'app.kubernetes.io/name': 'opensearch' } as const;

export const USERS_CONFIG_MAP = 'onyx-search-users';
/** Its keys are names in OpenSearch's own keystore. */
export const KEYSTORE_SECRET = 'onyx-search-snapshots';
export const PLUGIN_CONFIG_MAP = 'onyx-search-plugin';
/** Variable of each node with the administrator's password; not PASSWORD, which the chart gives another meaning. */
export const PASSWORD_VARIABLE = 'ADMIN_PASSWORD';

export const HOME = '/usr/share/opensearch';
export const PLUGIN = 'repository-s3';
/** On the data volume; OpenSearch itself keeps to `nodes`. */
export const PLUGIN_FOLDER = '.plugins';

/** What the image is called where it is not the chart that writes it. */
export function formatImage({ image }: Inputs): string {
  return image ?? `${IMAGE.repository}:${IMAGE.tag}`;
}

/** What every container of OpenSearch's image may do. */
export const UNPRIVILEGED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 1000,
} as const;
