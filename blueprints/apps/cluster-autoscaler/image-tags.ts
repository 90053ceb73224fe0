// Which image of the autoscaler goes with which Kubernetes minor: it simulates the scheduler of that minor.

/**
 * Newest patch per minor, as tagged and released by 22 July 2026.
 * @see https://github.com/kubernetes/autoscaler/releases (cluster-autoscaler-1.32.7 to cluster-autoscaler-1.36.1)
 */
const IMAGE_TAGS: Readonly<Record<string, string>> = {
  '1.32': 'v1.32.7',
  '1.33': 'v1.33.6',
  '1.34': 'v1.34.5',
  '1.35': 'v1.35.2',
  '1.36': 'v1.36.1',
};

/** Minors that have an image, oldest first. */
export const IMAGE_MINORS: readonly string[] = Object.keys(IMAGE_TAGS);

/** Image tag for a minor such as `1.35`. The rules of the environment refuse other minors, so that one would be our bug: throws. */
export function requireImageTag(minor: string): string {
  const tag = IMAGE_TAGS[minor];
  if (tag === undefined)
    throw new Error(`no autoscaler image for Kubernetes ${minor}; known: ${IMAGE_MINORS.join(', ')}`);
  return tag;
}
