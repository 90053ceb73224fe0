import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SecretNeed } from '../core/blueprint.ts';
import type { PlainMap } from '../core/provenance.ts';
import type { SealedSecret } from '../plan/sealing.ts';
import { openSealed } from '../testing/open-sealed.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { listObsolete, sealRepository } from './seal-repository.ts';
import { makeSealingKey } from './sealing-key.ts';
import { makeStore, putValue, type SealingKey, type SecretStore } from './secret-store.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const PATH = 'clusters/lab/manifests/demo/sealed-api.yaml';
const TOKEN: SecretNeed = {
  name: 'api',
  namespace: 'shop',
  usedBy: 'the shop',
  keys: [{ key: 'token', meaning: 't' }],
};
const MORE: SecretNeed = { ...TOKEN, name: 'more' };
const controller = app({}, { name: 'sealed-secrets' });
const plan = planOne(SMALL, [app({ secrets: [TOKEN, MORE] }), controller]);
let key: SealingKey;
let newer: SealingKey;

/** @param before value that each had at first */
const storeWith = (
  values: Readonly<Record<string, string>>,
  sealingKeys: readonly SealingKey[] = [key],
  before?: string,
): SecretStore =>
  Object.entries(values)
    .flatMap(([path, value]) => [before ?? value, value].map((one) => [path, one] as const))
    .reduce((store, [path, value]) => putValue(store, path, { value, source: 'given', now: NOW }), {
      ...makeStore('lab', []),
      digestKey: 'AAAA',
      sealingKeys,
    } as SecretStore);
const seal = (store: SecretStore, found: readonly SealedSecret[] = [], now = NOW, from = plan) =>
  sealRepository(from, { store, found, now, folder: 'my repo' });

/** What a repository with these files would be read as. */
function read(content: string, changes: Partial<SealedSecret> = {}): SealedSecret {
  const { metadata, spec } = parse(content);
  return {
    environment: 'lab',
    app: 'demo',
    namespace: metadata.namespace,
    name: metadata.name,
    keys: Object.keys(spec.encryptedData),
    path: PATH,
    digest: metadata.annotations['rootstock.dev/digest'],
    encrypted: spec.encryptedData,
    ...changes,
  };
}

beforeAll(async () => {
  [key, newer] = await Promise.all([makeSealingKey(NOW), makeSealingKey(NOW)]);
}, 120_000);

