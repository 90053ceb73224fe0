// Names of things that exist once per availability zone.
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';

export interface Zone {
  /** Appended to names in the code: `_a`, or nothing where there is one zone without a name (zCompute). */
  readonly suffix: string;
  /** Appended to names in the cloud: `-a`, or nothing. */
  readonly label: string;
  readonly name?: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/** The planned zones with their names: `eu-central-1a` becomes `a`. */
export function listZones(plan: EnvironmentPlan): Zone[] {
  const { region } = plan.environment.platform;
  return plan.network.zones.map((zone) => {
    if (zone.name === undefined) return { ...zone, suffix: '', label: '' };
    const short = zone.name.startsWith(region) ? zone.name.slice(region.length) : zone.name;
    return { ...zone, suffix: `_${short.replaceAll('-', '_')}`, label: `-${short}` };
  });
}
