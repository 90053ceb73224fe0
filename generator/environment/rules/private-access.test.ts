import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { privateAccess } from './private-access.ts';

describe('generator/environment/rules/private-access', () => {
  it.each([
    {
      name: 'a bastion that nobody may enter',
      patches: [{ network: { bastion: { sshFrom: [] } } }],
      code: 'NET-009',
      key: 'network.bastion.sshFrom',
      says: 'network.bastion.sshFrom is empty',
      hint: 'add sshFrom: [203.0.113.0/24] with your own network, or enabled: false',
    },
    {
      name: 'a bastion that is open to the world',
      patches: [{ network: { bastion: { sshFrom: ['203.0.113.0/24', '0.0.0.0/0'] } } }],
      code: 'NET-008',
      key: 'network.bastion.sshFrom[1]',
      says: '0.0.0.0/0 lets the whole internet',
      hint: 'name your own networks, or add allowWorld: true if you mean it',
    },
    {
      name: 'half of the world',
      patches: [{ network: { bastion: { sshFrom: ['128.0.0.0/1'] } } }],
      code: 'NET-008',
      key: 'network.bastion.sshFrom[0]',
      says: '128.0.0.0/1 lets the whole internet',
      hint: 'name your own networks, or add allowWorld: true if you mean it',
    },
    {
      name: 'no bastion and no word about another way',
      patches: [{ network: { bastion: { enabled: false } } }],
      code: 'NET-010',
      key: 'network.privateAccess',
      says: 'network.bastion.enabled is false',
      hint: 'add privateAccess: Site-to-site VPN from the head office',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(privateAccess, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'a bastion for one network', patches: [] },
    {
      name: 'the world, said explicitly',
      patches: [{ network: { bastion: { sshFrom: ['0.0.0.0/0'], allowWorld: true } } }],
    },
    { name: 'another way in', patches: [{ network: { bastion: { enabled: false }, privateAccess: 'VPN' } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(privateAccess, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
