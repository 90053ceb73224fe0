import { describe, expect, it } from 'vitest';
import type { SecretNeed, SecretRecipe } from '../core/blueprint.ts';
import { from } from '../core/provenance.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { findPending, planSecrets } from './pending.ts';

const token: SecretNeed = {
  name: 'dns-token',
  namespace: 'cert-manager',
  keys: [{ key: 'api-token', meaning: 'API token of the DNS provider' }],
  usedBy: 'cert-manager',
};
const sealed = (name: string, namespace: string) => ({
  file: 'sealed',
  object: {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: from('apps.demo', name), namespace },
  },
});

describe('generator/plan/pending', () => {
  it('reports a secret that the repository does not hold', () => {
    const problems = findPending(planOne(SMALL, [app({ secrets: [token] })]));

    expect(problems).toEqual([
      {
        code: 'PLAN-020',
        severity: 'pending',
        place: { file: '0.yaml' },
        key: 'apps.demo',
        message: 'cert-manager cannot do without the Secret cert-manager/dns-token with api-token.',
        hint: 'make it as docs/lab/secrets.md says, then push with --allow-pending',
      },
    ]);
  });

  it.each([
    ['the same name and namespace', sealed('dns-token', 'cert-manager'), 0],
    ['another namespace', sealed('dns-token', 'external-dns'), 1],
    ['another name', sealed('other', 'cert-manager'), 1],
  ])('looks for a SealedSecret of %s', (_, manifest, pending) => {
    const problems = findPending(planOne(SMALL, [app({ secrets: [token], manifests: [manifest] })]));

    expect(problems).toHaveLength(pending);
  });

  it.each([
    ['one in the folder of the app', {}, undefined],
    ['one in the folder of an app that does not need it', { app: 'other' }, 'with api-token.'],
    ['one of another environment', { environment: 'prod' }, 'with api-token.'],
    ['one of another namespace', { namespace: 'zone' }, 'with api-token.'],
    ['one of another name', { name: 'token' }, 'with api-token.'],
    [
      'one without the key',
      { keys: ['token'] },
      'with api-token, which the SealedSecret in clusters/lab/manifests/demo/sealed.yaml lacks.',
    ],
  ])('counts SealedSecrets that people put into the repository: %s', (_, changes, message) => {
    const found = {
      environment: 'lab',
      app: 'demo',
      namespace: 'cert-manager',
      name: 'dns-token',
      keys: ['api-token', 'more'],
      path: 'clusters/lab/manifests/demo/sealed.yaml',
      ...changes,
    };

    const problems = findPending(planOne(SMALL, [app({ secrets: [token] })]), [found]);

    expect(problems.map((problem) => problem.message.replace(/.*dns-token /, ''))).toEqual(
      message === undefined ? [] : [message],
    );
  });

  it.each<[string, { readonly key: string; readonly make?: SecretRecipe }[], string]>([
    [
      'asks for what is given, key by key',
      [{ key: 'id' }, { key: 'token' }, { key: 'made', make: { kind: 'password', length: 9 } }],
      'rootstock secrets set . cert-manager/dns-token/id -e lab && rootstock secrets set . cert-manager/dns-token/token -e lab',
    ],
    [
      'makes what can be made',
      [{ key: 'made', make: { kind: 'password', length: 9 } }],
      'rootstock secrets generate . -e lab',
    ],
  ])('%s where the environment can seal', (_, keys, command) => {
    const secret = { ...token, keys: keys.map((key) => ({ ...key, meaning: 'x' })) };
    const plan = planOne(SMALL, [app({ secrets: [secret] }), app({}, { name: 'sealed-secrets' })]);

    expect(findPending(plan).map(({ hint }) => hint)).toEqual([`in the repository: ${command}, then render again`]);
  });

  it('asks for what a value is put together from', () => {
    const made: SecretNeed = {
      ...token,
      name: 'made',
      keys: [{ key: 'login', meaning: 'x', make: { kind: 'text', text: 'me:${cert-manager/dns-token/api-token}' } }],
    };
    const plan = planOne(SMALL, [app({ secrets: [token, made] }), app({}, { name: 'sealed-secrets' })]);

    const set = 'in the repository: rootstock secrets set . cert-manager/dns-token/api-token -e lab, then render again';
    expect(findPending(plan).map(({ hint }) => hint)).toEqual([set, set]);
  });

  it('lists a secret that two apps need once, in order of namespace and name', () => {
    const second = { ...token, name: 'a-token', namespace: 'zone' };
    const plan = planOne(SMALL, [
      app({ secrets: [second, token] }, { name: 'one' }),
      app({ secrets: [token] }, { name: 'two' }),
    ]);

    expect(planSecrets(plan).map(({ namespace, name, app: owner }) => `${namespace}/${name} ${owner}`)).toEqual([
      'cert-manager/dns-token one',
      'zone/a-token one',
    ]);
  });

  it.each([
    { name: 'hard', dependencies: { hard: ['two'] } },
    { name: 'soft', dependencies: { soft: ['two'] } },
  ])('puts what several apps need under one that waits for none of them: $name', ({ dependencies }) => {
    const plan = planOne(SMALL, [
      app({ secrets: [token] }, { name: 'one', lastWave: true, dependencies: () => dependencies }),
      app({ secrets: [token] }, { name: 'three', lastWave: true, dependencies: () => ({ soft: ['two'] }) }),
      app({ secrets: [token] }, { name: 'two', ...('soft' in dependencies ? { lastWave: true } : {}) }),
    ]);

    expect(planSecrets(plan).map(({ app: owner }) => owner)).toEqual(['two']);
  });

  it('puts what two apps need that wait for each other under the first', () => {
    const plan = planOne(SMALL, [
      app({ secrets: [token] }, { name: 'one', dependencies: () => ({ soft: ['two'] }) }),
      app({ secrets: [token] }, { name: 'two', dependencies: () => ({ soft: ['one'] }) }),
    ]);

    expect(planSecrets(plan).map(({ app: owner }) => owner)).toEqual(['one']);
  });
});
