// How the files come back, for the runbook of the environment.
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';

/** Lines of Markdown. */
export function describeRecovery({
  backup,
  objectStorage,
}: Pick<AppContext, 'backup' | 'objectStorage'>): readonly string[] {
  if (backup === undefined) return [];
  const inCluster = objectStorage?.kind === 'in-cluster';
  return [
    `Every night new and changed files are copied to \`${backup.folder}/\` in the bucket \`${backup.bucket}\`; what was changed or deleted stays there for ${backup.retentionDays} days. The bucket of a new environment is filled again by itself:`,
    '',
    '```sh',
    'kubectl --namespace onyx logs --selector app.kubernetes.io/name=onyx-files,app.kubernetes.io/component=restore --tail=-1',
    '```',
    '',
    `A bucket that was emptied or made anew while the environment lives on is filled once the Job that has done it is gone; Argo CD makes another${inCluster ? '. The store makes its bucket in a sync only, so that comes first' : ''}:`,
    '',
    '```sh',
    ...(inCluster ? [formatSync('seaweedfs')] : []),
    'kubectl --namespace onyx delete job --selector app.kubernetes.io/name=onyx-files,app.kubernetes.io/component=restore',
    '```',
    '',
    'Files as they were at a moment, for example together with a database of that time; files that are newer stay:',
    '',
    '```sh',
    'kubectl --namespace onyx create job files-back --from=cronjob/onyx-files-restore-by-hand --dry-run=client --output yaml |',
    '  kubectl set env --local --filename - POINT=2026-11-20T0000Z --output yaml |',
    '  kubectl apply --filename -',
    'kubectl --namespace onyx logs --follow job/files-back',
    '```',
    '',
    'A copy at once:',
    '',
    '```sh',
    'kubectl --namespace onyx create job copy-now --from=cronjob/onyx-files-backup',
    '```',
  ];
}
