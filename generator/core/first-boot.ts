// What a node is given when it makes the cluster: rendered with the repository, carried by Terraform.

/** Manifests that the seed writes on first boot, rendered from the same values as the Git repository's. */
export interface FirstBoot {
  /** File name under the k3s manifests folder, and its text. */
  readonly manifests: readonly { readonly name: string; readonly content: string }[];
}
