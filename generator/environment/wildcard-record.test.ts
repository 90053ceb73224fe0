import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, type Patch } from '../testing/make-environment.ts';
import { makeWildcardRecord } from './wildcard-record.ts';

const WILDCARD: Patch = { ingress: { domain: 'ai.example.com', dns: { kind: 'wildcard' } } };

describe('generator/environment/wildcard-record', () => {
  it.each([
    {
      name: 'an address that is known',
      patches: [WILDCARD, { ingress: { publicAddress: '198.51.100.7' } }],
      record: { name: '*.ai.example.com', type: 'A', value: '198.51.100.7', text: '*.ai.example.com A 198.51.100.7' },
    },
    {
      name: 'an address that is not known yet',
      patches: [WILDCARD],
      record: {
        name: '*.ai.example.com',
        type: 'A',
        text: '*.ai.example.com A <address of the ingress load balancer>',
      },
    },
    {
      name: 'a load balancer with a name',
      patches: [AWS, WILDCARD],
      record: {
        name: '*.ai.example.com',
        type: 'CNAME',
        text: '*.ai.example.com CNAME <name of the ingress load balancer>',
      },
    },
    {
      name: 'a load balancer whose name is known',
      patches: [AWS, WILDCARD, { ingress: { publicAddress: 'lb.example.net' } }],
      record: {
        name: '*.ai.example.com',
        type: 'CNAME',
        value: 'lb.example.net',
        text: '*.ai.example.com CNAME lb.example.net',
      },
    },
    { name: 'nobody who asked for one', patches: [], record: undefined },
  ])('makes the record for $name', ({ patches, record }) => {
    expect(makeWildcardRecord(makeEnvironment(...patches))).toEqual(record);
  });
});
