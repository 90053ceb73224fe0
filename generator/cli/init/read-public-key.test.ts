import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAKE_SECRETS, findPiece } from '../../testing/fake-secrets.ts';
import { ED25519_KEY } from '../../testing/make-environment.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { readPublicKey } from './read-public-key.ts';

const folder = makeTemporaryFolder();
const privateKey = FAKE_SECRETS.find(({ what }) => what === 'a key file')?.text ?? '';

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('generator/cli/init/read-public-key', () => {
  it.each([
    { name: 'a key', given: ED25519_KEY },
    { name: 'a .pub file', given: write('id.pub', `${ED25519_KEY}\n`) },
    { name: 'a path with a space', given: write('my id.pub', `${ED25519_KEY}\r\n`) },
  ])('takes $name', ({ given }) => {
    expect(readPublicKey(given)).toMatchObject({ ok: true, value: ED25519_KEY });
  });

  const pairs = [
    { name: 'the file of a private key', given: write('id', privateKey), hint: `try --ssh-key ${folder}/id.pub` },
    {
      name: 'a private key that is named .pub',
      given: write('x.pub', privateKey),
      hint: 'for example --ssh-key ~/.ssh/',
    },
    { name: 'a key of PuTTY', given: write('id.ppk', 'PuTTY-User-Key-File-3: ssh-ed25519\n'), hint: 'id.ppk.pub' },
    { name: 'another file', given: write('token', 'hunter2hunter2\n'), hint: 'for example --ssh-key ~/.ssh/' },
    { name: 'an empty file', given: write('empty', ''), hint: 'for example --ssh-key ~/.ssh/' },
    { name: 'a private key itself', given: privateKey, hint: 'for example --ssh-key ~/.ssh/' },
    { name: 'a private key on one line', given: privateKey.replaceAll('\n', ' '), hint: 'for example --ssh-key' },
  ];
  it.each(pairs)('refuses $name without showing it', ({ given, hint }) => {
    const { problems } = readPublicKey(given);

    expect(problems).toEqual([
      {
        code: 'INIT-006',
        severity: 'error',
        key: '--ssh-key',
        message: expect.stringMatching(/a private key, which|something else than a public SSH key/),
        hint: expect.stringContaining(hint),
      },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(findPiece(JSON.stringify(problems), privateKey)).toBeUndefined();
  });

  it.each(FAKE_SECRETS)('does not repeat $what, taken for a path', ({ text }) => {
    expect(findPiece(JSON.stringify(readPublicKey(text).problems), text)).toBeUndefined();
  });
});
