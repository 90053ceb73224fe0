// The list of checks, in the order in which they run.
import type { Check } from '../check.ts';
import { chartValues } from './chart-values.ts';

export const checks: readonly Check[] = [chartValues];
