// The pods of Argo CD: what they ask for, and what losing their node does.
import type { AvailabilityPlan, ResourceAmounts, Workload } from '../../../generator/core/blueprint.ts';

export type Component = 'controller' | 'server' | 'repoServer' | 'redis' | 'redisSecretInit';

/** Requests without limits: a repo-server that meets a big chart should be slow, not killed. */
export const REQUESTS: Readonly<Record<Component, ResourceAmounts>> = {
  controller: { cpuMillis: 250, memoryMiB: 512 },
  server: { cpuMillis: 50, memoryMiB: 128 },
  repoServer: { cpuMillis: 100, memoryMiB: 256 },
  redis: { cpuMillis: 50, memoryMiB: 64 },
  redisSecretInit: { cpuMillis: 50, memoryMiB: 64 },
};

/** Lists the pods that run all the time; the Job that makes the Redis password ends after seconds. */
export function listWorkloads({ replicas }: AvailabilityPlan): Workload[] {
  const hasBudget = replicas > 1;
  return [
    {
      name: 'argocd-application-controller',
      kind: 'StatefulSet',
      replicas: 1,
      requests: REQUESTS.controller,
      runsOn: 'worker',
      hasBudget: false,
      onNodeLoss: 'Nothing is synced until it runs on another node; what runs in the cluster goes on.',
    },
    {
      name: 'argocd-server',
      kind: 'Deployment',
      replicas,
      requests: REQUESTS.server,
      runsOn: 'worker',
      hasBudget,
      onNodeLoss: hasBudget
        ? 'The other server answers.'
        : 'The web interface is away until it runs on another node; syncs go on.',
    },
    {
      name: 'argocd-repo-server',
      kind: 'Deployment',
      replicas,
      requests: REQUESTS.repoServer,
      runsOn: 'worker',
      hasBudget,
      onNodeLoss: hasBudget
        ? 'The other repo-server renders.'
        : 'No change of Git reaches the cluster until it runs on another node.',
    },
    {
      name: 'argocd-redis',
      kind: 'Deployment',
      replicas: 1,
      requests: REQUESTS.redis,
      runsOn: 'worker',
      hasBudget: false,
      onNodeLoss: 'The web interface shows errors until the cache runs on another node and has filled again.',
    },
  ];
}
