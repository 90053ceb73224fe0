import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/cert-manager/app.ts', () => {
  it.each([
    ['one pod of each and no budget', 'zcompute-single', 1, 0],
    ['two of each, apart, with a budget', 'zcompute-high-wildcard', 2, 3],
  ])('runs %s (%s)', (_, example, replicas, budgets) => {
    const { values, manifests, workloads } = planApp(example);

    const parts = [values, values['cainjector'], values['webhook']] as PlainMap[];
    expect(parts.map((part) => part['replicaCount'])).toEqual([replicas, replicas, replicas]);
    expect(parts.every((part) => (part['topologySpreadConstraints'] !== undefined) === replicas > 1)).toBe(true);
    expect(manifests.map(({ kind }) => kind)).toEqual(Array(budgets).fill('PodDisruptionBudget'));
    expect(workloads.map((workload) => [workload.replicas, workload.hasBudget])).toEqual(
      Array(3).fill([replicas, replicas > 1]),
    );
  });

  it('selects in each budget the pods that the spread of the same part counts', () => {
    const { values, manifests } = planApp('zcompute-high-wildcard');

    const counted = [values['cainjector'], values, values['webhook']].map((part) => {
      const [first] = (part as PlainMap)['topologySpreadConstraints'] as PlainMap[];
      return (first!['labelSelector'] as PlainMap)['matchLabels'];
    });
    const selected = manifests.map(({ spec }) => ((spec as PlainMap)['selector'] as PlainMap)['matchLabels']);
    expect(selected).toEqual(counted);
  });

  it.each([
    ['asks outside resolvers, and only these, for dns-01', 'zcompute-high-cloudflare', '1.1.1.1:53,8.8.8.8:53', true],
    ['asks nobody when it signs by itself', 'zcompute-high-wildcard', undefined, undefined],
  ])('%s (%s)', (_, example, servers, only) => {
    const { values, egress } = planApp(example);

    expect(values['dns01RecursiveNameservers']).toBe(servers);
    expect(values['dns01RecursiveNameserversOnly']).toBe(only);
    expect(egress.filter(({ port }) => port === 53).map(({ host }) => `${host}:53`)).toEqual(servers?.split(',') ?? []);
  });

  it('asks them over HTTPS behind a proxy, since no network with a proxy lets DNS out', () => {
    const { values, egress } = planApp('zcompute-high-cloudflare', { proxy: { url: 'http://proxy.example.com:3128' } });

    expect(values['dns01RecursiveNameservers']).toBe('https://1.1.1.1/dns-query,https://8.8.8.8/dns-query');
    expect(egress.filter(({ port }) => port === 53)).toEqual([]);
    expect(egress.map(({ host, port }) => `${host}:${port}`)).toEqual(
      expect.arrayContaining(['1.1.1.1:443', '8.8.8.8:443']),
    );
  });

  it('tells the proxy and the CAs to the controller, which alone calls out', () => {
    const egress = { proxy: { url: 'http://proxy.example.com:3128' }, caBundle: EXAMPLE_CA };

    const { values, manifests } = planApp('zcompute-single', egress);

    const variables = (values['extraEnv'] as PlainMap[]).map(({ name }) => name);
    expect(variables).toEqual(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_DIR']);
    expect(manifests).toContainEqual(expect.objectContaining({ kind: 'ConfigMap', data: { 'ca.crt': EXAMPLE_CA } }));
    for (const part of ['cainjector', 'webhook']) expect(values[part]).not.toHaveProperty('extraEnv');
  });

  it('keeps out of kube-system and leaves its CRDs when it goes', () => {
    const { values } = planApp('zcompute-single');

    expect(values).toMatchObject({
      crds: { enabled: true, keep: true },
      global: { leaderElection: { namespace: 'cert-manager' } },
      startupapicheck: { enabled: false },
    });
  });
});

function planApp(example: string, way: PlainMap = {}) {
  const environment = parse(environmentText({ apps: null, egress: way }, example)) as object;
  const [planned] = planOne(environment, [app]).apps;
  const { values = {}, manifests = [], workloads = [], egress = [] } = planned!.plan;
  return {
    values: stripProvenance(values).plain as PlainMap,
    manifests: manifests.map(({ object }) => stripProvenance(object).plain as PlainMap),
    workloads,
    egress,
  };
}
