import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { LAST_WAVE } from '../../../generator/plan/waves.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { app as other, planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/cluster-issuers/app.ts', () => {
  it('signs with a root of its own for ten years, whose key outlives renewals', () => {
    const { objects } = planApp('zcompute-high-wildcard');

    expect(objects.map(({ kind }) => kind)).toEqual(['Issuer', 'Certificate', 'ClusterIssuer']);
    expect(specOf(objects, 'Certificate')).toMatchObject({
      isCA: true,
      secretName: 'rootstock-ca',
      duration: '87600h',
      privateKey: { rotationPolicy: 'Never' },
      issuerRef: { kind: 'Issuer', name: 'rootstock-bootstrap' },
    });
    expect(specOf(objects, 'ClusterIssuer')).toEqual({ ca: { secretName: 'rootstock-ca' } });
  });

  it.each([
    [
      'staging',
      'zcompute-high-cloudflare',
      'letsencrypt-staging',
      'https://acme-staging-v02.api.letsencrypt.org/directory',
    ],
    ['production', 'aws-high', 'letsencrypt-production', 'https://acme-v02.api.letsencrypt.org/directory'],
  ])('asks the ACME server for %s', (_, example, name, server) => {
    const { objects, egress } = planApp(example);

    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({
      kind: 'ClusterIssuer',
      metadata: { name },
      spec: {
        acme: {
          server,
          email: 'ops@example.com',
          privateKeySecretRef: { name: `${name}-account` },
          solvers: [{ selector: { dnsZones: ['ai.example.com'] } }],
        },
      },
    });
    expect(egress.map(({ host }) => host)).toContain(new URL(server).hostname);
  });

  it.each([
    [
      'Cloudflare',
      'zcompute-high-cloudflare',
      { cloudflare: { apiTokenSecretRef: { name: 'dns-credentials', key: 'api-token' } } },
      ['api-token'],
      'api.cloudflare.com:443',
    ],
    [
      'Route 53',
      'aws-high',
      {
        route53: {
          region: 'us-east-1',
          hostedZoneID: 'Z0123456789ABCDEFGHIJ',
          accessKeyIDSecretRef: { name: 'dns-credentials', key: 'access-key-id' },
          secretAccessKeySecretRef: { name: 'dns-credentials', key: 'secret-access-key' },
        },
      },
      ['access-key-id', 'secret-access-key'],
      'route53.amazonaws.com:443',
    ],
    [
      'RFC 2136',
      'gpu-mix',
      {
        rfc2136: {
          nameserver: 'ns1.example.com:53',
          tsigAlgorithm: 'HMACSHA256',
          tsigKeyName: 'rootstock',
          tsigSecretSecretRef: { name: 'dns-credentials', key: 'tsig-secret' },
        },
      },
      ['tsig-secret'],
      'ns1.example.com:53',
    ],
  ])('proves the domain at %s and names the secret for it', (_, example, dns01, keys, api) => {
    const { objects, secrets, egress } = planApp(example, ACME);

    expect(specOf(objects, 'ClusterIssuer')).toMatchObject({ acme: { solvers: [{ dns01 }] } });
    expect(secrets).toMatchObject([{ name: 'dns-credentials', namespace: 'cert-manager' }]);
    expect(secrets[0]?.keys.map(({ key }) => key)).toEqual(keys);
    expect(egress.map(({ host, port }) => `${host}:${port}`)).toContain(api);
  });

  it.each(['zcompute-high-wildcard', 'zcompute-high-cloudflare'])('lets nothing wait for an issuer (%s)', (example) => {
    const { objects, wave } = planApp(example);

    expect(wave).toBe(LAST_WAVE);
    for (const { metadata } of objects)
      expect(metadata).toMatchObject({ annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } });
  });
});

const ACME: PlainMap = { ingress: { tls: { kind: 'acme', email: 'ops@example.com' } } };

function planApp(example: string, changes: PlainMap = {}) {
  const environment = parse(environmentText({ ...changes, apps: null }, example)) as object;
  const { apps } = planOne(environment, [app, other({}, { name: 'cert-manager' })]);
  const { plan, wave } = apps.find(({ blueprint }) => blueprint === app)!;
  const { manifests = [], secrets = [], egress = [] } = plan;
  return { objects: manifests.map(({ object }) => stripProvenance(object).plain as PlainMap), secrets, egress, wave };
}

function specOf(objects: readonly PlainMap[], kind: string): PlainMap {
  return objects.find((object) => object['kind'] === kind)!['spec'] as PlainMap;
}
