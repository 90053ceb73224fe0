// Plan → the DNS records that make its hosts reachable, and who writes them.
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
  if (ingress.domain === undefined || ingress.dns.kind === 'external-dns') return [];
  const names =
    ingress.dns.kind === 'wildcard'
      ? [`*.${ingress.domain}`]
      : plan.hosts.flatMap(({ host }) => (host === undefined ? [] : [host])).sort();
  const target = ingress.publicAddress;
  const type = platform.kind === 'aws' ? 'CNAME' : 'A';
  return names.map((name) => ({ name, type, target }));
}
