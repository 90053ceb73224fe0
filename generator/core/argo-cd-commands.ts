// Commands of the documents that tell Argo CD what to do: kubectl alone, so that nobody needs its own command line.

const APPLICATIONS = 'kubectl --namespace argocd patch application';

/**
 * Starts a sync, with hooks, of an Application in which nothing has changed. With the options, retries and pruning that
 * its own syncs have: an operation without options would apply as a client, over fields that others own. The state of the
 * last one goes, as Argo CD has it go: the controller merges the new state into it, so after a self-heal the list of what
 * was healed would stay, and a sync of single objects runs no hooks. Refused while a sync runs.
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/controller/appcontroller.go (autoSync, setOperationState)
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/util/argo/argo.go (SetAppOperation)
 */
export function formatSync(app: string): string {
  const patch = [
    { op: 'test', path: '/operation', value: null },
    { op: 'remove', path: '/status/operationState' },
    { op: 'add', path: '/operation', value: { initiatedBy: { username: 'runbook' }, sync: { prune: true } } },
    { op: 'copy', from: '/spec/syncPolicy/syncOptions', path: '/operation/sync/syncOptions' },
    { op: 'copy', from: '/spec/syncPolicy/retry', path: '/operation/retry' },
  ];
  return `${APPLICATIONS} ${app} --type json --patch '${JSON.stringify(patch)}'`;
}

/**
 * Ends a running sync, as Argo CD's own command does. Refused where none runs: nobody would take the phase away again.
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/server/application/application.go (TerminateOperation)
 */
export function formatEndSync(app: string): string {
  const path = '/status/operationState/phase';
  const patch = [
    { op: 'test', path, value: 'Running' },
    { op: 'replace', path, value: 'Terminating' },
  ];
  return `${APPLICATIONS} ${app} --type json --patch '${JSON.stringify(patch)}'`;
}

/** Nothing that is done by hand after this is undone: the root and its children set each other right, one alone cannot be stopped. */
export const STOP_ARGO_CD = 'kubectl --namespace argocd scale statefulset argocd-application-controller --replicas=0';
/** Puts everything back as Git says. */
export const START_ARGO_CD = 'kubectl --namespace argocd scale statefulset argocd-application-controller --replicas=1';
