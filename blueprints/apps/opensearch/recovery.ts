// How the search index comes back, for the runbook of the environment.

import { formatSync, START_ARGO_CD, STOP_ARGO_CD } from '../../../generator/core/argo-cd-commands.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { OPENSEARCH } from '../../../generator/core/data-services.ts';
import { nameJob } from './snapshots.ts';

/** Lines of Markdown. */
export function describeRecovery(context: Pick<AppContext, 'backup'>): readonly string[] {
  return [...describeSnapshots(context), '', ...describeNodes(context), '', ...ENLARGE];
}

const CALL = 'curl --insecure --user admin';

function describeNodes(context: Pick<AppContext, 'backup'>): string[] {
  return [
    'Before a node is drained or replaced while another one was just away, wait until this answers `green`. A pod that is ready has joined the cluster and knows its users; its copies may still be on their way, and the budget of OpenSearch lets the next node go all the same:',
    '',
    '```sh',
    `kubectl --namespace onyx port-forward service/${OPENSEARCH.service} 9200:9200 &`,
    `${CALL} 'https://localhost:9200/_cluster/health?filter_path=status&wait_for_status=green&timeout=60s'`,
    '```',
    '',
    `After a change of \`availability\` the Job \`${nameJob(context)}\` gives each index the copies that belong to it (\`single\` none, \`high\` one), in the same sync.`,
  ];
}

const ENLARGE = [
  'To enlarge the volumes, which the StatefulSet does not do: write the new `apps.opensearch.storageGiB` into the environment file, render with `--allow-replace` and the name that `diff` lists for it, and push. Argo CD now says that the StatefulSet cannot be changed. Then the claims, and the StatefulSet without its pods, which Argo CD makes anew with the new size. In this order: before the push it would make it anew with the old one. For 128 GiB:',
  '',
  '```sh',
  `for claim in $(kubectl --namespace onyx get pvc --output name | grep ${OPENSEARCH.service}-${OPENSEARCH.service}-); do`,
  `  kubectl --namespace onyx patch "$claim" --patch '{"spec": {"resources": {"requests": {"storage": "128Gi"}}}}'`,
  'done',
  `kubectl --namespace onyx delete statefulset ${OPENSEARCH.service} --cascade=orphan`,
  '```',
];

/**
 * Argo CD 3.4.4 does not try a revision again that it has given up, nor does it take a commit for a new one that changes
 * nothing in the Application's own folders: keys that are sealed beside another app would never reach Onyx.
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/controller/appcontroller.go (autoSync, alreadyAttemptedSync)
 */
const GIVEN_UP = [
  'Argo CD gives a commit up after two hours of trying. Where the keys of the backup or the bucket come later than that, the CronJob `argo-cd-resume` starts what was given up again, every ten minutes. At once:',
  '',
  '```sh',
  'kubectl --namespace argocd create job resume-now --from=cronjob/argo-cd-resume',
  '```',
  '',
];

/** The settings of a cluster are on its volumes, and a claim that comes back empty is no change in Git. */
const VOLUME_LOST = [
  'Where all volumes were lost while the environment lives on, nothing is restored, and no more snapshots are made: nothing in Git has changed. Sync once by hand; the Job knows the bucket again, snapshots go on, and the newest one is restored if Onyx has not made an index yet. If it has, restore by hand afterwards, as below:',
  '',
  '```sh',
  formatSync('opensearch'),
  '```',
  '',
];

function describeSnapshots({ backup }: Pick<AppContext, 'backup'>): readonly string[] {
  if (backup === undefined)
    return [
      'There are no snapshots, because the environment file has no `backup`: where the index is lost, Onyx has to read all sources again. It makes an empty index when its API server starts, and the sync gives that its copies; that sources are read again is for an administrator to start, in Onyx:',
      '',
      '```sh',
      'kubectl --namespace onyx rollout restart deployment onyx-api-server',
      'kubectl --namespace onyx rollout status deployment onyx-api-server --timeout=40m',
      formatSync('opensearch'),
      '```',
    ];
  return [
    `A snapshot is made every night, to \`${backup.folder}/\` in the bucket \`${backup.bucket}\` at ${backup.endpoint}, and removed after ${backup.retentionDays} days; the newest seven stay. A cluster that is made anew restores the newest one, and the Job \`onyx-gate\` keeps Onyx from starting before. What they say:`,
    '',
    '```sh',
    `kubectl --namespace onyx logs job/${OPENSEARCH.service}-snapshots`,
    'kubectl --namespace onyx logs job/onyx-gate',
    '```',
    '',
    ...GIVEN_UP,
    ...VOLUME_LOST,
    'By hand: Argo CD stops, since it would start Onyx again at once; Onyx stops, since it would make an index of its own. Line by line, since curl asks for the password of `admin` each time; the second line lists the snapshots, and the last one starts both again:',
    '',
    '```sh',
    `kubectl --namespace onyx port-forward service/${OPENSEARCH.service} 9200:9200 &`,
    `${CALL} 'https://localhost:9200/_cat/snapshots/${OPENSEARCH.repository}?v'`,
    'SNAPSHOT=name-of-one-of-them',
    STOP_ARGO_CD,
    'kubectl --namespace onyx scale deployment --selector app.kubernetes.io/instance=onyx --replicas=0',
    'kubectl --namespace onyx wait pod --selector app.kubernetes.io/instance=onyx --for=delete --timeout=10m',
    `${CALL} --request DELETE 'https://localhost:9200/${OPENSEARCH.indices}'`,
    `${CALL} --header 'Content-Type: application/json' --data '{"indices": "${OPENSEARCH.indices}", "include_global_state": false}' \\`,
    `  "https://localhost:9200/_snapshot/${OPENSEARCH.repository}/$SNAPSHOT/_restore"`,
    START_ARGO_CD,
    '```',
  ];
}
