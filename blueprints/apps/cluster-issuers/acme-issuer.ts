// Let's Encrypt by dns-01: the only challenge that works behind zCompute load balancers and that proves a wildcard.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { NOT_A_GATE } from './own-ca.ts';

/** @see https://letsencrypt.org/docs/staging-environment/ */
const HOSTS: Readonly<Record<string, string>> = {
  staging: 'acme-staging-v02.api.letsencrypt.org',
  production: 'acme-v02.api.letsencrypt.org',
};

/** Plans the ClusterIssuer; `dns01` says how cert-manager writes the proof. */
export function planAcmeIssuer(context: AppContext, dns01: YamlMap): Manifest {
  const { domain, tls } = context.ingress;
  if (domain === undefined || tls.email === undefined) throw new Error('the rules let acme pass without a domain');
  return {
    file: 'cluster-issuer',
    object: {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: from('ingress.tls', tls.issuer), annotations: NOT_A_GATE },
      spec: {
        acme: {
          server: from('ingress.tls.server', `https://${requireAcmeHost(context)}/directory`),
          email: from('ingress.tls.email', tls.email),
          // The key of the account, made by cert-manager; losing it costs nothing but a new account.
          privateKeySecretRef: { name: `${tls.issuer}-account` },
          solvers: [{ selector: { dnsZones: [from('ingress.domain', domain)] }, dns01 }],
        },
      },
    },
  };
}

/** Host of the ACME server that the environment chose. */
export function requireAcmeHost(context: AppContext): string {
  const { server } = context.ingress.tls;
  const host = HOSTS[server ?? ''];
  if (host === undefined) throw new Error(`the schema let an unknown ACME server pass: ${server}`);
  return host;
}
