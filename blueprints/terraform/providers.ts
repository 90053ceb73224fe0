// providers.tf: the AWS provider of both projects. Credentials never stand here: they come from AWS_* variables.
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { TerraformStack } from 'cdktf';
import type { Environment } from '../../generator/environment/schema/environment-schema.ts';
import type { EnvironmentPlan } from '../../generator/plan/plan.ts';
import { note, type TerraformFile } from './contract.ts';

/**
 * Services that the two projects call, and their paths on a site. Up to provider 3.x the key `elb` answers for load
 * balancers of version 2 as well, and those are the ones that we make.
 * @see Zadara terraform-zcompute-k8s v3.1.0, examples/k8s-simple/provider.tf
 */
const ZCOMPUTE_SERVICES = { autoscaling: 'autoscaling', ec2: 'ec2', elb: 'elbv2', iam: 'iam', sts: 'sts' } as const;

type Zcompute = Extract<Environment['platform'], { kind: 'zcompute' }>;
type Aws = Extract<Environment['platform'], { kind: 'aws' }>;

export const providers: TerraformFile = {
  name: 'providers',
  purpose:
    'The cloud. Credentials come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  build(stack, plan) {
    const { platform } = plan.environment;
    if (platform.kind === 'aws') buildAws(stack, plan, platform);
    else buildZcompute(stack, platform);
    return undefined;
  },
};

/** No `default_tags` on zCompute: up to 3.37 they reach VPCs and subnets only, and it refuses tags on some resources. */
function buildZcompute(stack: TerraformStack, platform: Zcompute): void {
  const site = platform.endpoint.replace(/\/$/, '');
  const provider = new AwsProvider(stack, 'provider.aws', {
    region: platform.region,
    ...(platform.insecure ? { insecure: true } : {}),
    // What these would check does not exist here: a metadata service of AWS, its list of regions, its STS.
    skipMetadataApiCheck: 'true',
    skipRegionValidation: true,
    skipCredentialsValidation: true,
    endpoints: [
      Object.fromEntries(Object.entries(ZCOMPUTE_SERVICES).map(([key, path]) => [key, `${site}/api/v2/aws/${path}`])),
    ],
  });
  note(
    provider,
    platform.insecure
      ? 'The certificate of the site is not checked: platform.insecure in the environment file.'
      : 'For a site with a private CA, point AWS_CA_BUNDLE at its certificate.',
  );
}

function buildAws(stack: TerraformStack, plan: EnvironmentPlan, platform: Aws): void {
  new AwsProvider(stack, 'provider.aws', {
    region: platform.region,
    defaultTags: [{ tags: { 'rootstock.dev/environment': plan.name } }],
  });
}
