import { describe, expect, it } from 'vitest';
import type { AppContext } from './blueprint.ts';
import { planWayOut, planWayOutOfNode, pullSecretNames, pullSecretObjects } from './egress.ts';
import { stripProvenance, type YamlMap } from './provenance.ts';

const APP = { name: 'demo', namespace: 'demo' };
const PROXY = { url: 'http://proxy.example.com:3128', noProxy: ['.svc', '10.0.0.0/16'] };

function context(egress: Partial<AppContext['egress']>): AppContext {
  return { egress: { pullSecrets: [], ...egress } } as AppContext;
}

function plain(value: unknown): unknown {
  return stripProvenance(value as YamlMap).plain;
}

describe('generator/core/egress.ts', () => {
  it('plans nothing where pods reach the world directly', () => {
    const way = planWayOut(context({}), APP);

    expect(way).toEqual({ env: [], volumes: [], mounts: [], manifests: [] });
    expect(pullSecretObjects(context({}).egress)).toBeUndefined();
    expect(pullSecretNames(context({}).egress)).toBeUndefined();
  });

  it('tells containers the proxy, and what is reached without it', () => {
    const way = planWayOut(context({ proxy: PROXY }), APP);

    expect(plain(way.env)).toEqual([
      { name: 'HTTP_PROXY', value: 'http://proxy.example.com:3128' },
      { name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' },
      { name: 'NO_PROXY', value: '.svc,10.0.0.0/16' },
    ]);
    expect(way.manifests).toEqual([]);
  });

  it('adds the certificates to those of the image instead of replacing them', () => {
    const way = planWayOut(context({ caBundle: 'PEM\n' }), APP);

    expect(plain(way.env)).toEqual([{ name: 'SSL_CERT_DIR', value: '/etc/ssl/certs:/etc/rootstock/ca' }]);
    expect(plain(way.mounts)).toEqual([{ name: 'rootstock-ca', mountPath: '/etc/rootstock/ca', readOnly: true }]);
    const [manifest] = way.manifests;
    const object = plain(manifest?.object) as { readonly metadata: { readonly name: string } };
    expect(object).toMatchObject({ metadata: { namespace: 'demo' }, data: { 'ca.crt': 'PEM\n' } });
    expect(plain(way.volumes)).toEqual([{ name: 'rootstock-ca', configMap: { name: object.metadata.name } }]);
  });

  it('starts pods anew when the certificates change', () => {
    const [before, after] = ['one', 'two'].map((caBundle) => planWayOut(context({ caBundle }), APP));

    expect(plain(before?.volumes)).not.toEqual(plain(after?.volumes));
  });

  it('takes the certificates of the node where a pod may', () => {
    const way = planWayOutOfNode(context({ caBundle: 'PEM\n', proxy: PROXY }));

    expect(plain(way.volumes)).toEqual([
      { name: 'rootstock-ca', hostPath: { path: '/etc/ssl/certs', type: 'Directory' } },
    ]);
    expect(way.env).toHaveLength(4);
  });

  it('names pull secrets as objects and as names, sorted', () => {
    const { egress } = context({ pullSecrets: ['b', 'a'] });

    expect(plain(pullSecretObjects(egress))).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(plain(pullSecretNames(egress))).toEqual(['a', 'b']);
  });
});
