// Alerts about OpenSearch and Redis. Neither has metrics here: what is known is what kube-state-metrics and the kubelet say
// of their volumes, pods and Services, and when a check of ours last passed.
import { ONYX_NAMESPACE, OPENSEARCH, REDIS } from '../../../../generator/core/data-services.ts';
import { SEARCH_COPIES, SEARCH_READABLE } from '../names.ts';
import type { Alert, RuleGroup } from './rule.ts';

/** Claims of the nodes, which need other advice than those that grow by themselves. */
export const SEARCH_CLAIMS = `${OPENSEARCH.service}-${OPENSEARCH.service}-.+`;

const MINUTE = 60;
const HOUR = 3600;

export function dataServiceRules(known: {
  readonly hasSearch: boolean;
  readonly hasSearchCopies: boolean;
  readonly hasRedis: boolean;
}): RuleGroup {
  return {
    name: 'data-services',
    alerts: [
      ...(known.hasSearch ? SEARCH : []),
      ...(known.hasSearchCopies ? COPIES : []),
      ...(known.hasRedis ? SENTINEL : []),
    ],
  };
}

/** How long ago a check last passed; where it never did, since it is there. */
const unseenFor = (name: string) => {
  const cronJob = `{namespace="${ONYX_NAMESPACE}",cronjob="${name}"}`;
  return `time() - max(kube_cronjob_status_last_successful_time${cronJob} or kube_cronjob_created${cronJob})`;
};

const volumeLeft = (() => {
  const claims = `{namespace="${ONYX_NAMESPACE}",persistentvolumeclaim=~"${SEARCH_CLAIMS}"}`;
  return `kubelet_volume_stats_available_bytes${claims} / kubelet_volume_stats_capacity_bytes${claims}`;
})();

const ENLARGE =
  'Push the new size, and then enlarge the claims by hand, as the runbook says of OpenSearch: either alone changes nothing for good.';

/** The thresholds lie before those at which OpenSearch acts: 85 % and 95 % full, by default. */
const SEARCH: readonly Alert[] = [
  {
    alert: 'SearchVolumeFull',
    expr: `${volumeLeft} < 0.18`,
    for: '15m',
    severity: 'warning',
    summary: 'Volume {{ $labels.persistentvolumeclaim }} of OpenSearch has {{ $value | humanizePercentage }} left.',
    description: `With less than 15 % it gets no further parts of an index, and with less than 5 % nothing is written. ${ENLARGE}`,
  },
  {
    alert: 'SearchVolumeFull',
    expr: `${volumeLeft} < 0.08`,
    for: '5m',
    severity: 'critical',
    summary: 'Volume {{ $labels.persistentvolumeclaim }} of OpenSearch has {{ $value | humanizePercentage }} left.',
    description: `With less than 5 % every index on it becomes read-only: Onyx finds documents, and takes no new ones. That ends by itself once more than 10 % are free. ${ENLARGE}`,
  },
  {
    alert: 'SearchUnreadable',
    expr: `${unseenFor(SEARCH_READABLE)} > ${45 * MINUTE}`,
    for: '5m',
    severity: 'critical',
    summary: 'The search index of Onyx could not be read for {{ $value | humanizeDuration }}.',
    description: `OpenSearch does not answer, or a part of an index is on none of its nodes. The log of the newest Job of ${SEARCH_READABLE} in ${ONYX_NAMESPACE} tells which; how an index comes back is in the runbook.`,
  },
];

/** A look each hour, with half an hour of patience. */
const COPIES: readonly Alert[] = [
  {
    alert: 'SearchCopiesMissing',
    expr: `${unseenFor(SEARCH_COPIES)} > ${3 * HOUR}`,
    for: '5m',
    severity: 'warning',
    summary: 'A part of the search index has had one copy only for {{ $value | humanizeDuration }}.',
    description:
      'If another node is lost now, that part cannot be read until it is back: drain and replace none. _cluster/allocation/explain of OpenSearch tells what holds the copy back.',
  },
];

const sentinels = `{namespace="${ONYX_NAMESPACE}",statefulset="${REDIS.service}-s"}`;
const masters = `{namespace="${ONYX_NAMESPACE}",endpointslice=~"${REDIS.service}-master-.+",ready="true"}`;

/**
 * The operator asks each pod for its role and labels it; the Service of the master has those so labelled.
 * @see https://github.com/kubernetes/kube-state-metrics/blob/v2.19.1/internal/store/endpointslice.go
 */
const SENTINEL: readonly Alert[] = [
  {
    alert: 'RedisWithoutMaster',
    expr: `absent(kube_endpointslice_endpoints${masters}) and on () (max(kube_statefulset_replicas{namespace="${ONYX_NAMESPACE}",statefulset="${REDIS.service}"}) > 0)`,
    for: '10m',
    severity: 'critical',
    summary: 'No ready pod of Redis has been the master for ten minutes.',
    description: `Onyx can neither queue work nor sign anybody in. kubectl -n ${ONYX_NAMESPACE} get pods -l app=${REDIS.service} -L redis-role shows who is what; "redis-cli -p ${REDIS.sentinelPort} sentinel get-master-addr-by-name ${REDIS.masterName}" in a pod of ${REDIS.service}-s whom Sentinel takes for it.`,
  },
  {
    alert: 'SentinelsWithoutMajority',
    expr: `kube_statefulset_status_replicas_ready${sentinels} < 2 and kube_statefulset_replicas${sentinels} > 1`,
    for: '5m',
    severity: 'critical',
    summary: 'Only {{ $value }} of the Sentinels of Redis is ready.',
    description: 'Two have to agree: if the master of Redis is lost now, no other one takes its place.',
  },
];
