// Store → the variables file of the cluster project: the only place where secrets lie open, beside the state it feeds.
import { fail, makeProblem, type Outcome, succeed } from '../core/problem.ts';
import { pathOfVariable } from '../core/secret-path.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { listTerraformSecrets } from '../plan/terraform-secrets.ts';
import { findValue, listInventory } from './inventory.ts';
import { NOT_SET } from './secret-problems.ts';
import type { SecretStore } from './secret-store.ts';

/** Relative to the repository; the generated `.gitignore` names it. */
export function terraformValuesPath(environment: string): string {
  return `terraform/${environment}/cluster/secrets.auto.tfvars.json`;
}

/** Writes the file's text. One problem for each variable without a value. Code: SEC-007. */
export function writeTerraformValues(plan: EnvironmentPlan, store: SecretStore): Outcome<string> {
  const inventory = listInventory(plan);
  const values = listTerraformSecrets(plan).map(({ variable, source }) => ({
    variable,
    source,
    value: findValue(store, inventory, pathOfVariable(variable)),
  }));
  const missing = values.filter(({ value }) => value === undefined);
  if (missing.length > 0) {
    return fail(
      missing.map(({ variable, source }) => {
        const verb = source.kind === 'generated' || source.kind === 'made file' ? 'generate' : 'set';
        const rest = verb === 'set' ? ` ${pathOfVariable(variable)}` : '';
        return makeProblem(NOT_SET, {
          key: pathOfVariable(variable),
          message: `${pathOfVariable(variable)} of ${plan.name} has no value.`,
          hint: `rootstock secrets ${verb} -e ${plan.name}${rest}`,
        });
      }),
    );
  }
  const sorted = values.sort((a, b) => (a.variable < b.variable ? -1 : 1));
  return succeed(`${JSON.stringify(Object.fromEntries(sorted.map((one) => [one.variable, one.value])), null, 2)}\n`);
}
