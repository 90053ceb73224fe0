import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { cidrForm } from './cidr-form.ts';

describe('generator/environment/rules/cidr-form', () => {
  it.each([
    { key: 'network.cidr', patch: { network: { cidr: '10.1.2.3/16' } } },
    { key: 'network.podCidr', patch: { network: { podCidr: '10.1.2.3/16' } } },
    { key: 'network.serviceCidr', patch: { network: { serviceCidr: '10.1.2.3/16' } } },
    { key: 'network.bastion.sshFrom[0]', patch: { network: { bastion: { sshFrom: ['10.1.2.3/16'] } } } },
    { key: 'ingress.allowFrom[0]', patch: { ingress: { allowFrom: ['10.1.2.3/16'] } } },
    {
      key: 'network.subnets.public[0]',
      patch: { network: { subnets: { public: ['10.1.2.3/16'], private: ['10.1.0.0/16'] } } },
    },
    {
      key: 'network.subnets.private[0]',
      patch: { network: { subnets: { public: ['10.1.0.0/16'], private: ['10.1.2.3/16'] } } },
    },
  ])('refuses host bits in $key', ({ key, patch }) => {
    const found = runRule(cidrForm, makeEnvironment(patch));

    expect(found).toEqual([
      { code: 'NET-003', key, message: '10.1.2.3/16 has host bits set.', hint: 'write 10.1.0.0/16' },
    ]);
  });

  it.each([
    { cidr: '010.30.0.0/16', hint: 'write 10.30.0.0/16' },
    { cidr: '10.30.00.0/16', hint: 'write 10.30.0.0/16' },
    { cidr: '10.0.0.0/08', hint: 'write 10.0.0.0/8' },
    { cidr: '010.30.1.2/16', hint: 'write 10.30.0.0/16' },
  ])('refuses the leading zero of $cidr in every key', ({ cidr, hint }) => {
    const environment = makeEnvironment({
      network: {
        cidr,
        podCidr: cidr,
        serviceCidr: cidr,
        subnets: { public: [cidr], private: [cidr] },
        bastion: { sshFrom: [cidr] },
      },
      ingress: { allowFrom: [cidr] },
    });

    const found = runRule(cidrForm, environment);

    expect(found.map(({ key }) => key)).toEqual([
      'network.cidr',
      'network.subnets.public[0]',
      'network.subnets.private[0]',
      'network.podCidr',
      'network.serviceCidr',
      'network.bastion.sshFrom[0]',
      'ingress.allowFrom[0]',
    ]);
    for (const finding of found)
      expect(finding).toMatchObject({ code: 'NET-001', message: `${cidr} has a leading zero.`, hint });
  });

  it.each(['10.0.0.0/33', '256.0.0.0/8', '10.0.999.0/24'])('refuses %s', (cidr) => {
    const found = runRule(cidrForm, makeEnvironment({ network: { cidr } }));

    expect(found).toEqual([
      {
        code: 'NET-001',
        key: 'network.cidr',
        message: `${cidr} is not an IPv4 network.`,
        hint: 'write something like 10.0.0.0/16',
      },
    ]);
  });

  it.each([{ patches: [] }, { patches: [AWS] }])('accepts the defaults', ({ patches }) => {
    expect(runRule(cidrForm, makeEnvironment(...patches))).toEqual([]);
  });
});
