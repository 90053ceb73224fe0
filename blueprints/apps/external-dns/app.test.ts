import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import type { SealedSecret } from '../../../generator/plan/sealing.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/external-dns/app.ts', () => {
  it.each([
    [
      'Cloudflare',
      'zcompute-high-cloudflare',
      { provider: { name: 'cloudflare' } },
      { CF_API_TOKEN: 'api-token' },
      'api.cloudflare.com:443',
    ],
    [
      'Route 53, below the zone, with keys of its own',
      'aws-high',
      {
        provider: { name: 'aws' },
        domainFilters: ['ai.example.com'],
        extraArgs: {
          'aws-zone-match-parent': true,
          'aws-zone-type': 'public',
          'zone-id-filter': 'Z0123456789ABCDEFGHIJ',
        },
      },
      { AWS_ACCESS_KEY_ID: 'access-key-id', AWS_SECRET_ACCESS_KEY: 'secret-access-key' },
      'route53.amazonaws.com:443',
    ],
    [
      'RFC 2136',
      'gpu-mix',
      {
        provider: { name: 'rfc2136' },
        domainFilters: ['mix.example.com'],
        extraArgs: {
          'rfc2136-host': 'ns1.example.com',
          'rfc2136-zone': 'mix.example.com',
          'rfc2136-tsig-keyname': 'rootstock',
        },
      },
      { EXTERNAL_DNS_RFC2136_TSIG_SECRET: 'tsig-secret' },
      'ns1.example.com:53',
    ],
  ])('writes records at %s', (_, example, expected, secretEnv, api) => {
    const { values, secrets, egress } = planApp(example);

    expect(values).toMatchObject(expected);
    expect(listSecretEnv(values)).toEqual(secretEnv);
    expect(secrets[0]?.keys.map(({ key }) => key).sort()).toEqual(Object.values(secretEnv).sort());
    expect(egress.map(({ host, port }) => `${host}:${port}`)).toContain(api);
  });

  it('takes the credentials of cert-manager where it has the same', () => {
    const shared = planApp('zcompute-high-cloudflare');
    const own = planApp('zcompute-high-cloudflare', {
      ingress: { tls: { kind: 'self-signed', email: null, server: null } },
    });

    expect(shared.secrets[0]?.keys).toMatchObject([
      { make: { kind: 'text', text: '${cert-manager/dns-credentials/api-token}' } },
    ]);
    expect(own.secrets[0]?.keys[0]).not.toHaveProperty('make');
  });

  it('starts anew when its credentials change', () => {
    const credentials = {
      environment: 'west',
      app: 'external-dns',
      namespace: 'external-dns',
      name: 'dns-credentials',
    };
    const sealed = { ...credentials, keys: ['api-token'], path: 'x.yaml', digest: 'd1'.repeat(16) };
    const annotationsWith = (found: readonly (typeof sealed)[]) =>
      planApp('zcompute-high-cloudflare', {}, found).values['podAnnotations'];

    expect(annotationsWith([])).toBeUndefined();
    expect(annotationsWith([sealed])).toEqual({ 'rootstock.dev/secrets': 'd1'.repeat(8) });
    expect(annotationsWith([{ ...sealed, namespace: 'cert-manager' }])).toBeUndefined();
  });

  it.each([
    ['a zone above the domain', 'ai.example.com', 'example.com', true],
    ['the zone of the domain itself', 'ai.example.com', 'ai.example.com', true],
    ['a name under the domain', 'ai.example.com', 'chat.ai.example.com', true],
    ['the record that marks a name as ours', 'ai.example.com', 'a-chat.ai.example.com', true],
    ['a zone two levels above', 'ai.corp.example.com', 'example.com', true],
    ['a sibling of the domain', 'ai.example.com', 'www.example.com', false],
    ['a name that only ends alike', 'ai.example.com', 'chat-ai.example.com', false],
    ['a dot that is another letter', 'ai.example.com', 'ai.exampleXcom', false],
    ['a top-level domain', 'ai.example.com', 'com', false],
  ])('lets the Cloudflare filter see %s: %s, %s', (_, domain, name, isSeen) => {
    const { values } = planApp('zcompute-high-cloudflare', { ingress: { domain } });

    const expression = (values['extraArgs'] as PlainMap)['regex-domain-filter'];
    expect(new RegExp(String(expression)).test(name)).toBe(isSeen);
  });

  it('marks its records with the name of the environment and deletes none unless asked', () => {
    const { values } = planApp('zcompute-high-cloudflare');

    expect(values).toMatchObject({ txtOwnerId: 'west', registry: 'txt', policy: 'upsert-only', sources: ['ingress'] });
  });

  it('deletes its records with policy sync', () => {
    const { values } = planApp('zcompute-high-cloudflare', { ingress: { dns: { policy: 'sync' } } });

    expect(values['policy']).toBe('sync');
  });

  it.each([
    [
      'on zCompute only those of Traefik, since other load balancers have names that resolve nowhere',
      'gpu-mix',
      'traefik',
    ],
    ['on AWS any', 'aws-high', undefined],
  ])('reads Ingresses: %s', (_, example, ingressClass) => {
    const { values } = planApp(example);

    expect((values['extraArgs'] as PlainMap)['ingress-class']).toBe(ingressClass);
  });

  it('names its single replica as an exception', () => {
    const { exceptions } = planApp('zcompute-high-cloudflare');

    expect(exceptions.map(({ what }) => what)).toEqual([expect.stringContaining('one replica')]);
  });

  it.each(['zcompute-high-wildcard', 'zcompute-single'])(
    'is not there when somebody else writes DNS (%s)',
    (example) => {
      const environment = parse(environmentText({ apps: null }, example)) as object;

      const { apps } = planOne(environment, [app]);

      expect(apps).toEqual([]);
    },
  );
});

function planApp(example: string, changes: PlainMap = {}, sealed: readonly SealedSecret[] = []) {
  const environment = parse(environmentText({ ...changes, apps: null }, example)) as object;
  const [planned] = planOne(environment, [app], sealed).apps;
  const { values = {}, secrets = [], egress = [], exceptions = [] } = planned!.plan;
  return { values: stripProvenance(values).plain as PlainMap, secrets, egress, exceptions };
}

function listSecretEnv(values: PlainMap): Record<string, unknown> {
  const entries = (values['env'] as PlainMap[]).flatMap(({ name, valueFrom }) => {
    const reference = (valueFrom as PlainMap | undefined)?.['secretKeyRef'] as PlainMap | undefined;
    return reference === undefined ? [] : [[String(name), reference['key']]];
  });
  return Object.fromEntries(entries);
}
