// versions.tf and the backend: the same shape in both projects, a state of its own in each.
import { attribute, block, type HclBlock, type HclValue } from '../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../generator/plan/plan.ts';

/** Oldest minor with `use_lockfile`; everything else we write needs less. @see https://developer.hashicorp.com/terraform/language/backend/s3 */
const TERRAFORM_VERSION = '>= 1.10';

/** zCompute speaks the API of early 2021; later providers send requests that it refuses. @see Zadara terraform-zcompute-k8s v3.1.0 */
const AWS_PROVIDER = { zcompute: '>= 3.33.0, <= 3.35.0', aws: '~> 6.0' } as const;

/** Providers beside aws that a project may ask for. */
export const OTHER_PROVIDERS = {
  time: { source: 'hashicorp/time', version: '~> 0.12' },
  random: { source: 'hashicorp/random', version: '~> 3.6' },
} as const satisfies Readonly<Record<string, HclValue>>;

/** The `terraform` block of a project. */
export function versions(
  plan: EnvironmentPlan,
  project: 'infrastructure' | 'cluster',
  providers: Readonly<Record<string, HclValue>> = {},
): HclBlock[] {
  const { platform, state } = plan.environment;
  const aws = { source: 'hashicorp/aws', version: AWS_PROVIDER[platform.kind] };
  const required = Object.entries({ aws, ...providers }).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    block(
      'terraform',
      [],
      [
        attribute('required_version', TERRAFORM_VERSION),
        block(
          'required_providers',
          [],
          required.map(([name, pin]) => attribute(name, pin)),
        ),
        block(
          'backend',
          [state.kind],
          Object.entries(backendSettings(plan, project, true)).map(([name, value]) => attribute(name, value)),
        ),
      ],
    ),
  ];
}

/**
 * Settings of a state: for the backend itself, and without the lock for reading it from the other project.
 * The skips keep an S3-compatible store from being asked for services that only AWS has.
 */
export function backendSettings(
  plan: EnvironmentPlan,
  project: 'infrastructure' | 'cluster',
  own: boolean,
): Record<string, HclValue> {
  const { state } = plan.environment;
  if (state.kind === 'local') return { path: own ? 'terraform.tfstate' : `../${project}/terraform.tfstate` };
  const store: Record<string, HclValue> =
    state.endpoint === undefined
      ? {}
      : {
          endpoints: { s3: state.endpoint },
          use_path_style: true,
          skip_credentials_validation: true,
          skip_region_validation: true,
          skip_requesting_account_id: true,
          skip_metadata_api_check: true,
          skip_s3_checksum: true,
        };
  return {
    bucket: state.bucket,
    key: `${plan.name}/${project}.tfstate`,
    region: state.region,
    ...(own && state.lockFile ? { use_lockfile: true } : {}),
    ...store,
  };
}
