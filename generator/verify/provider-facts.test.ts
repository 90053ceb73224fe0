import { describe, expect, it } from 'vitest';
import { findArguments, findProviderVersion, PROVIDER_FACTS_SOURCE } from './provider-facts.ts';

describe('generator/verify/provider-facts.ts', () => {
  it.each([
    { name: 'what we pin on zCompute', constraint: '>= 3.33.0, <= 3.35.0', version: '3.33' },
    { name: 'an exact version of that range', constraint: '3.34.0', version: '3.33' },
    { name: 'what we pin on AWS', constraint: '~> 6.0', version: '6.25' },
    { name: 'a later minor of it', constraint: '~> 6.30', version: '6.25' },
    { name: 'a version below', constraint: '~> 3.20', version: undefined },
    { name: 'a version above the range', constraint: '>= 3.44.0', version: undefined },
    { name: 'a version between', constraint: '~> 5.0', version: undefined },
    { name: 'an upper bound alone', constraint: '<= 3.35.0', version: undefined },
    { name: 'no version', constraint: '', version: undefined },
  ])('knows which list goes with $name', ({ constraint, version }) => {
    expect(findProviderVersion(constraint)).toBe(version);
  });

  it.each([
    { type: 'aws_eip', name: 'vpc', in333: 'attribute', in625: undefined },
    { type: 'aws_eip', name: 'domain', in333: undefined, in625: 'attribute' },
    { type: 'aws_lb_target_group', name: 'preserve_client_ip', in333: undefined, in625: 'attribute' },
    { type: 'aws_lb_target_group', name: 'health_check', in333: 'block', in625: 'block' },
    { type: 'aws_security_group', name: 'ingress', in333: 'either', in625: 'either' },
    { type: 'aws_iam_policy', name: 'tags', in333: undefined, in625: 'attribute' },
    { type: 'aws_vpc', name: 'tags_all', in333: undefined, in625: undefined },
    { type: 'provider', name: 'endpoints.elbv2', in333: undefined, in625: 'attribute' },
    { type: 'data.aws_ami_ids', name: 'filter.values', in333: 'attribute', in625: 'attribute' },
  ])('knows $name of $type', ({ type, name, in333, in625 }) => {
    const [old, current] = [findArguments(type, '3.33'), findArguments(type, '6.25')];

    expect(old instanceof Map && old.get(name)).toBe(in333);
    expect(current instanceof Map && current.get(name)).toBe(in625);
  });

  it('tells a type that a version lacks from one without facts', () => {
    expect(findArguments('data.aws_subnets', '3.33')).toBe('absent');
    expect(findArguments('data.aws_subnet_ids', '6.25')).toBe('absent');
    expect(findArguments('aws_vpc_security_group_ingress_rule', '3.33')).toBe('absent');
    expect(findArguments('aws_vpc_security_group_ingress_rule', '6.25')).toBeUndefined();
    expect(findArguments('aws_sqs_queue', '6.25')).toBeUndefined();
  });

  it('names where the lists come from', () => {
    expect(PROVIDER_FACTS_SOURCE['3.33']).toContain('3.33.0');
    expect(PROVIDER_FACTS_SOURCE['6.25']).toContain('6.25.0');
  });
});
