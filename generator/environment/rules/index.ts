// The table of cross-field rules, in the order in which they run.
import { cidrForm } from './cidr-form.ts';
import type { RepositoryRule, Rule } from './rule.ts';

/** Rules that must hold before the others may trust the values. */
export const formRules: readonly Rule[] = [cidrForm];

export const rules: readonly Rule[] = [];

export const repositoryRules: readonly RepositoryRule[] = [];
