// Where an endpoint is a host of AWS, it is that of the region that is written beside it.
import { findS3Region, hostOf, s3Host } from '../../core/aws-hosts.ts';
import type { ProblemKind } from '../../core/problem.ts';
import { listStores, type Store } from '../stores.ts';
import type { Finding, Rule } from './rule.ts';

const CONTRADICTION: ProblemKind = {
  code: 'AWS-003',
  title: 'The endpoint of a bucket is not that of its region',
  explanation:
    'Requests to S3 are signed for a region, and AWS refuses those that reach a host of another. Where the endpoint is a host of AWS, `region` can be left out: it is read from the endpoint. In China the hosts end with amazonaws.com.cn.',
};

export const storeRegions: Rule = {
  kinds: [CONTRADICTION],
  check: (environment) => listStores(environment).flatMap((store) => checkStore(store)),
};

function checkStore({ key, endpoint, region }: Store): Finding[] {
  if (endpoint === undefined) return [];
  const host = hostOf(endpoint);
  const named = findS3Region(host);
  if (named === undefined) return [];
  if (named !== region) {
    const message = `${host} is S3 in ${named}, but the region of this bucket is ${region}.`;
    const hint = `write region: ${named}, or endpoint: ${spell(endpoint, region)}`;
    return [{ kind: CONTRADICTION, at: [...key, 'region'], message, hint }];
  }
  if (host.endsWith('.cn') === s3Host(named).endsWith('.cn')) return [];
  const message = `${host} does not exist: S3 in ${named} is ${s3Host(named)}.`;
  return [
    { kind: CONTRADICTION, at: [...key, 'endpoint'], message, hint: `write endpoint: ${spell(endpoint, named)}` },
  ];
}

/** As the key has it: a URL, or the host name alone. */
function spell(endpoint: string, region: string): string {
  return `${endpoint.includes('://') ? 'https://' : ''}${s3Host(region)}`;
}
