// Commands of the documents that tell Argo CD what to do: kubectl alone, so that nobody needs its own command line.

const APPLICATIONS = 'kubectl --namespace argocd patch application';

/**
 * Starts a sync, with hooks, of an Application in which nothing has changed. With the options, retries and pruning that
 * its own syncs have: an operation without options would apply as a client, over fields that others own.
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/controller/appcontroller.go (autoSync)
 */
export function formatSync(app: string): string {
  const patch = [
    { op: 'add', path: '/operation', value: { initiatedBy: { username: 'runbook' }, sync: { prune: true } } },
    { op: 'copy', from: '/spec/syncPolicy/syncOptions', path: '/operation/sync/syncOptions' },
    { op: 'copy', from: '/spec/syncPolicy/retry', path: '/operation/retry' },
  ];
  return `${APPLICATIONS} ${app} --type json --patch '${JSON.stringify(patch)}'`;
}

/**
 * Ends a running sync, as Argo CD's own command does.
 * @see https://github.com/argoproj/argo-cd/blob/v3.4.4/server/application/application.go (TerminateOperation)
 */
export function formatEndSync(app: string): string {
  return `${APPLICATIONS} ${app} --type merge --patch '{"status":{"operationState":{"phase":"Terminating"}}}'`;
}

/** Nothing that is done by hand after this is undone: the root and its children set each other right, one alone cannot be stopped. */
export const STOP_ARGO_CD = 'kubectl --namespace argocd scale statefulset argocd-application-controller --replicas=0';
/** Puts everything back as Git says. */
export const START_ARGO_CD = 'kubectl --namespace argocd scale statefulset argocd-application-controller --replicas=1';