describe('generator/secrets/seal-repository', () => {
  it('seals what has all its values, and waits with the rest', () => {
    const sealed = seal(storeWith({ 'shop/api/token': 'value' }));

    expect(sealed).toMatchObject({ ok: true, value: [{ path: PATH, secret: 'shop/api', action: 'create' }] });
    const [file] = sealed.ok ? sealed.value : [];
    expect(openSealed(parse(file!.content) as PlainMap, key.privateKey)).toEqual({ token: 'value' });
  });

  it('goes before the pods of its app', () => {
    const sealed = seal(storeWith({ 'shop/api/token': 'value' }));

    expect(sealed.ok && parse(sealed.value[0]!.content).metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-wave': '-1',
    });
  });

  it.each<[string, number, () => ReturnType<typeof seal>]>([
    ['the same value', 0, () => again({ 'shop/api/token': 'value' })],
    ['another value', 1, () => again({ 'shop/api/token': 'other' }, [key], 'value')],
    ['the same value and a newer key', 1, () => again({ 'shop/api/token': 'value' }, [newer, key])],
    ['no value any more', 0, () => again({})],
  ])('writes a file anew only if it has to: %s', (_, count, run) => {
    const sealed = run();

    expect(sealed.ok && sealed.value.map(({ action }) => action)).toEqual(Array(count).fill('update'));
  });

  function again(values: Readonly<Record<string, string>>, keys?: readonly SealingKey[], before?: string) {
    const first = seal(storeWith({ 'shop/api/token': 'value' }));
    return seal(storeWith(values, keys, before), first.ok ? [read(first.value[0]!.content)] : []);
  }

  it.each([
    ['another branch', storeOfBranch],
    ['a copy that is older', () => storeWith({ 'shop/api/token': 'first' })],
  ])('SEC-018: brings no value back over one of %s', (_, store) => {
    const [file] = fileAfterwards();

    const sealed = seal(store(), [file]);

    expect(sealed).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'SEC-018',
          place: { file: '0.yaml' },
          message: `The store of lab never had what ${PATH} holds: it is older than that, or of another branch.`,
          hint: "take what is sealed: rootstock secrets import 'my repo' --sealed --force -e lab; if the store is right: rootstock secrets seal 'my repo' --replace-sealed -e lab",
        },
      ],
    });
    expect(JSON.stringify(sealed)).not.toContain('second');
  });

  /** Changed from the first value on another branch than the file. */
  function storeOfBranch() {
    return storeWith({ 'shop/api/token': 'third' }, [key], 'first');
  }

  /** The file of a store that went on from the first value. */
  function fileAfterwards(): [SealedSecret] {
    const sealed = seal(storeWith({ 'shop/api/token': 'second' }, [key], 'first'));
    return [read(sealed.ok ? sealed.value[0]!.content : '')];
  }

  describe('a file that the store does not account for', () => {
    const other = (changes: Partial<SecretStore> = {}) => ({ ...storeWith({ 'shop/api/token': 'new' }), ...changes });

    it('SEC-017: is not sealed for a key that a living cluster lacks', () => {
      const found = [read(fileOf('value'))];

      const sealed = seal(other({ sealingKeys: [newer], digestKey: 'BBBB' }), found);

      expect(sealed).toMatchObject({
        ok: false,
        problems: [
          {
            code: 'SEC-017',
            severity: 'error',
            place: { file: '0.yaml' },
            message: `The store of lab has no key that opens ${PATH}: a cluster that is alive could not open what this store seals.`,
            hint: expect.stringMatching(
              /^from the cluster: rootstock secrets import 'my repo' --kubernetes FILE -e lab.*secrets restore.*seal 'my repo' --replace-sealed -e lab$/,
            ),
          },
        ],
      });
    });

    it.each<[string, () => ReturnType<typeof seal>]>([
      [
        'a key of the store opens it',
        () => seal({ ...storeWith({ 'shop/api/token': 'value' }, [newer, key]), digestKey: 'BBBB' }, [whole()]),
      ],
      ['the store made it, and it was damaged', () => seal(storeWith({ 'shop/api/token': 'value' }), [damaged()])],
      [
        'somebody says so',
        () =>
          sealRepository(plan, {
            store: other({ sealingKeys: [newer], digestKey: 'BBBB' }),
            found: [whole()],
            now: NOW,
            folder: 'my repo',
            replaceForeign: true,
          }),
      ],
    ])('is sealed anew where %s', (_, run) => {
      expect(run()).toMatchObject({ ok: true, value: [{ path: PATH, action: 'update' }] });
    });

    const whole = () => read(fileOf('value'));
    const damaged = () => {
      const file = whole();
      const text = file.encrypted?.['token'] ?? '';
      const flipped = `${text.slice(0, 300)}${text[300] === 'A' ? 'B' : 'A'}${text.slice(301)}`;
      return { ...file, encrypted: { token: flipped } };
    };
  });

  it('SEC-014: without a key, beside files of ours, says how the key comes back', () => {
    const sealed = seal(storeWith({ 'shop/api/token': 'x' }, []), [read(fileOf('value'))]);

    expect(sealed).toMatchObject({
      ok: false,
      problems: [
        { code: 'SEC-014', hint: expect.stringContaining("import 'my repo' --kubernetes FILE -e lab, then --tfvars") },
      ],
    });
  });

  it('takes over a file of another name and without a digest', () => {
    const { digest: _, ...byHand } = read(fileOf('value'), { path: 'clusters/lab/manifests/demo/mine.yaml' });

    const sealed = seal(storeWith({ 'shop/api/token': 'value' }), [byHand]);

    expect(sealed).toMatchObject({ value: [{ path: byHand.path, action: 'update' }] });
  });

  it('does not count a file that no Application applies for this need', () => {
    const elsewhere = read(fileOf('value'), {
      app: 'sealed-secrets',
      path: 'clusters/lab/manifests/sealed-secrets/x.yaml',
    });

    const sealed = seal(storeWith({ 'shop/api/token': 'value' }), [elsewhere]);

    expect(sealed).toMatchObject({ value: [{ path: PATH, action: 'create' }] });
  });

  it('SEC-014: leaves a file alone that holds other SealedSecrets too', () => {
    const found = [read(fileOf('old')), read(fileOf('old'), { name: 'other' })];

    const sealed = seal(storeWith({ 'shop/api/token': 'value' }, [key], 'old'), found);

    expect(sealed).toMatchObject({
      ok: false,
      problems: [
        { code: 'SEC-014', place: { file: PATH }, hint: `give each SealedSecret of my repo/${PATH} a file of its own` },
      ],
    });
  });

  it.each<[string, () => ReturnType<typeof seal>, string]>([
    ['no sealing key', () => seal(storeWith({ 'shop/api/token': 'x' }, [])), "generate 'my repo' -e lab"],
    [
      'an expired certificate',
      () => seal(storeWith({ 'shop/api/token': 'x' }), [], new Date('2037-01-01')),
      "rotate-key 'my repo' -e lab",
    ],
  ])('SEC-014: %s', (_, run, hint) => {
    expect(run()).toMatchObject({
      ok: false,
      problems: [{ code: 'SEC-014', place: { file: '0.yaml' }, hint: `rootstock secrets ${hint}` }],
    });
  });

  it.each<[string, () => ReturnType<typeof seal>]>([
    ['there is nothing to seal, and no key yet', () => seal(storeWith({}, []))],
    ['nothing could open it', () => seal(storeWith({ 'shop/api/token': 'x' }), [], NOW, withoutController())],
  ])('writes nothing where %s', (_, run) => {
    expect(run()).toEqual({ ok: true, value: [], problems: [] });
  });

  function withoutController() {
    return planOne(SMALL, [app({ secrets: [TOKEN] })]);
  }

  function fileOf(value: string) {
    const sealed = seal(storeWith({ 'shop/api/token': value }));
    return sealed.ok ? sealed.value[0]!.content : '';
  }

  describe('what is obsolete', () => {
    const path = 'clusters/lab/manifests/demo/sealed-gone.yaml';

    it.each<[string, Partial<SealedSecret>, boolean]>([
      ['a Secret that nothing needs', { name: 'gone', path }, true],
      ['a Secret that an app needs', {}, false],
      ['one in the folder of an app that does not need it', { app: 'sealed-secrets' }, true],
      ['one of an environment that is gone', { environment: 'old' }, true],
    ])('%s', (_, changes, obsolete) => {
      const found = [read(fileOf('value'), changes)];

      expect(listObsolete([plan], found)).toHaveLength(obsolete ? 1 : 0);
    });

    it('leaves alone what people sealed themselves', () => {
      const { digest: _, ...byHand } = read(fileOf('value'), { name: 'gone', path });

      expect(listObsolete([plan], [byHand])).toEqual([]);
    });

    it('SEC-013: says how to get rid of it', () => {
      expect(listObsolete([plan], [read(fileOf('value'), { name: 'gone', path })])).toMatchObject([
        {
          path,
          secret: 'shop/gone',
          problem: {
            code: 'SEC-013',
            severity: 'unchecked',
            place: { file: path },
            hint: 'add --allow-replace shop/gone to delete it, with the Secret in the cluster',
          },
        },
      ]);
    });
  });
});
