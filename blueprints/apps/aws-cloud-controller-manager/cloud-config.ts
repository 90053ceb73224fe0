// The cloud controller's own configuration: whose instances, and where the API is.
import type { AppContext } from '../../../generator/core/blueprint.ts';

interface Override {
  /** Label of the section; only has to be unique. */
  readonly section: string;
  /** How the reader calls the service. */
  readonly service: string;
  /** Path of the zCompute API under `/api/v2/aws/`. */
  readonly api: string;
  /** What requests are signed for; must be given, an empty name would be taken literally. */
  readonly signedAs: string;
}

/**
 * The cloud controller (1.32 and later, AWS SDK v2) knows services by their service id, `EC2`; the cluster
 * autoscaler, which reads the same file, by their endpoint id, `ec2`. An override under the wrong name is
 * ignored in silence and the request goes to Amazon. zCompute has one load-balancing API for both generations.
 * @see https://github.com/kubernetes/cloud-provider-aws/blob/v1.35.2/pkg/providers/v1/config/config.go
 */
const OVERRIDES: readonly Override[] = [
  { section: 'autoscaling', service: 'autoscaling', api: 'autoscaling', signedAs: 'autoscaling' },
  { section: 'ec2', service: 'ec2', api: 'ec2', signedAs: 'ec2' },
  { section: 'sdk-v2-ec2', service: 'EC2', api: 'ec2', signedAs: 'ec2' },
  { section: 'sdk-v2-elb', service: 'Elastic Load Balancing', api: 'elbv2', signedAs: 'elasticloadbalancing' },
  { section: 'sdk-v2-elbv2', service: 'Elastic Load Balancing v2', api: 'elbv2', signedAs: 'elasticloadbalancing' },
];

/** Writes `cloud.conf`, in the Git-config dialect that the controller reads. */
export function writeCloudConfig({ environment, platform }: Pick<AppContext, 'environment' | 'platform'>): string {
  const { endpoint, region } = platform;
  const global = section('[Global]', { KubernetesClusterID: environment, Region: region });
  if (endpoint === undefined) return global;
  const overrides = OVERRIDES.map(({ section: name, service, api, signedAs }) =>
    section(`[ServiceOverride "${name}"]`, {
      Service: service,
      Region: region,
      URL: `${endpoint}/api/v2/aws/${api}`,
      SigningRegion: region,
      SigningName: signedAs,
    }),
  );
  return [global, ...overrides].join('\n');
}

function section(head: string, settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = "${value}"\n`);
  return `${head}\n${lines.join('')}`;
}
