// The secret variables of the cluster project, and the commands that fill them in without showing one.
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { splitRepositoryUrl } from '../../plan/repository-url.ts';
import { canUnseal } from '../../plan/sealing.ts';
import { listTerraformSecrets, repositorySecrets, type TerraformSecret } from '../../plan/terraform-secrets.ts';

/** Writes the variables file once, with mode 0600. Values reach jq by its environment or by files, never as arguments. */
export function terraformSecretsScript(plan: EnvironmentPlan): string {
  const secrets = listTerraformSecrets(plan);
  const files = secrets.flatMap((secret) => {
    const path = findPath(secret);
    return path === undefined ? [] : [` --rawfile ${secret.variable} ${path}`];
  });
  const isFile = (secret: TerraformSecret) => findPath(secret) !== undefined;
  const fields = secrets.map((secret) => `    ${secret.variable}: ${isFile(secret) ? '$' : 'env.'}${secret.variable}`);
  const named = secrets.filter((secret) => !isFile(secret)).map(({ variable }) => variable);
  return [
    '(',
    '  umask 077',
    `  file=terraform/${plan.name}/cluster/secrets.auto.tfvars.json`,
    '  if [ -e "$file" ]; then echo "$file is there already"; exit 1; fi',
    ...(canUnseal(plan) ? makeSealingKey : []),
    ...secrets.flatMap(fillVariable),
    `  export ${named.join(' ')}`,
    `  jq --null-input${files.join('')} '{`,
    fields.join(',\n'),
    `  }' > "$file.new" && mv "$file.new" "$file"`,
    ')',
  ].join('\n');
}

/**
 * RSA 4096 is what kubeseal seals for; the certificate has the name that the controller gives its own.
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/helm-v2.18.5/docs/bring-your-own-certificates.md
 */
const makeSealingKey: readonly string[] = [
  '  made=$(mktemp -d) && trap \'rm -rf "$made"\' EXIT',
  '  openssl req -x509 -newkey rsa:4096 -sha256 -days 3650 -nodes -subj /CN=sealed-secret \\',
  '    -keyout "$made/sealing_private_key" -out "$made/sealing_certificate" 2>/dev/null || exit 1',
];

function findPath({ variable, source }: TerraformSecret): string | undefined {
  if (source.kind === 'made file') return `"$made/${variable}"`;
  return source.kind === 'file' ? source.path : undefined;
}

function fillVariable({ variable, source }: TerraformSecret): string[] {
  switch (source.kind) {
    case 'generated':
      return [`  ${variable}=$(openssl rand -hex 32)`];
    case 'asked':
      return [`  printf '${variable}: '; IFS= read -rs ${variable}; echo`];
    case 'file':
    case 'made file':
      return [];
  }
}

/** Keys of the Secret with Argo CD's credential, and the variable each comes from. @see user-data.ts of the cluster project */
const CREDENTIAL_KEYS: Readonly<Record<string, string>> = {
  argocd_ssh_private_key: 'sshPrivateKey',
  argocd_repository_username: 'username',
  argocd_repository_password: 'password',
  argocd_github_app_id: 'githubAppID',
  argocd_github_app_installation_id: 'githubAppInstallationID',
  argocd_github_app_private_key: 'githubAppPrivateKey',
};

/** Patches Argo CD's credential in the cluster from the variables file, without showing it. */
export function rotateCredentialScript(plan: EnvironmentPlan): string {
  const fields = repositorySecrets(plan).map(({ variable }) => `${CREDENTIAL_KEYS[variable] ?? ''}: .${variable}`);
  return [
    `jq '{ stringData: { ${fields.join(', ')} } }' terraform/${plan.name}/cluster/secrets.auto.tfvars.json |`,
    '  kubectl --namespace argocd patch secret repository --type merge --patch-file /dev/stdin',
  ].join('\n');
}

/** Gives a cluster by hand what the seed gives it at its first boot, secrets first. Shows none of them. */
export function firstBootScript(plan: EnvironmentPlan, nodeShell: string): string {
  const cluster = `terraform/${plan.name}/cluster`;
  const apply = 'kubectl apply --server-side --force-conflicts --filename';
  return [
    ...(plan.environment.egress.caBundle === undefined ? [] : shareTrust(nodeShell, apply)),
    `kubectl create namespace argocd --dry-run=client --output yaml | ${apply} -`,
    ...firstBootSecrets(plan).map((secret) => `jq '${secret}' ${cluster}/secrets.auto.tfvars.json |\n  ${apply} -`),
    `until ${apply} ${cluster}/files/first-boot; do sleep 15; done`,
  ].join('\n');
}

/** What files/share-trust.sh does on the seed: the jobs that fetch charts trust this ConfigMap and nothing else. */
function shareTrust(nodeShell: string, apply: string): string[] {
  return [
    `${nodeShell} cat /etc/ssl/certs/ca-certificates.crt |`,
    '  kubectl create configmap node-trust --namespace kube-system --from-file ca-certificates.crt=/dev/stdin --dry-run=client --output yaml |',
    `  ${apply} -`,
  ];
}

/** As jq makes them from the variables file. @see user-data.ts of the cluster project */
function firstBootSecrets(plan: EnvironmentPlan): string[] {
  return [
    ...(canUnseal(plan) ? [SEALING_KEY] : []),
    ...(plan.environment.repository.access === 'public' ? [] : [repositorySecret(plan)]),
  ];
}

const SEALING_KEY = jqSecret({
  type: 'kubernetes.io/tls',
  metadata:
    'name: "sealing-key", namespace: "kube-system", labels: { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" }',
  data: ['"tls.crt": .sealing_certificate', '"tls.key": .sealing_private_key'],
});

function repositorySecret(plan: EnvironmentPlan): string {
  const { access, url } = plan.environment.repository;
  const { host } = splitRepositoryUrl(url);
  const isEnterprise = access === 'githubApp' && host !== 'github.com';
  return jqSecret({
    type: 'Opaque',
    metadata: 'name: "repository", namespace: "argocd", labels: { "argocd.argoproj.io/secret-type": "repository" }',
    data: [
      'type: "git"',
      `url: "${plan.argoRepositoryUrl}"`,
      ...repositorySecrets(plan).map(({ variable }) => `${CREDENTIAL_KEYS[variable] ?? ''}: .${variable}`),
      ...(isEnterprise ? [`githubAppEnterpriseBaseUrl: "https://${host}/api/v3"`] : []),
    ],
  });
}

function jqSecret(secret: {
  readonly type: string;
  readonly metadata: string;
  readonly data: readonly string[];
}): string {
  return [
    '{',
    `  apiVersion: "v1", kind: "Secret", type: "${secret.type}",`,
    `  metadata: { ${secret.metadata} },`,
    `  stringData: { ${secret.data.join(', ')} }`,
    '}',
  ].join('\n');
}
