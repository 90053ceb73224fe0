// SealedSecrets: whether an environment has them, and those that people put beside the manifests of an app.
import type { EnvironmentPlan } from './plan.ts';

const CONTROLLER = 'sealed-secrets';

/** On SealedSecrets that Rootstock made. Keyed, so that it says whether values changed and nothing else about them. */
export const DIGEST_ANNOTATION = 'rootstock.dev/digest';

/** A SealedSecret that lies in the repository: found there, not generated. */
export interface SealedSecret {
  readonly environment: string;
  /** App whose folder of manifests holds it: that app's Application applies it. */
  readonly app: string;
  readonly namespace: string;
  readonly name: string;
  /** Keys that the Secret will have. Sorted. */
  readonly keys: readonly string[];
  /** Its file in the repository. */
  readonly path: string;
  /** Of its values, if Rootstock sealed it: changes with them and tells nothing else. */
  readonly digest?: string;
  /** Encrypted values by key, as the file has them. */
  readonly encrypted?: Readonly<Record<string, string>>;
}

/** True if this environment has the controller: then the seed is given the key pair that it opens SealedSecrets with. */
export function canUnseal(plan: EnvironmentPlan): boolean {
  return plan.apps.some(({ blueprint }) => blueprint.name === CONTROLLER);
}
