import { describe, expect, it } from 'vitest';
import { AWS, ECDSA_KEY, ED25519_KEY, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { sshKey } from './ssh-key.ts';

describe('generator/environment/rules/ssh-key', () => {
  it.each([
    {
      name: 'a key that was cut',
      patches: [{ cluster: { sshPublicKey: ED25519_KEY.slice(0, 60) } }],
      code: 'SSH-001',
      key: 'cluster.sshPublicKey',
      says: 'The key after "ssh-ed25519" is cut or changed',
      hint: 'copy the whole line of the file that ends in .pub',
    },
    {
      name: 'a key of another kind than it says',
      patches: [{ cluster: { sshPublicKey: ED25519_KEY.replace('ssh-ed25519', 'ssh-rsa') } }],
      code: 'SSH-001',
      key: 'cluster.sshPublicKey',
      says: 'The key after "ssh-rsa" is cut or changed',
      hint: 'copy the whole line of the file that ends in .pub',
    },
    {
      name: 'a kind that AWS does not import',
      patches: [AWS, { cluster: { sshPublicKey: ECDSA_KEY } }],
      code: 'SSH-002',
      key: 'cluster.sshPublicKey',
      says: 'not ecdsa-sha2-nistp256',
      hint: 'make one with ssh-keygen -t ed25519',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(sshKey, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'ED25519', patches: [] },
    {
      name: 'ED25519 without a comment',
      patches: [{ cluster: { sshPublicKey: ED25519_KEY.split(' ').slice(0, 2).join(' ') } }],
    },
    { name: 'ECDSA on zCompute', patches: [{ cluster: { sshPublicKey: ECDSA_KEY } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(sshKey, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
