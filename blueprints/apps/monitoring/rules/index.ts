// All alerts of an environment, as VMRules of our own: those that come with the chart would be fetched at each sync.
import type { AppContext, Manifest } from '../../../../generator/core/blueprint.ts';
import { NAMESPACE } from '../names.ts';
import { hasSearchCopies, hasSearchSnapshots } from '../search-checks.ts';
import { backupRules } from './backups.ts';
import { dataServiceRules } from './data-services.ts';
import { gpuRules } from './gpus.ts';
import { monitoringRules, watchdogRule } from './monitoring.ts';
import { nodeRules } from './nodes.ts';
import { platformRules } from './platform.ts';
import { type RuleGroup, toManifest } from './rule.ts';
import { storageRules, workloadRules } from './workloads.ts';

/** VMRules about what this environment has. */
export function planRules(context: AppContext): Manifest[] {
  return [...listRuleGroups(context).map(toManifest), WATCHDOG];
}

export function listRuleGroups(context: AppContext): RuleGroup[] {
  const { has, gpuPools, backup, cluster } = context;
  const hasGpus = gpuPools.length > 0;
  return [
    nodeRules({ hasGpus }),
    workloadRules,
    storageRules(has('opensearch')),
    ...platformRules(has),
    ...(hasGpus ? [gpuRules(has('dcgm-exporter'))] : []),
    backupRules({
      etcdInBucket: cluster.hasEtcdBackup,
      hasDatabase: has('onyx-database'),
      hasBackup: backup !== undefined,
      hasSearchSnapshots: hasSearchSnapshots(context),
      hasFileCopies: has('onyx-files'),
    }),
    ...(has('opensearch') || has('redis')
      ? [
          dataServiceRules({
            hasSearch: has('opensearch'),
            hasSearchCopies: hasSearchCopies(context),
            hasRedis: has('redis'),
          }),
        ]
      : []),
    monitoringRules,
  ];
}

const WATCHDOG: Manifest = {
  file: 'rules-watchdog',
  object: {
    apiVersion: 'operator.victoriametrics.com/v1beta1',
    kind: 'VMRule',
    metadata: { name: 'watchdog', namespace: NAMESPACE },
    spec: { groups: [{ name: 'watchdog', rules: [watchdogRule] }] },
  },
};
