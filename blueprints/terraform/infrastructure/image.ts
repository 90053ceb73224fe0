// image.tf: the machine image of nodes and bastion, until the environment file names one.
import { DataAwsAmiIds } from '@cdktf/provider-aws/lib/data-aws-ami-ids';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import type { TerraformStack } from 'cdktf';
import { expression } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, addressOf, made, reference } from '../elements.ts';

/** Canonical publishes the newest image of each release under a fixed name. @see https://documentation.ubuntu.com/aws/en/latest/aws-how-to/instances/find-ubuntu-images/ */
const AWS_IMAGE_PARAMETER = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';
/** Name that zCompute sites give the image. @see Zadara terraform-zcompute-k8s v3.1.0 */
const ZCOMPUTE_IMAGE_NAME = '^Public - Ubuntu Server 24.04$';
const PIN = 'write\n`terraform output image_id` into cluster.image of the environment file once it is known.';
/** What a newer image does: see the notes on machines in the cluster project. */
const MOVING = {
  zcompute: `The newest image, which moves. Node groups that are changed or added later get the newest of that day: ${PIN}`,
  aws: `The newest image, which moves. Node groups keep that of their first apply; for those added later to have it, too, ${PIN}`,
} as const;

/** Absent when the environment file names the image. */
export const image: TerraformFile = {
  name: 'image',
  purpose: 'The machine image of nodes and bastion.',
  build(stack, plan) {
    if (plan.environment.cluster.image !== undefined) return undefined;
    const { kind } = plan.environment.platform;
    note(kind === 'aws' ? addAwsLookup(stack) : addZcomputeLookup(stack), MOVING[kind]);
    return undefined;
  },
};

/** The image as a value: literal when pinned. */
export function imageId(stack: TerraformStack, plan: EnvironmentPlan): string {
  const { cluster, platform } = plan.environment;
  if (cluster.image !== undefined) return cluster.image;
  if (platform.kind === 'aws') return reference(made(stack, DataAwsSsmParameter, 'ubuntu'), 'insecure_value');
  return expression(`${addressOf(made(stack, DataAwsAmiIds, 'ubuntu'))}.ids[0]`);
}

function addAwsLookup(stack: TerraformStack): DataAwsSsmParameter {
  return add(stack, DataAwsSsmParameter, 'ubuntu', { name: AWS_IMAGE_PARAMETER });
}

/** Any owner: each site imports the image under an account of its own. Filters may match too much there, the name does not. */
function addZcomputeLookup(stack: TerraformStack): DataAwsAmiIds {
  return add(stack, DataAwsAmiIds, 'ubuntu', {
    owners: ['*'],
    nameRegex: ZCOMPUTE_IMAGE_NAME,
    filter: [
      { name: 'is-public', values: ['true'] },
      { name: 'state', values: ['available'] },
    ],
    lifecycle: {
      postcondition: [
        {
          condition: expression('length(self.ids) > 0'),
          errorMessage:
            'The site has no public image named "Ubuntu Server 24.04": import it from the Marketplace in the console, or name another one in cluster.image.',
        },
      ],
    },
  });
}
