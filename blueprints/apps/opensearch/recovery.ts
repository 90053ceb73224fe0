// How the search index comes back, for the runbook of the environment.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { OPENSEARCH } from '../../../generator/core/data-services.ts';

/** Lines of Markdown. */
export function describeRecovery({ backup }: Pick<AppContext, 'backup'>): readonly string[] {
  if (backup === undefined)
    return [
      'There are no snapshots, because the environment file has no `backup`: where the index is lost, Onyx reads all sources again.',
    ];
  const call = 'curl --insecure --user admin';
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
    `${call} 'https://localhost:9200/_cat/snapshots/${OPENSEARCH.repository}?v'`,
    `${call} --request DELETE 'https://localhost:9200/${OPENSEARCH.indices}'`,
    `${call} --header 'Content-Type: application/json' --data '{"indices": "${OPENSEARCH.indices}", "include_global_state": false}' \\`,
    `  "https://localhost:9200/_snapshot/${OPENSEARCH.repository}/$SNAPSHOT/_restore"`,
    '```',
  ];
}
