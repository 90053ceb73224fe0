import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

const PROXY = { proxy: { url: 'http://proxy.example.com:3128' } };
const CA = { caBundle: EXAMPLE_CA };
const OVER_HTTPS = { repository: { url: 'https://git.example.com/acme/ai.git', access: 'token' } };

interface Part extends PlainMap {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly initContainers: readonly PlainMap[];
}

function planned(egress: object, changes: object = {}) {
  const [only] = planOne({ ...SMALL, ...changes, egress }, [app]).apps;
  if (only === undefined) throw new Error('argo-cd was not planned');
  const values = stripProvenance(only.plan.values ?? {}).plain as unknown as Record<string, Part>;
  return { values, manifests: only.plan.manifests ?? [] };
}

const variablesOf = (part: Part | undefined) =>
  Object.fromEntries((part?.env ?? []).map(({ name, value }) => [name, value]));

describe('blueprints/apps/argo-cd/way-out.ts', () => {
  it('adds nothing where Argo CD reaches the world directly', () => {
    const { values, manifests } = planned({});

    for (const part of ['server', 'repoServer'])
      for (const key of ['env', 'volumes', 'volumeMounts', 'initContainers'])
        expect(values[part]).not.toHaveProperty(key);
    expect(manifests).toEqual([]);
  });

  it.each(['server', 'repoServer'])('tells the %s the proxy, and to find its own parts without it', (part) => {
    const { values } = planned(PROXY);

    const variables = variablesOf(values[part]);
    expect(variables).toMatchObject({ HTTPS_PROXY: 'http://proxy.example.com:3128' });
    expect(variables['NO_PROXY']?.split(',')).toEqual(
      expect.arrayContaining(['.svc', '10.43.0.0/16', 'argocd-redis', 'argocd-repo-server', 'argocd-server']),
    );
  });

  it('gives the controller nothing, since it calls nobody outside', () => {
    const { values } = planned({ ...PROXY, ...CA });

    expect(values['controller']).not.toHaveProperty('env');
    expect(values['global']).not.toHaveProperty('env');
  });

  it('gives git all CAs in one file, since it reads one only', () => {
    const { values } = planned(CA, OVER_HTTPS);

    const { repoServer } = values;
    expect(variablesOf(repoServer)).toEqual({
      SSL_CERT_DIR: '/etc/ssl/certs:/etc/rootstock/ca',
      GIT_SSL_CAINFO: '/etc/rootstock/trust/ca.crt',
    });
    expect(repoServer?.initContainers).toMatchObject([
      {
        command: ['sh', '-c', expect.stringContaining('/etc/ssl/certs/ca-certificates.crt /etc/rootstock/ca/ca.crt')],
        securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
      },
    ]);
  });

  it('makes no such file for Git over SSH, which asks no CA', () => {
    const { values } = planned(CA, { repository: { url: 'git@git.example.com:acme/ai.git', access: 'deployKey' } });

    expect(values['repoServer']).not.toHaveProperty('initContainers');
    expect(variablesOf(values['repoServer'])).toEqual({ SSL_CERT_DIR: '/etc/ssl/certs:/etc/rootstock/ca' });
  });

  it('brings the certificates along', () => {
    const { manifests } = planned(CA);

    const [{ object } = { object: {} as YamlMap }] = manifests;
    expect(stripProvenance(object).plain).toMatchObject({
      kind: 'ConfigMap',
      metadata: { namespace: 'argocd' },
      data: { 'ca.crt': EXAMPLE_CA },
    });
  });
});
