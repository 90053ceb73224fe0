// Cluster issuers: who signs certificates, a CA of the cluster's own or an ACME server that wants proof in DNS.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp } from '../../../generator/core/blueprint.ts';
import { planAcmeIssuer, requireAcmeHost } from './acme-issuer.ts';
import { CREDENTIALS_SECRET, planSolver } from './dns-solver.ts';
import { NAMESPACE, planOwnCa } from './own-ca.ts';

export const app = defineApp({
  name: 'cluster-issuers',
  title: 'Cluster issuers',
  summary: "Sign certificates: a CA of the cluster's own, or an ACME server.",
  // cert-manager reads what ClusterIssuers refer to in its own namespace. Its own app makes and labels it.
  namespace: { name: NAMESPACE },
  project: 'platform',
  // Whatever is wrong with an issuer, or with a SealedSecret of its token, nothing may wait with it: who asks it for
  // certificates asks again. That its own objects do not count in its health leaves out the Secret and the sync itself.
  lastWave: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  dependencies: () => ({ hard: ['cert-manager'] }),
  plan: (context) => ({
    // Should the CRDs ever be missing, this app must not stop at its dry run before it can try again.
    syncOptions: ['SkipDryRunOnMissingResource=true'],
    clusterKinds: [{ group: 'cert-manager.io', kind: 'ClusterIssuer' }],
    ...(context.ingress.tls.kind === 'acme' ? planAcme(context) : { manifests: planOwnCa(context) }),
  }),
});

function planAcme(context: AppContext): AppPlan {
  const solver = planSolver(context);
  return {
    manifests: [planAcmeIssuer(context, solver.dns01)],
    secrets: [{ name: CREDENTIALS_SECRET, namespace: NAMESPACE, keys: solver.keys, usedBy: 'cert-manager' }],
    egress: [
      { host: requireAcmeHost(context), port: 443, purpose: 'ACME server that signs certificates' },
      { ...solver.api, purpose: 'cert-manager answers dns-01 challenges' },
    ],
  };
}
