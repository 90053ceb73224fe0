// How the database comes back, for the runbook of the environment.
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { POSTGRES } from '../../../generator/core/data-services.ts';
import type { Inputs } from './inputs.ts';

const PSQL = `kubectl --namespace onyx exec "$PRIMARY" --container postgres -- psql`;

/** Nothing in Git has changed, so the Job that makes the administrator does not run; tables are made when the API server starts. */
const EMPTY = [
  '**An empty database, while Onyx runs.** It has no tables until the API server starts anew, and no administrator until the sync after that. Where `apps.onyx.passwordSignUp` is true, whoever comes first would become administrator: take Onyx out of `ingress.expose`, render and push before, and put it back after:',
  '',
  '```sh',
  'kubectl --namespace onyx rollout restart deployment onyx-api-server',
  'kubectl --namespace onyx rollout status deployment onyx-api-server --timeout=40m',
  formatSync('onyx-access'),
  'kubectl --namespace onyx logs job/onyx-bootstrap',
  '```',
] as const;

/** Lines of Markdown. */
export function describeRecovery({ backup, environment, inputs }: AppContext<Inputs>): readonly string[] {
  if (backup === undefined)
    return [
      'There is no copy outside the cluster, because the environment file has no `backup`: an environment that is made anew starts with an empty database.',
      '',
      ...EMPTY,
    ];
  const next = inputs.generation + 1;
  const file = `environments/${environment}.yaml`;
  return [
    `A base copy is made every night and each change follows within minutes, to \`${backup.folder}/\` in the bucket \`${backup.bucket}\` at ${backup.endpoint}. They reach back ${backup.retentionDays} days. Whether copies arrive, and from when on one can recover:`,
    '',
    '```sh',
    `kubectl --namespace onyx get cluster ${POSTGRES.cluster} --output jsonpath='{.status.conditions[?(@.type=="ContinuousArchiving")]}{"\\n"}'`,
    `kubectl --namespace onyx get objectstore ${POSTGRES.cluster}-archive --output jsonpath='{.status.serverRecoveryWindow}{"\\n"}'`,
    '```',
    '',
    `**A new cluster, or a database that was deleted.** Nothing starts empty while there are copies: the guard stops, and says what to write into \`${file}\`. Usually:`,
    '',
    '```yaml',
    'apps:',
    `  ${POSTGRES.cluster}:`,
    `    generation: ${next} # one more than before`,
    '```',
    '',
    'Render and push; the rest goes by itself. What the guard says, and how far it is:',
    '',
    '```sh',
    `kubectl --namespace onyx logs job/${POSTGRES.cluster}-guard`,
    `kubectl --namespace onyx get cluster ${POSTGRES.cluster} --watch`,
    '```',
    '',
    `**An earlier time, in this cluster.** Users lose what came after it. Write \`generation: ${next}\` and \`recoverUntil: "2026-11-20T08:30:00Z"\`, render and push: the guard stops, because the old database runs. Bring the end of its log into the bucket, so that there is a way back to the present, then delete it; its disks and copies stay:`,
    '',
    '```sh',
    `PRIMARY=$(kubectl --namespace onyx get clusters.postgresql.cnpg.io ${POSTGRES.cluster} --output jsonpath='{.status.currentPrimary}')`,
    `${PSQL} --command 'select pg_switch_wal()'`,
    `kubectl --namespace onyx delete clusters.postgresql.cnpg.io ${POSTGRES.cluster}`,
    '```',
    '',
    `Within three minutes the guard makes the new generation. Was it the wrong time, then once more with \`generation: ${next + 1}\`, \`recoverFrom: ${inputs.generation}\` and another \`recoverUntil\`.`,
    '',
    ...EMPTY,
  ];
}
