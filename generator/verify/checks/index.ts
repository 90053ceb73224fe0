// The list of checks, in the order in which they run.
import type { Check } from '../check.ts';
import { applicationShape } from './application-shape.ts';
import { applications } from './applications.ts';
import { chartValues } from './chart-values.ts';
import { cloudNames } from './cloud-names.ts';
import { hclForm } from './hcl-form.ts';
import { ownership } from './ownership.ts';
import { projects } from './projects.ts';
import { providerArguments } from './provider-arguments.ts';
import { references } from './references.ts';
import { sealedValues } from './sealed-values.ts';
import { secrets } from './secrets.ts';
import { syncWaves } from './sync-waves.ts';
import { terraformReferences } from './terraform-references.ts';

export const checks: readonly Check[] = [
  applicationShape,
  applications,
  syncWaves,
  projects,
  references,
  ownership,
  secrets,
  sealedValues,
  chartValues,
  hclForm,
  providerArguments,
  cloudNames,
  terraformReferences,
];
