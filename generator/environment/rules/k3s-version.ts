// The Kubernetes minor is one that the pinned Argo CD and controllers were tested with.
import type { ProblemKind } from '../../core/problem.ts';
import type { Rule } from './rule.ts';

const UNSUPPORTED: ProblemKind = {
  code: 'K3S-001',
  title: 'This Kubernetes version does not go with the pinned software',
  explanation:
    'Argo CD 3.4 (chart 10.1.1) is tested with Kubernetes 1.32 to 1.35, and the cloud controller and the autoscaler need an image of the same minor.',
};

/** @see argo-cd 3.4 docs, "Tested versions": 1.32 to 1.35; cloud-provider-aws and cluster-autoscaler have images for each of them. */
const OLDEST_MINOR = 32;
const NEWEST_MINOR = 35;
const DEFAULT_VERSION = 'v1.35.9+k3s1';

export const k3sVersion: Rule = {
  kinds: [UNSUPPORTED],
  check: ({ cluster }) => {
    const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(cluster.version) ?? [];
    if (major === '1' && Number(minor) >= OLDEST_MINOR && Number(minor) <= NEWEST_MINOR) return [];
    return [
      {
        kind: UNSUPPORTED,
        at: ['cluster', 'version'],
        message: `${cluster.version} is not between 1.${OLDEST_MINOR} and 1.${NEWEST_MINOR}, which Argo CD 3.4 is tested with.`,
        hint: `write version: ${DEFAULT_VERSION}`,
      },
    ];
  },
};
