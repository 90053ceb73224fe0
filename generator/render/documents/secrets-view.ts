// Secrets that apps read → what docs/<environment>/secrets.md shows, with commands that print no value.

import { type PlannedSecret, planSecrets } from '../../plan/pending.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { code, markdownTable } from '../markdown.ts';
import { listTerraformSecrets, terraformSecretsScript } from './terraform-secrets.ts';

export function secretsView(plan: EnvironmentPlan): Record<string, unknown> {
  const secrets = planSecrets(plan);
  return {
    secretsScript: terraformSecretsScript(plan),
    variableTable: markdownTable(
      ['Variable', 'What it is', 'Where it comes from'],
      listTerraformSecrets(plan).map(({ variable, meaning, source }) => [
        code(variable),
        meaning,
        source.kind === 'generated'
          ? 'made by the commands'
          : source.kind === 'asked'
            ? 'you are asked for it'
            : code(source.path),
      ]),
    ),
    hasSecrets: secrets.length > 0,
    secretCount: String(secrets.length),
    secrets: secrets.map((secret) => ({
      namespace: secret.namespace,
      secret: secret.name,
      usedBy: secret.usedBy,
      sealed: secret.sealed,
      keyTable: markdownTable(
        ['Key', 'What it is'],
        secret.keys.map(({ key, meaning }) => [code(key), meaning]),
      ),
      script: secretScript(secret),
    })),
  };
}

/** Values go through files that only the user can read: arguments of a command are visible to everybody on the machine. */
function secretScript({ name, namespace, keys }: PlannedSecret): string {
  return [
    '(',
    '  umask 077 && folder=$(mktemp -d) && trap \'rm -rf "$folder"\' EXIT',
    ...keys.map(({ key }) => `  printf '${key}: '; IFS= read -rs value; echo; printf %s "$value" > "$folder/${key}"`),
    `  kubectl create namespace ${namespace} --dry-run=client --output yaml | kubectl apply --server-side --filename -`,
    `  kubectl create secret generic ${name} --namespace ${namespace} --from-file "$folder" --dry-run=client --output yaml |`,
    '    kubectl apply --server-side --force-conflicts --filename -',
    ')',
  ].join('\n');
}
