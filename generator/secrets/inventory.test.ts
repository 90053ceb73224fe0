import { beforeAll, describe, expect, it } from 'vitest';
import type { SecretNeed } from '../core/blueprint.ts';
import type { SealedSecret } from '../plan/sealing.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import {
  findState,
  findValue,
  isSealedForOlderKey,
  listForeign,
  listInventory,
  listSources,
  listUnexplained,
  openSecretOf,
  sealedPathOf,
} from './inventory.ts';
import { digestSecret, sealSecret } from './seal.ts';
import { makeSealingKey } from './sealing-key.ts';
import { makeStore, putValue, type SealingKey, type SecretStore } from './secret-store.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const NEED: SecretNeed = {
  name: 'web',
  namespace: 'shop',
  usedBy: 'the shop',
  type: 'kubernetes.io/basic-auth',
  labels: { team: 'a' },
  keys: [
    { key: 'password', meaning: 'password', make: { kind: 'password', length: 20 } },
    { key: 'url', meaning: 'address', make: { kind: 'text', text: 'redis://:${shop/web/password}@redis' } },
    { key: 'licence', meaning: 'licence', optional: true },
  ],
};
const TOKEN: SecretNeed = {
  name: 'api',
  namespace: 'shop',
  usedBy: 'the shop',
  keys: [{ key: 'token', meaning: 't' }],
};

const sealedSecrets = app({}, { name: 'sealed-secrets' });
const plan = planOne(SMALL, [app({ secrets: [NEED, TOKEN] }), sealedSecrets]);
const inventory = listInventory(plan);
const entry = (path: string) => inventory.find((one) => one.path === path)!;
const [secret] = [entry('shop/web/password').secret!];
let keys: readonly SealingKey[];

function storeWith(values: Readonly<Record<string, string>>, sealingKeys: readonly SealingKey[] = keys): SecretStore {
  let store: SecretStore = { ...makeStore('lab', []), digestKey: 'AAAA', sealingKeys };
  for (const [path, value] of Object.entries(values))
    store = putValue(store, path, { value, source: 'given', now: NOW });
  return store;
}

function sealed(changes: Partial<SealedSecret> = {}): SealedSecret {
  const path = sealedPathOf(plan, secret);
  return {
    environment: 'lab',
    app: 'demo',
    namespace: 'shop',
    name: 'web',
    keys: ['password', 'url'],
    path,
    ...changes,
  };
}

beforeAll(async () => {
  keys = await Promise.all([makeSealingKey(NOW), makeSealingKey(NOW)]);
}, 120_000);

