// Exposed apps exist, have a route, and can be told apart by name.

import { nearest } from '../../core/nearest.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { CatalogFacts, Finding, Rule } from './rule.ts';

const UNKNOWN: ProblemKind = {
  code: 'EXPOSE-001',
  title: 'An exposed app is not in the catalog',
  explanation: '`rootstock catalog` lists the apps of this version.',
};
const NO_ROUTE: ProblemKind = {
  code: 'EXPOSE-002',
  title: 'An exposed app has nothing to show',
  explanation: 'The app has no web interface for people, so there is no name to give it.',
};
const CATCH_ALL: ProblemKind = {
  code: 'EXPOSE-003',
  title: 'Without a domain only Onyx can be exposed',
  explanation:
    'Apps behind one address are told apart by the name that the browser asks for. Without a domain there are no names, so exactly one app, Onyx, answers everything. Reach the others through the bastion with kubectl port-forward.',
};

/** The one app that may answer every name. */
const CATCH_ALL_APP = 'onyx';

/** How to reach an app that is not exposed: namespace, Service and its port, as their charts name them. */
const PORT_FORWARDS: ReadonlyMap<string, string> = new Map([
  ['argo-cd', 'kubectl -n argocd port-forward service/argocd-server 8080:80'],
  ['grafana', 'kubectl -n monitoring port-forward service/grafana 8080:80'],
]);

export const exposedApps: Rule = {
  kinds: [UNKNOWN, NO_ROUTE, CATCH_ALL],
  check: ({ ingress }, facts) =>
    (ingress.expose ?? []).flatMap((app, index) => checkApp(app, ['ingress', 'expose', index], ingress.domain, facts)),
};

function checkApp(
  app: string,
  at: readonly (string | number)[],
  domain: string | undefined,
  facts: CatalogFacts,
): Finding[] {
  if (domain === undefined && app !== CATCH_ALL_APP && (Object.hasOwn(facts.routes, app) || PORT_FORWARDS.has(app))) {
    const message = `${app} cannot be exposed without ingress.domain: one address serves one app, and that is Onyx.`;
    const way = PORT_FORWARDS.get(app) ?? `kubectl port-forward`;
    return [{ kind: CATCH_ALL, at, message, hint: `add ingress.domain, or use ${way}` }];
  }
  if (Object.hasOwn(facts.routes, app)) return [];
  const names = Object.keys(facts.routes).sort();
  if (facts.apps.includes(app)) {
    const hint = names.length === 0 ? 'remove it' : `apps with a web interface: ${names.join(', ')}`;
    return [{ kind: NO_ROUTE, at, message: `${app} has no web interface to expose.`, hint }];
  }
  const hint =
    nearest(app, names) ?? (names.length === 0 ? 'remove it' : `apps with a web interface: ${names.join(', ')}`);
  return [{ kind: UNKNOWN, at, message: `${app} is not in the catalog of this version.`, hint }];
}
