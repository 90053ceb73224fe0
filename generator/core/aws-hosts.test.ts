import { describe, expect, it } from 'vitest';
import { awsDomain, defaultRegion, findS3Region, iamHost, isAwsHost, s3Host } from './aws-hosts.ts';

describe('generator/core/aws-hosts', () => {
  it.each([
    { region: 'eu-central-1', domain: 'amazonaws.com', s3: 's3.eu-central-1.amazonaws.com', iam: 'iam.amazonaws.com' },
    {
      region: 'us-gov-west-1',
      domain: 'amazonaws.com',
      s3: 's3.us-gov-west-1.amazonaws.com',
      iam: 'iam.amazonaws.com',
    },
    {
      region: 'cn-northwest-1',
      domain: 'amazonaws.com.cn',
      s3: 's3.cn-northwest-1.amazonaws.com.cn',
      iam: 'iam.cn-north-1.amazonaws.com.cn',
    },
  ])('names the hosts of $region', ({ region, domain, s3, iam }) => {
    expect([awsDomain(region), s3Host(region), iamHost(region)]).toEqual([domain, s3, iam]);
  });

  it.each([
    { host: 's3.eu-central-1.amazonaws.com', region: 'eu-central-1' },
    { host: 'S3.EU-CENTRAL-1.AMAZONAWS.COM', region: 'eu-central-1' },
    { host: 's3-us-west-2.amazonaws.com', region: 'us-west-2' },
    { host: 's3.dualstack.us-gov-east-1.amazonaws.com', region: 'us-gov-east-1' },
    { host: 's3-fips.dualstack.ca-central-1.amazonaws.com', region: 'ca-central-1' },
    { host: 'us-west-2.s3.eu-west-1.amazonaws.com', region: 'eu-west-1' },
    { host: 'bucket.vpce-0a1b-x.s3.ap-southeast-2.vpce.amazonaws.com', region: 'ap-southeast-2' },
    { host: 's3.cn-north-1.amazonaws.com.cn', region: 'cn-north-1' },
    { host: 's3.amazonaws.com', region: undefined },
    { host: 'ec2.eu-central-1.amazonaws.com', region: undefined },
    { host: 's3.eu-central-1.example.com', region: undefined },
    { host: 's3.eu-central-1.amazonaws.com.example.com', region: undefined },
  ])('reads $region from $host', ({ host, region }) => {
    expect(findS3Region(host)).toBe(region);
  });

  it.each([
    ['s3.eu-central-1.amazonaws.com', true],
    ['s3.cn-north-1.amazonaws.com.cn', true],
    ['amazonaws.com.example.com', false],
    ['notamazonaws.com', false],
  ])('%s is of AWS: %s', (host, expected) => {
    expect(isAwsHost(host)).toBe(expected);
  });

  it.each([
    { name: 'AWS itself', platform: 'aws', endpoint: undefined, region: 'eu-central-1' },
    { name: 'a host of AWS', platform: 'aws', endpoint: 's3.us-west-2.amazonaws.com', region: 'us-west-2' },
    { name: 'a URL of AWS', platform: 'aws', endpoint: 'https://s3.us-west-2.amazonaws.com/', region: 'us-west-2' },
    { name: 'another store', platform: 'aws', endpoint: 'https://s3.example.com:9000', region: 'eu-central-1' },
    { name: 'a store of zCompute', platform: 'zcompute', endpoint: 's3.example.com:9000', region: 'us-east-1' },
    { name: 'AWS from zCompute', platform: 'zcompute', endpoint: 's3.eu-west-1.amazonaws.com', region: 'eu-west-1' },
  ])('defaults to $region for $name', ({ platform, endpoint, region }) => {
    expect(defaultRegion({ kind: platform, region: 'eu-central-1' }, endpoint)).toBe(region);
  });
});
