// Egress → what docs/<environment>/egress.md shows.
import { planNoProxy } from '../../plan/app-contexts.ts';
import { type EgressEntry, planEgress } from '../../plan/egress.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { code, listInWords, markdownTable } from '../markdown.ts';

export function egressView(plan: EnvironmentPlan): Record<string, unknown> {
  const entries = planEgress(plan);
  const pick = (from: EgressEntry['from'], when?: EgressEntry['when']) =>
    entries.filter((entry) => entry.from === from && (when === undefined || entry.when === when));
  const later = pick('cluster', 'later');
  const { proxy, pullSecrets, registryMirrors } = plan.environment.egress;
  const table = proxy === undefined ? egressTable : wayTable;
  return {
    ...proxyView(plan),
    hasMirrors: Object.keys(registryMirrors).length > 0,
    pullSecretText: pullSecrets.length > 0 && listInWords(pullSecrets.map(code)),
    gatewayWord: plan.network.natGateways === 1 ? 'gateway' : `gateways (${plan.network.natGateways})`,
    bootTable: table(pick('cluster', 'boot')),
    laterTable: later.length === 0 ? false : table(later),
    workstationTable: egressTable(pick('workstation')),
  };
}

/** What goes where with a proxy; nothing without. */
function proxyView(plan: EnvironmentPlan): Record<string, unknown> {
  const { proxy } = plan.environment.egress;
  if (proxy === undefined) return { proxyUrl: false, noProxyText: '' };
  return { proxyUrl: code(proxy.url), noProxyText: listInWords(planNoProxy(plan.environment, plan.network).map(code)) };
}

function wayTable(entries: readonly EgressEntry[]): string {
  return markdownTable(
    ['Host', 'Port', 'Protocol', 'Way', 'What for'],
    entries.map(({ host, port, protocol, way, purposes }) => [
      code(host),
      String(port),
      protocol,
      way,
      purposes.join('; '),
    ]),
    [1],
  );
}

function egressTable(entries: readonly EgressEntry[]): string {
  return markdownTable(
    ['Host', 'Port', 'Protocol', 'What for'],
    entries.map(({ host, port, protocol, purposes }) => [code(host), String(port), protocol, purposes.join('; ')]),
    [1],
  );
}
