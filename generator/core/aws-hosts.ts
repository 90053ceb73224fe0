// Host names of AWS by region, in the one place that knows that China has a domain of its own.

/**
 * Domain of all services in a region: `amazonaws.com`, and in China `amazonaws.com.cn`.
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
 */
export function awsDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** Host name of S3 in a region, e.g. `s3.eu-central-1.amazonaws.com`. */
export function s3Host(region: string): string {
  return `s3.${region}.${awsDomain(region)}`;
}

/** Host name of IAM for a region. It is one for all, and in China that of Beijing. */
export function iamHost(region: string): string {
  return region.startsWith('cn-') ? 'iam.cn-north-1.amazonaws.com.cn' : 'iam.amazonaws.com';
}

/** True for a host name of AWS. */
export function isAwsHost(host: string): boolean {
  return AWS_HOST.test(host);
}

/**
 * Region that a host name of S3 speaks of: `eu-central-1` for `s3.eu-central-1.amazonaws.com`, for the dual-stack, FIPS
 * and old forms with a dash, and for hosts that begin with a bucket. Undefined for other hosts, and for
 * `s3.amazonaws.com`, which says none.
 * @see https://docs.aws.amazon.com/general/latest/gr/s3.html
 */
export function findS3Region(host: string): string | undefined {
  const name = host.toLowerCase();
  if (!isAwsHost(name) || !/(^|\.)s3[.-]/.test(name)) return undefined;
  const labels = name.replace(AWS_HOST, '').split('.');
  return labels.map((label) => label.replace(/^s3-/, '')).findLast((label) => REGION.test(label));
}

/**
 * Region of a bucket whose key was left out: the one that its endpoint speaks of, else the region of the platform. For
 * zCompute `us-east-1`, which stores that have no region expect.
 * @param endpoint URL or host name of the store; undefined for AWS itself
 */
export function defaultRegion(
  platform: { readonly kind: string; readonly region: string },
  endpoint: string | undefined,
): string {
  const named = endpoint === undefined ? undefined : findS3Region(hostOf(endpoint));
  return named ?? (platform.kind === 'aws' ? platform.region : 'us-east-1');
}

/** Host name without a port, of a URL or of what stands in one: `s3.example.com:9000`. */
export function hostOf(endpoint: string): string {
  const url = endpoint.includes('://') ? endpoint : `https://${endpoint}`;
  return URL.canParse(url) ? new URL(url).hostname : endpoint;
}

const AWS_HOST = /(^|\.)amazonaws\.com(\.cn)?$/i;
const REGION = /^[a-z]{2}(-[a-z]+)+-[0-9]$/;
