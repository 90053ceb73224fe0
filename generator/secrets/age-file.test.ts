import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { closeStore, needsPassphrase, openStore } from './age-file.ts';
import { makeStore, putValue, type SecretStore, writeStore } from './secret-store.ts';

const CANARY = 'c4nary-of-the-store';
const NOW = new Date('2026-11-22T12:00:00Z');
let identity: string;
let stranger: string;
let store: SecretStore;
let closed: string;

const open = (text: string, unlock: object, environment = 'prod') =>
  openStore('secrets/prod.age', text, { environment, unlock: { identities: [], ...unlock } });

beforeAll(async () => {
  identity = await generateX25519Identity();
  stranger = await generateX25519Identity();
  store = putValue(makeStore('prod', [await identityToRecipient(identity)]), 'onyx/a/b', {
    value: CANARY,
    source: 'given',
    now: NOW,
  });
  closed = await closeStore(store, {});
});

describe('generator/secrets/age-file', () => {
  it('opens with the key of a recipient, to the byte', async () => {
    const opened = await open(closed, { identities: [stranger, identity] });

    expect(opened).toMatchObject({ ok: true });
    expect(opened.ok && writeStore(opened.value)).toBe(writeStore(store));
  });

  it('is text, and shows nothing of what is inside', () => {
    expect(closed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n$/);
    expect(closed).not.toContain(CANARY);
  });

  it('opens with a passphrase where there are no recipients', async () => {
    const text = await closeStore({ ...store, recipients: [] }, { passphrase: 'correct horse' });

    const opened = await open(text, { passphrase: 'correct horse' });

    expect(needsPassphrase(text)).toBe(true);
    expect(opened.ok && opened.value.values['onyx/a/b']?.value).toBe(CANARY);
  }, 60_000);

  it.each([
    ['no key at all', 'SEC-001', {}, (text: string) => text],
    ["a stranger's key", 'SEC-002', { theirs: true }, (text: string) => text],
    ['a cut file', 'SEC-003', { own: true }, (text: string) => text.slice(0, -100)],
    ['conflict markers', 'SEC-003', { own: true }, (text: string) => `<<<<<<< ours\n${text}=======\n${text}>>>>>>>\n`],
    ['another kind of file', 'SEC-003', { own: true }, () => 'values: {}\n'],
    [
      'a changed byte',
      'SEC-002',
      { own: true },
      (text: string) => {
        const at = Math.floor(text.length * 0.8);
        return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      },
    ],
  ])('refuses %s with %s and shows nothing', async (_, code, who: { own?: boolean; theirs?: boolean }, damage) => {
    const identities = who.own ? [identity] : who.theirs ? [stranger] : [];

    const opened = await open(damage(closed), { identities });

    expect(opened).toMatchObject({ ok: false, problems: [{ code, place: { file: 'secrets/prod.age' } }] });
    expect(opened.problems[0]?.hint).toBeTruthy();
    expect(JSON.stringify(opened)).not.toContain(CANARY);
    expect(JSON.stringify(opened)).not.toContain(identity);
  });

  it('refuses a damaged key, and does not show it', async () => {
    const damaged = `${identity.slice(0, -3)}QQQ`;

    const opened = await open(closed, { identities: [damaged] });

    expect(opened).toMatchObject({ ok: false, problems: [{ code: 'SEC-012', place: { file: 'secrets/prod.age' } }] });
    expect(JSON.stringify(opened)).not.toContain(damaged.slice(20, 40));
  });

  it('says what to type in a repository: to get the file back, or to be let in', async () => {
    const opening = { environment: 'prod', folder: 'my repo' };
    const locked = await openStore('f', closed, { ...opening, unlock: { identities: [stranger] } });
    const cut = await openStore('f', closed.slice(9), { ...opening, unlock: { identities: [identity] } });

    expect(locked.problems[0]?.hint).toBe(
      `ask somebody who can open it for: rootstock secrets share 'my repo' --add ${await identityToRecipient(stranger)} -e prod`,
    );
    expect(cut.problems[0]?.hint).toBe("git -C 'my repo' checkout HEAD -- secrets/prod.age");
  });

  it('says of two stores in conflict how to keep one, and to take what the other held', async () => {
    const opening = { environment: 'prod', folder: 'repo', unlock: { identities: [identity] } };

    const opened = await openStore('f', `<<<<<<< HEAD\n${closed}=======\n${closed}>>>>>>> main\n`, opening);

    expect(opened.problems).toMatchObject([
      {
        code: 'SEC-003',
        message: 'f holds the markers of a merge conflict.',
        hint: 'git -C repo checkout HEAD -- secrets/prod.age, then rootstock secrets import repo --sealed --force -e prod',
      },
    ]);
  });

  it('refuses a wrong passphrase', async () => {
    const text = await closeStore({ ...store, recipients: [] }, { passphrase: 'correct horse' });

    expect(await open(text, { passphrase: 'battery staple' })).toMatchObject({
      ok: false,
      problems: [{ code: 'SEC-002' }],
    });
  }, 60_000);

  it('refuses the store of another environment', async () => {
    expect(await open(closed, { identities: [identity] }, 'staging')).toMatchObject({
      ok: false,
      problems: [{ code: 'SEC-004', hint: 'use it with -e prod' }],
    });
  });
});
