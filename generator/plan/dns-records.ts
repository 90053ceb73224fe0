// Plan → the DNS records that make its hosts reachable, and who writes them.
import { compareText } from '../core/problem.ts';
import { makeWildcardRecord } from '../environment/wildcard-record.ts';
import type { EnvironmentPlan } from './plan.ts';

export interface DnsRecord {
  /** Fully qualified, without a trailing dot: `*.ai.example.com`. */
  readonly name: string;
  readonly type: 'A' | 'CNAME';
  /** Undefined until the load balancer exists: on zCompute its address, on AWS its name. */
  readonly target: string | undefined;
}

/**
 * Records that a person creates: the wildcard if `dns.kind` is `wildcard`, one per host if it is `none`.
 * None without a domain, and none where external-dns writes them.
 */
export function planDnsRecords(plan: EnvironmentPlan): DnsRecord[] {
  const { platform, ingress } = plan.environment;
  const wildcard = makeWildcardRecord(plan.environment);
  if (wildcard !== undefined) return [{ name: wildcard.name, type: wildcard.type, target: wildcard.value }];
  if (ingress.domain === undefined || ingress.dns.kind !== 'none') return [];
  const type = platform.kind === 'aws' ? 'CNAME' : 'A';
  return plan.hosts
    .flatMap(({ host }) => (host === undefined ? [] : [host]))
    .sort(compareText)
    .map((name) => ({ name, type, target: ingress.publicAddress }));
}
