// Which image of the cloud controller goes with which Kubernetes minor: it is built and tested for one only.

/**
 * Newest image per minor that the registry really has: a Git tag is no image (v1.35.1 and v1.36.0 were never published).
 * @see https://github.com/kubernetes/k8s.io registry.k8s.io/images/k8s-staging-provider-aws/images.yaml, read in 2026
 */
const IMAGE_TAGS: Readonly<Record<string, string>> = {
  '1.32': 'v1.32.8',
  '1.33': 'v1.33.4',
  '1.34': 'v1.34.3',
  '1.35': 'v1.35.2',
  '1.36': 'v1.36.1',
};

/** Minors that have an image, oldest first. */
export const IMAGE_MINORS: readonly string[] = Object.keys(IMAGE_TAGS);

/** Image tag for a minor such as `1.35`. The rules of the environment refuse other minors, so that one would be our bug: throws. */
export function requireImageTag(minor: string): string {
  const tag = IMAGE_TAGS[minor];
  if (tag === undefined)
    throw new Error(`no cloud controller image for Kubernetes ${minor}; known: ${IMAGE_MINORS.join(', ')}`);
  return tag;
}
