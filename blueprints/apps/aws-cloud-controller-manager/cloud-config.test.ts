import { describe, expect, it } from 'vitest';
import { writeCloudConfig } from './cloud-config.ts';

describe('blueprints/apps/aws-cloud-controller-manager/cloud-config.ts', () => {
  it('says on AWS only whose cluster it is and where', () => {
    const text = writeCloudConfig({ environment: 'prod', platform: { kind: 'aws', region: 'eu-central-1' } });

    expect(text).toBe('[Global]\nKubernetesClusterID = "prod"\nRegion = "eu-central-1"\n');
  });

  it.each([
    ['the cloud controller finds EC2', 'EC2', 'ec2', 'ec2'],
    ['the cloud controller finds classic load balancing', 'Elastic Load Balancing', 'elbv2', 'elasticloadbalancing'],
    ['the cloud controller finds load balancing', 'Elastic Load Balancing v2', 'elbv2', 'elasticloadbalancing'],
    ['the autoscaler finds EC2', 'ec2', 'ec2', 'ec2'],
    ['the autoscaler finds autoscaling groups', 'autoscaling', 'autoscaling', 'autoscaling'],
  ])('on zCompute %s', (_, service, api, signedAs) => {
    const override = overrides().find((section) => section.includes(`Service = "${service}"`));

    expect(override).toContain(`URL = "https://compute.example.com/api/v2/aws/${api}"`);
    expect(override).toContain(`SigningName = "${signedAs}"`);
  });

  it('never names a service or a section twice, which the readers refuse', () => {
    const sections = overrides();

    const heads = sections.map((section) => section.split('\n')[0]);
    const services = sections.map((section) => /Service = "(.*)"/.exec(section)?.[1]);
    expect(new Set(heads).size).toBe(sections.length);
    expect(new Set(services).size).toBe(sections.length);
  });
});

function overrides(): string[] {
  const platform = { kind: 'zcompute', region: 'us-east-1', endpoint: 'https://compute.example.com' } as const;
  return writeCloudConfig({ environment: 'prod', platform }).split('\n\n').slice(1);
}
