// What k3s runs by itself beside the apps of the catalog: it takes room, and it is lost with its node, too.
import type { Workload } from '../core/blueprint.ts';
import type { EnvironmentPlan } from './plan.ts';

/** Both in k3s's packaged manifests. @see https://github.com/k3s-io/k3s/tree/master/manifests (v1.35) */
const REQUESTS = { cpuMillis: 100, memoryMiB: 70 } as const;

/**
 * Pods that k3s brings with one replica, whatever `availability` says. They tolerate control nodes and start on the
 * first of them, because no other node is there yet; so they count there.
 */
export function listK3sWorkloads(plan: EnvironmentPlan): Workload[] {
  const ownCoreDns = plan.apps.some(({ blueprint }) => blueprint.name === 'coredns');
  return [
    ...(ownCoreDns
      ? []
      : [
          alone(
            'coredns',
            'No name resolves in the cluster until it runs on another node, five to seven minutes later.',
          ),
        ]),
    alone(
      'metrics-server',
      '`kubectl top` and autoscalers of pods have no numbers until it runs on another node, five to seven minutes later.',
    ),
  ];
}

function alone(name: string, onNodeLoss: string): Workload {
  return { name, kind: 'Deployment', replicas: 1, requests: REQUESTS, runsOn: 'control', hasBudget: false, onNodeLoss };
}
