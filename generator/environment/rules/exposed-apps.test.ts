import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { exposedApps } from './exposed-apps.ts';

describe('generator/environment/rules/exposed-apps', () => {
  it.each([
    {
      name: 'Argo CD without a domain',
      patches: [{ ingress: { expose: ['onyx', 'argo-cd'] } }],
      code: 'EXPOSE-003',
      key: 'ingress.expose[1]',
      says: 'argo-cd cannot be exposed without ingress.domain',
      hint: 'add ingress.domain, or use kubectl -n argocd port-forward service/argocd-server 8080:80',
    },
    {
      name: 'Grafana without a domain, whatever the catalog',
      patches: [{ ingress: { expose: ['grafana'] } }],
      code: 'EXPOSE-003',
      key: 'ingress.expose[0]',
      says: 'grafana cannot be exposed without ingress.domain',
      hint: 'add ingress.domain, or use kubectl -n monitoring port-forward service/grafana 8080:80',
    },
    {
      name: 'an app that is not there',
      patches: [{ ingress: { domain: 'a.example.com', expose: ['grafana'] } }],
      code: 'EXPOSE-001',
      key: 'ingress.expose[0]',
      says: 'grafana is not in the catalog of this version',
      hint: 'apps with a web interface: argo-cd, onyx',
    },
    {
      name: 'a misspelt app',
      patches: [{ ingress: { domain: 'a.example.com', expose: ['argocd'] } }],
      code: 'EXPOSE-001',
      key: 'ingress.expose[0]',
      says: 'argocd is not in the catalog',
      hint: 'did you mean argo-cd?',
    },
    {
      name: 'a name that every object has',
      patches: [{ ingress: { domain: 'a.example.com', expose: ['constructor'] } }],
      code: 'EXPOSE-001',
      key: 'ingress.expose[0]',
      says: 'constructor is not in the catalog',
      hint: 'apps with a web interface: argo-cd, onyx',
    },
    {
      name: 'an app without an interface',
      patches: [{ ingress: { domain: 'a.example.com', expose: ['cert-manager'] } }],
      code: 'EXPOSE-002',
      key: 'ingress.expose[0]',
      says: 'cert-manager has no web interface',
      hint: 'apps with a web interface: argo-cd, onyx',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(exposedApps, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'Onyx without a domain', patches: [{ ingress: { expose: ['onyx'] } }] },
    { name: 'both with a domain', patches: [{ ingress: { domain: 'a.example.com', expose: ['onyx', 'argo-cd'] } }] },
    { name: 'silence', patches: [] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(exposedApps, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
