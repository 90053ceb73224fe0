import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { makeSshKey, readSshPublicKey } from './ssh-key.ts';

const folder = makeTemporaryFolder();

describe('generator/secrets/ssh-key', () => {
  it.each(['argocd-a', 'argocd-ab', 'argocd-prod', 'argocd-a-name-of-twenty'])(
    'makes a pair that OpenSSH itself opens: %s',
    (comment) => {
      const { privateKey, publicKey } = makeSshKey(comment);
      const file = join(folder, comment);
      writeFileSync(file, privateKey, { mode: 0o600 });

      const shown = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' });

      expect(shown.trim()).toBe(publicKey);
      expect(publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43} argocd-/);
    },
  );

  it('makes another pair every time', () => {
    const keys = new Set([1, 2, 3].map(() => makeSshKey('a').publicKey));

    expect(keys.size).toBe(3);
  });

  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['RSA', ['-t', 'rsa', '-b', '2048']],
    ['ECDSA', ['-t', 'ecdsa']],
  ])('reads the public half of a key that OpenSSH made: %s', (name, flags) => {
    const file = join(folder, `made-${name}`);
    execFileSync('ssh-keygen', ['-q', ...flags, '-N', '', '-C', '', '-f', file]);
    const [privateKey, publicKey] = ['', '.pub'].map((end) => execFileSync('cat', [file + end], { encoding: 'utf8' }));

    const read = readSshPublicKey(privateKey ?? '');

    expect(read).toBe(publicKey?.trim());
  });

  it.each([
    ['nothing', ''],
    ['a public key', makeSshKey('a').publicKey],
    ['a key of another form', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['a key that was cut off', `${makeSshKey('a').privateKey.slice(0, 80)}\n-----END OPENSSH PRIVATE KEY-----\n`],
  ])('reads no key from %s', (_name, text) => {
    const read = readSshPublicKey(text);

    expect(read).toBeUndefined();
  });

  it('reads no key that a passphrase protects', () => {
    const file = join(folder, 'protected');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'canary-canary', '-f', file]);

    const read = readSshPublicKey(execFileSync('cat', [file], { encoding: 'utf8' }));

    expect(read).toBeUndefined();
  });
});
