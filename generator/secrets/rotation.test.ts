import { describe, expect, it } from 'vitest';
import type { SecretNeed } from '../core/blueprint.ts';
import { planEnvironments } from '../pipeline.ts';
import { listExamples } from '../testing/examples.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { requireValue } from '../testing/plan-of.ts';
import { listInventory, type SecretEntry } from './inventory.ts';
import { type Change, refuseReplacing, refuseRotation, refuseSetting, refuseUnsetting } from './rotation.ts';
import { makeStore, putValue } from './secret-store.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const NEED: SecretNeed = {
  name: 'web',
  namespace: 'shop',
  usedBy: 'the shop',
  keys: [
    { key: 'password', meaning: 'p', make: { kind: 'password', length: 20 } },
    { key: 'url', meaning: 'u', make: { kind: 'text', text: 'redis://:${shop/web/password}@redis' } },
    { key: 'email', meaning: 'e', make: { kind: 'text', text: 'a@b.c' }, follows: 'apps.shop.email' },
    { key: 'user', meaning: 'n', make: { kind: 'text', text: 'admin' } },
  ],
};
const BOUND: SecretNeed = {
  name: 'data',
  namespace: 'shop',
  usedBy: 'the shop',
  keys: [{ key: 'key', meaning: 'k', make: { kind: 'hex', bytes: 8 } }],
  rotation: { kind: 'refused', text: 'Files are encrypted with it.' },
};
const plan = planOne(SMALL, [app({ secrets: [NEED, BOUND] }), app({}, { name: 'sealed-secrets' })]);
const inventory = listInventory(plan);
const entry = (path: string) => inventory.find((one) => one.path === path)!;

function changeWith(values: Readonly<Record<string, string>> = {}, of = inventory, name = 'lab'): Change {
  let store = makeStore(name, []);
  for (const [path, value] of Object.entries(values))
    store = putValue(store, path, { value, source: 'given', now: NOW });
  return { store, inventory: of, target: { folder: 'repo', name }, file: `environments/${name}.yaml` };
}

describe('generator/secrets/rotation', () => {
  it.each([
    [
      'what the environment file says',
      'shop/web/email',
      {},
      'shop/web/email follows apps.shop.email of environments/lab.yaml.',
      'write apps.shop.email in environments/lab.yaml, then render',
    ],
    [
      'the same, where somebody once gave a value of their own',
      'shop/web/email',
      { 'shop/web/email': 'x@y.z' },
      'follows apps.shop.email',
      'rootstock secrets unset repo shop/web/email -e lab; write apps.shop.email in environments/lab.yaml, then render',
    ],
    [
      'what the app expects',
      'shop/web/user',
      {},
      'shop/web/user always has the value that its app expects.',
      'rootstock secrets get repo shop/web/user -e lab',
    ],
    [
      'another value of what data is bound to',
      'shop/data/key',
      { 'shop/data/key': 'old' },
      'shop/data/key must not change. Files are encrypted with it.',
      'read docs/lab/secrets.md',
    ],
  ])('SEC-009: set refuses %s', (_, path, values, message, hint) => {
    expect(refuseSetting(entry(path), 'new', changeWith(values))).toMatchObject({
      code: 'SEC-009',
      key: path,
      message: expect.stringContaining(message),
      hint,
    });
  });

  it.each([
    ['what data is bound to, once', 'shop/data/key', {}],
    ['the same value again', 'shop/data/key', { 'shop/data/key': 'new' }],
    ['a value that may change', 'shop/web/password', { 'shop/web/password': 'old' }],
    ['what is worked out from others', 'shop/web/url', { 'shop/web/password': 'p' }],
    ['the same, a second time', 'shop/web/url', { 'shop/web/password': 'p', 'shop/web/url': 'mine' }],
  ])('set takes %s', (_, path, values) => {
    expect(refuseSetting(entry(path), 'new', changeWith(values))).toBeUndefined();
  });

  it.each([
    ['half a key pair', 'terraform/sealing_certificate', {}, 'rootstock secrets rotate-key repo -e lab'],
    ['what follows from another', 'shop/web/url', {}, 'rootstock secrets rotate repo shop/web/password -e lab'],
    [
      "somebody's own value in its place",
      'shop/web/url',
      { 'shop/web/url': 'mine' },
      'rootstock secrets set repo shop/web/url -e lab; rootstock secrets unset repo shop/web/url -e lab',
    ],
    ['what the environment file says', 'shop/web/email', {}, 'write apps.shop.email in'],
    ['what data is bound to', 'shop/data/key', {}, 'read docs/lab/secrets.md'],
  ])('SEC-009: rotate refuses %s', (_, path, values, hint) => {
    expect(refuseRotation(entry(path), changeWith(values))).toMatchObject({
      code: 'SEC-009',
      key: path,
      hint: expect.stringContaining(hint),
    });
  });

  it('rotates the rest', () => {
    expect(refuseRotation(entry('shop/web/password'), changeWith())).toBeUndefined();
  });

  it.each([
    ['a value that is made', 'shop/web/password', 'rootstock secrets rotate repo shop/web/password -e lab'],
    ['half a key pair', 'terraform/sealing_private_key', 'rootstock secrets rotate-key repo -e lab'],
  ])('SEC-009: unset refuses %s', (_, path, hint) => {
    expect(refuseUnsetting(entry(path), changeWith().target)).toMatchObject({ code: 'SEC-009', key: path, hint });
  });

  it.each(['shop/web/url', 'shop/web/email', 'shop/web/user'])('unset takes %s', (path) => {
    expect(refuseUnsetting(entry(path), changeWith().target)).toBeUndefined();
  });

  it.each(listExamples())('has no empty hint, whatever is refused: $name', ({ texts }) => {
    const { environments } = requireValue(planEnvironments(texts));
    const problems = environments.flatMap((one) => {
      const all = listInventory(one);
      const own = Object.fromEntries(all.map(({ path }) => [path, 'old']));
      return [changeWith({}, all, one.name), changeWith(own, all, one.name)].flatMap((change) =>
        all.flatMap((secret: SecretEntry) => [
          refuseSetting(secret, 'new', change),
          refuseRotation(secret, change),
          refuseReplacing(secret, change.target),
          refuseUnsetting(secret, change.target),
        ]),
      );
    });
    const refused = problems.filter((problem) => problem !== undefined);

    expect(refused.length).toBeGreaterThan(20);
    expect(refused.filter(({ hint = '' }) => hint.trim() === '')).toEqual([]);
  });
});
