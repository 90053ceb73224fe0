// Store → the variables file of the cluster project: the only place where secrets lie open, beside the state it feeds.
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { pathOfVariable } from '../core/secret-path.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { listTerraformSecrets, type TerraformSecret } from '../plan/terraform-secrets.ts';
import { findValue, listInventory } from './inventory.ts';
import { NOT_SET } from './secret-problems.ts';
import type { SecretStore } from './secret-store.ts';
import { formatSecrets } from './typed-hints.ts';

/** Relative to the repository; the generated `.gitignore` names it. */
export function terraformValuesPath(environment: string): string {
  return `terraform/${environment}/cluster/secrets.auto.tfvars.json`;
}

/**
 * Writes the file's text. One problem for each variable without a value. Code: SEC-007.
 * @param folder of the repository, for the hints
 */
export function writeTerraformValues(plan: EnvironmentPlan, store: SecretStore, folder: string): Outcome<string> {
  const inventory = listInventory(plan);
  const secrets = listTerraformSecrets(plan).sort((a, b) => compareText(a.variable, b.variable));
  const values: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const secret of secrets) {
    const value = findValue(store, inventory, pathOfVariable(secret.variable));
    if (value === undefined) problems.push(notSet(secret, folder, plan.name));
    else values[secret.variable] = value;
  }
  return problems.length > 0 ? fail(problems) : succeed(`${JSON.stringify(values, null, 2)}\n`);
}

function notSet({ variable, source }: TerraformSecret, folder: string, name: string): Problem {
  const path = pathOfVariable(variable);
  const isMade = source.kind === 'generated' || source.kind === 'made file';
  // The path starts with ~, which a shell reads only without quotes.
  const file = source.kind === 'file' ? ` --from-file ${source.path}` : '';
  const hint = isMade
    ? formatSecrets('generate', { folder, name })
    : formatSecrets('set', { folder, name }, path) + file;
  return makeProblem(NOT_SET, { key: path, message: `${path} of ${name} has no value.`, hint });
}
