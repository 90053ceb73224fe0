import { describe, expect, it } from 'vitest';
import { AWS, HIGH, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { awsZones } from './aws-zones.ts';

describe('generator/environment/rules/aws-zones', () => {
  it.each([
    {
      name: 'a zone of another region',
      patches: [AWS, { platform: { availabilityZones: ['eu-central-1a', 'eu-west-1b'] } }],
      code: 'AWS-001',
      key: 'platform.availabilityZones[1]',
      says: 'eu-west-1b is not a zone of platform.region, which is eu-central-1',
      hint: 'write eu-central-1b',
    },
    {
      name: 'two zones in high',
      patches: [HIGH, AWS, { platform: { availabilityZones: ['eu-central-1a', 'eu-central-1b'] } }],
      code: 'AWS-002',
      key: 'platform.availabilityZones',
      says: 'only 2 zones are given',
      hint: 'write availabilityZones: [eu-central-1a, eu-central-1b, eu-central-1c]',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(awsZones, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'three zones in high', patches: [HIGH, AWS] },
    { name: 'one zone in single', patches: [AWS, { platform: { availabilityZones: ['eu-central-1a'] } }] },
    { name: 'zCompute', patches: [HIGH] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(awsZones, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
