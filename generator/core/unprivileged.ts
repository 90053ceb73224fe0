// Containers that need no right at all, and the one image that most Jobs of ours are: curl in a shell.
import type { YamlMap } from './provenance.ts';

/** Alpine with curl; its tag was seen in third-party repositories only. */
export const CURL_IMAGE = 'docker.io/curlimages/curl:8.16.0';
/** A user that no image and no node knows. */
export const NOBODY = 65532;

/**
 * The security context of a container that Pod Security `restricted` lets in, with a root file system that is read-only.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ (1.35)
 */
export function unprivileged(runAsUser: number = NOBODY): YamlMap {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
