// Secrets that apps read → what docs/<environment>/secrets.md shows, with commands that print no value.

import { type PlannedSecret, planSecrets } from '../../plan/pending.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { canUnseal } from '../../plan/sealing.ts';
import { listTerraformSecrets } from '../../plan/terraform-secrets.ts';
import { code, markdownTable } from '../markdown.ts';
import { terraformSecretsScript } from './terraform-secrets.ts';

export function secretsView(plan: EnvironmentPlan): Record<string, unknown> {
  const secrets = planSecrets(plan);
  return {
    secretsScript: terraformSecretsScript(plan),
    variableTable: markdownTable(
      ['Variable', 'What it is', 'Where it comes from'],
      listTerraformSecrets(plan).map(({ variable, meaning, source }) => [
        code(variable),
        meaning,
        source.kind === 'file'
          ? code(source.path)
          : source.kind === 'asked'
            ? 'you are asked for it'
            : 'made by the commands',
      ]),
    ),
    hasSecrets: secrets.length > 0,
    canSeal: canUnseal(plan),
    sealFirst: canUnseal(plan) && secrets.some(({ sealed }) => !sealed),
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
      sealedFile: sealedFile(plan, secret),
      sealScript: sealScript(plan, secret),
    })),
  };
}

function secretScript({ name, namespace, keys }: PlannedSecret): string {
  return [
    '(',
    ...askFor(keys),
    `  kubectl create namespace ${namespace} --dry-run=client --output yaml | kubectl apply --server-side --filename -`,
    `  kubectl create secret generic ${name} --namespace ${namespace} --from-file "$folder" --dry-run=client --output yaml |`,
    '    kubectl apply --server-side --force-conflicts --filename -',
    ')',
  ].join('\n');
}

/** Beside the other manifests of the app: that folder its Application reads already. */
function sealedFile(plan: EnvironmentPlan, { app, name }: PlannedSecret): string {
  return `clusters/${plan.name}/manifests/${app}/sealed-${name}.yaml`;
}

/** Asks no cluster anything: the certificate is all that sealing needs. */
function sealScript(plan: EnvironmentPlan, secret: PlannedSecret): string {
  const { name, namespace, keys } = secret;
  const file = sealedFile(plan, secret);
  return [
    '(',
    ...askFor(keys),
    '  certificate=$(mktemp) && trap \'rm -rf "$folder" "$certificate"\' EXIT',
    `  jq --raw-output .sealing_certificate terraform/${plan.name}/cluster/secrets.auto.tfvars.json > "$certificate"`,
    `  kubectl create secret generic ${name} --namespace ${namespace} --from-file "$folder" --dry-run=client --output yaml |`,
    `    kubeseal --cert "$certificate" --format yaml > ${file}.new && mv ${file}.new ${file}`,
    ')',
  ].join('\n');
}

/** Values go through files that only the user can read: arguments of a command are visible to everybody on the machine. */
function askFor(keys: PlannedSecret['keys']): string[] {
  return [
    '  umask 077 && folder=$(mktemp -d) && trap \'rm -rf "$folder"\' EXIT',
    ...keys.map(({ key }) => `  printf '${key}: '; IFS= read -rs value; echo; printf %s "$value" > "$folder/${key}"`),
  ];
}
