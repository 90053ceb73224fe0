// What a node is given when it makes the cluster: rendered with the repository, carried by Terraform.
import type { PlainMap } from './provenance.ts';

/** Manifests that the seed writes on first boot, rendered from the same values as the Git repository's. */
export interface FirstBoot {
  readonly manifests: readonly FirstBootManifest[];
}

export interface FirstBootManifest {
  /** File name under the k3s manifests folder. */
  readonly name: string;
  readonly content: string;
  /** The same as data, for checks. */
  readonly documents: readonly PlainMap[];
}