describe('generator/secrets/inventory', () => {
  it('lists what apps read before what Terraform reads, each in order', () => {
    expect(inventory.map(({ path }) => path)).toEqual([
      'shop/api/token',
      'shop/web/licence',
      'shop/web/password',
      'shop/web/url',
      'terraform/agent_token',
      'terraform/argocd_ssh_private_key',
      'terraform/cluster_token',
      'terraform/sealing_certificate',
      'terraform/sealing_private_key',
    ]);
  });

  it('has no sealing key where nothing can be unsealed', () => {
    const without = listInventory(planOne(SMALL, [app({ secrets: [TOKEN] })]));

    expect(without.filter(({ isSealingKey }) => isSealingKey)).toEqual([]);
  });

  it('joins the keys of a Secret that two apps need', () => {
    const other = app(
      { secrets: [{ ...TOKEN, keys: [{ key: 'id', meaning: 'i' }, ...TOKEN.keys] }] },
      { name: 'other' },
    );

    const paths = listInventory(planOne(SMALL, [app({ secrets: [TOKEN] }), other])).map(({ path }) => path);

    expect(paths.filter((path) => path.startsWith('shop/'))).toEqual(['shop/api/id', 'shop/api/token']);
  });

  it('says what a value is made from', () => {
    expect(listSources(entry('shop/web/url'))).toEqual(['shop/web/password']);
    expect(listSources(entry('shop/web/password'))).toEqual([]);
  });

  it.each([
    ['a value of the store', 'shop/web/password', { 'shop/web/password': 'p' }, 'p'],
    ['a text that is worked out', 'shop/web/url', { 'shop/web/password': 'p' }, 'redis://:p@redis'],
    ["somebody's own text before that", 'shop/web/url', { 'shop/web/password': 'p', 'shop/web/url': 'mine' }, 'mine'],
    ['nothing while a source is missing', 'shop/web/url', {}, undefined],
    ['nothing for what the environment has not', 'shop/web/other', {}, undefined],
  ])('finds %s', (_, path, values, value) => {
    expect(findValue(storeWith(values), inventory, path)).toBe(value);
  });

  it('finds the halves of the newest key pair', () => {
    expect(findValue(storeWith({}), inventory, 'terraform/sealing_certificate')).toBe(keys[0]!.certificate);
    expect(findValue(storeWith({}), inventory, 'terraform/sealing_private_key')).toBe(keys[0]!.privateKey);
  });

  it('throws for a value that is made from itself: our bug', () => {
    const loop = [{ ...entry('shop/web/url'), make: { kind: 'text' as const, text: '${shop/web/url}' } }];

    expect(() => findValue(storeWith({}), loop, 'shop/web/url')).toThrow('made from itself');
  });

  it('opens a Secret with all values, its type and its labels', () => {
    expect(openSecretOf(storeWith({ 'shop/web/password': 'p', 'shop/web/licence': 'l' }), inventory, secret)).toEqual({
      namespace: 'shop',
      name: 'web',
      type: 'kubernetes.io/basic-auth',
      labels: { team: 'a' },
      values: { password: 'p', url: 'redis://:p@redis', licence: 'l' },
    });
  });

  it('opens it without what is optional, and not without the rest', () => {
    expect(openSecretOf(storeWith({ 'shop/web/password': 'p' }), inventory, secret)?.values).not.toHaveProperty(
      'licence',
    );
    expect(openSecretOf(storeWith({ 'shop/web/licence': 'l' }), inventory, secret)).toBeUndefined();
  });

  it('puts a sealed file beside the manifests of the app', () => {
    expect(sealedPathOf(plan, secret)).toBe('clusters/lab/manifests/demo/sealed-web.yaml');
  });

  describe('states', () => {
    const path = 'shop/web/password';
    const value = { [path]: 'p' };
    const digest = (store: SecretStore, certificate = keys[0]!.certificate) =>
      digestSecret(openSecretOf(store, inventory, secret)!, certificate, store.digestKey);
    const state = (found: readonly SealedSecret[], store: SecretStore) =>
      findState(plan, entry(path), found, { kind: 'open', store, inventory });

    it.each<[string, string, () => string]>([
      ['nothing anywhere', 'missing', () => state([], storeWith({}))],
      ['a value that nobody sealed', 'set', () => state([], storeWith(value))],
      ['a value of Terraform', 'set', () => findTerraform('terraform/agent_token')],
      ['the same value', 'sealed', () => state([sealed({ digest: digest(storeWith(value)) })], storeWith(value))],
      [
        'another value',
        'stale',
        () => state([sealed({ digest: digest(storeWith({ [path]: 'old' })) })], storeWith(value)),
      ],
      [
        'an older key',
        'stale',
        () => state([sealed({ digest: digest(storeWith(value), keys[1]!.certificate) })], storeWith(value)),
      ],
      ['a file that kubeseal wrote', 'stale', () => state([sealed()], storeWith(value))],
      ['a file that kubeseal wrote, and no value', 'sealed', () => state([sealed()], storeWith({}))],
      ['a sealed file without this key', 'set', () => state([sealed({ keys: ['url'] })], storeWith(value))],
      [
        'a file in the folder of another app',
        'set',
        () => state([sealed({ app: 'sealed-secrets' })], storeWith(value)),
      ],
      ['no store, and a sealed file', 'sealed', () => findState(plan, entry(path), [sealed()], { kind: 'none' })],
      ['no store, and no file', 'missing', () => findState(plan, entry(path), [], { kind: 'none' })],
      ['a locked store, and no file', 'locked', () => findState(plan, entry(path), [], { kind: 'locked' })],
      [
        'a locked store, and a sealed file',
        'sealed',
        () => findState(plan, entry(path), [sealed()], { kind: 'locked' }),
      ],
    ])('%s: %s', (_, expected, find) => {
      expect(find()).toBe(expected);
    });

    function findTerraform(variable: string) {
      const store = storeWith({ [variable]: 'x' });
      return findState(plan, entry(variable), [], { kind: 'open', store, inventory });
    }

    it.each<[string, boolean, (store: SecretStore) => SealedSecret[]]>([
      ['sealed for an older key', true, (store) => [sealed({ digest: digest(store, keys[1]!.certificate) })]],
      ['sealed for the newest', false, (store) => [sealed({ digest: digest(store) })]],
      ['sealed by other means', false, () => [sealed()]],
      ['not sealed', false, () => []],
    ])('knows what is left of a rotation: %s', (_, expected, found) => {
      const store = storeWith(value);

      expect(isSealedForOlderKey(plan, secret, found(store), { store, inventory })).toBe(expected);
    });
  });

  describe('a store beside sealed files that are not its own', () => {
    const values = { 'shop/web/password': 'p' };
    const around = (found: readonly SealedSecret[]) => ({ plan, inventory, found });
    const TOKENS = ['terraform/agent_token', 'terraform/cluster_token'];
    const PAIR = ['terraform/sealing_certificate', 'terraform/sealing_private_key'];

    it.each<[string, readonly string[], SealedSecret[], Readonly<Record<string, string>>, boolean]>([
      ['nothing sealed: all may be made', [], [], {}, false],
      ['sealed by other means: all may be made', [], [sealed()], {}, false],
      ['another environment: all may be made', [], [sealed({ environment: 'old', digest: 'd' })], {}, false],
      ['sealed, and an empty store', ['shop/web/password', ...TOKENS, ...PAIR], [sealed({ digest: 'd' })], {}, false],
      ['sealed, and a store with the key', ['shop/web/password', ...TOKENS], [sealed({ digest: 'd' })], {}, true],
      ['sealed, and a store with the value', TOKENS, [sealed({ digest: 'd' })], values, true],
      ['a key that no file has yet may be made', TOKENS, [sealed({ digest: 'd', keys: ['url'] })], {}, true],
      [
        'a store that knows everything',
        [],
        [sealed({ digest: 'd' })],
        { ...values, 'terraform/agent_token': 'a', 'terraform/cluster_token': 'c' },
        true,
      ],
    ])('does not know what is in use: %s', (_, expected, found, known, hasKey) => {
      const store = storeWith(known, hasKey ? keys : []);

      expect(listUnexplained(store, around(found))).toEqual(expected);
    });

    const sealedFor = (key: SealingKey, changes: Partial<SealedSecret> = {}) => {
      const open = openSecretOf(storeWith(values), inventory, secret)!;
      const { spec } = sealSecret(open, key.certificate, 'AAAA') as unknown as {
        spec: { encryptedData: Record<string, string> };
      };
      return sealed({ digest: 'of another store', encrypted: spec.encryptedData, ...changes });
    };

    it.each<[string, boolean, (own: SealingKey, other: SealingKey) => SealedSecret]>([
      ['sealed for a key of the store, by another store', false, (own) => sealedFor(own)],
      ['sealed for a key that the store lacks', true, (_, other) => sealedFor(other)],
      [
        'damaged, and made by this store',
        false,
        (own) => sealedFor(own, { encrypted: { password: 'AgAA' }, digest: ownDigest(own) }),
      ],
      ['damaged, and of another store', true, (own) => sealedFor(own, { encrypted: { password: 'AgAA' } })],
      ['sealed by other means', false, (_, other) => withoutDigest(sealedFor(other))],
    ])('has no key for a file: %s', (_, expected, make) => {
      const [own, other] = [keys[0]!, keys[1]!];
      const file = make(own, other);

      const foreign = listForeign(storeWith(values, [own]), around([file]));

      expect(foreign).toEqual(expected ? [file] : []);
    });

    function ownDigest({ certificate }: SealingKey) {
      return digestSecret(openSecretOf(storeWith(values), inventory, secret)!, certificate, 'AAAA');
    }

    function withoutDigest({ digest: _, ...rest }: SealedSecret): SealedSecret {
      return rest;
    }

    it('sees that a file of its own digest does not open', () => {
      const damaged = sealedFor(keys[0]!, {
        digest: ownDigest(keys[0]!),
        encrypted: { password: 'AgAA', url: 'AgAA' },
      });
      const whole = sealedFor(keys[0]!, { digest: ownDigest(keys[0]!) });
      const store = storeWith(values);
      const states = [damaged, whole].map((file) =>
        findState(plan, entry('shop/web/password'), [file], { kind: 'open', store, inventory }),
      );

      expect(states).toEqual(['stale', 'sealed']);
    });
  });
});
