// How the search index comes back, for the runbook of the environment.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { OPENSEARCH } from '../../../generator/core/data-services.ts';

/** Lines of Markdown. */
export function describeRecovery(context: Pick<AppContext, 'backup'>): readonly string[] {
  return [...describeSnapshots(context), '', ...describeNodes(context), '', ...ENLARGE];
}

const CALL = 'curl --insecure --user admin';

function describeNodes({ backup }: Pick<AppContext, 'backup'>): string[] {
  return [
    'Before a node is drained or replaced while another one was just away, wait until this answers `green`; a pod that is ready says only that its port answers:',
    '',
    '```sh',
    `kubectl --namespace onyx port-forward service/${OPENSEARCH.service} 9200:9200 &`,
    `${CALL} 'https://localhost:9200/_cluster/health?filter_path=status&wait_for_status=green&timeout=60s'`,
    '```',
    '',
    ...(backup === undefined ? REPLICAS_BY_HAND : REPLICAS_BY_JOB),
  ];
}

const REPLICAS_BY_JOB = [
  `After a change of \`availability\` the Job \`${OPENSEARCH.service}-snapshots\` gives each index the copies that belong to it (\`single\` none, \`high\` one), at the next sync.`,
];

const REPLICAS_BY_HAND = [
  'After a change of `availability` each index keeps the copies that it was made with, and without `backup` no Job changes that. Type it, with 1 for `high`, and with 0 for `single`:',
  '',
  '```sh',
  `${CALL} --request PUT --header 'Content-Type: application/json' --data '{"index": {"number_of_replicas": 1}}' \\`,
  `  'https://localhost:9200/${OPENSEARCH.indices}/_settings'`,
  '```',
];

const ENLARGE = [
  'To enlarge the volumes, which the StatefulSet does not do: the claims first, then the StatefulSet without its pods, and then, at once, the new `apps.opensearch.storageGiB` in the environment file, with `--allow-replace` and the name that `diff` lists for it. For 128 GiB:',
  '',
  '```sh',
  `for claim in $(kubectl --namespace onyx get pvc --output name | grep ${OPENSEARCH.service}-${OPENSEARCH.service}-); do`,
  `  kubectl --namespace onyx patch "$claim" --patch '{"spec": {"resources": {"requests": {"storage": "128Gi"}}}}'`,
  'done',
  `kubectl --namespace onyx delete statefulset ${OPENSEARCH.service} --cascade=orphan`,
  '```',
];

function describeSnapshots({ backup }: Pick<AppContext, 'backup'>): readonly string[] {
  if (backup === undefined)
    return [
      'There are no snapshots, because the environment file has no `backup`: where the index is lost, Onyx reads all sources again.',
    ];
  return [
    `A snapshot is made every night, to \`${backup.folder}/\` in the bucket \`${backup.bucket}\` at ${backup.endpoint}, and removed after ${backup.retentionDays} days; the newest seven stay. A cluster that is made anew restores the newest one, and the Job \`onyx-gate\` keeps Onyx from starting before. What they say:`,
    '',
    '```sh',
    `kubectl --namespace onyx logs job/${OPENSEARCH.service}-snapshots`,
    'kubectl --namespace onyx logs job/onyx-gate',
    '```',
    '',
    'By hand, while Onyx is scaled to zero; curl asks for the password of `admin`:',
    '',
    '```sh',
    `kubectl --namespace onyx port-forward service/${OPENSEARCH.service} 9200:9200 &`,
    `${CALL} 'https://localhost:9200/_cat/snapshots/${OPENSEARCH.repository}?v'`,
    `${CALL} --request DELETE 'https://localhost:9200/${OPENSEARCH.indices}'`,
    `${CALL} --header 'Content-Type: application/json' --data '{"indices": "${OPENSEARCH.indices}", "include_global_state": false}' \\`,
    `  "https://localhost:9200/_snapshot/${OPENSEARCH.repository}/$SNAPSHOT/_restore"`,
    '```',
  ];
}
