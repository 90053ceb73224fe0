// The secret variables of the cluster project: what each is for, and where its value comes from.
import type { SecretNeed, SecretRecipe } from '../core/blueprint.ts';
import type { EnvironmentPlan } from './plan.ts';
import { canUnseal } from './sealing.ts';

/** Where the value of a Terraform variable comes from. */
export type TerraformSource =
  | { readonly kind: 'generated'; readonly make: SecretRecipe }
  /** A file that the commands make in a folder of their own and delete. */
  | { readonly kind: 'made file' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'file'; readonly path: string };

export interface TerraformSecret {
  /** Name of the variable in `variables.tf` of the cluster project. */
  readonly variable: string;
  readonly meaning: string;
  readonly source: TerraformSource;
  /** Why it must not change, or what a change takes. */
  readonly rotation?: SecretNeed['rotation'];
}

/** What `openssl rand -hex 32` prints. */
const TOKEN: SecretRecipe = { kind: 'hex', bytes: 32 };

const TOKENS: readonly TerraformSecret[] = [
  {
    variable: 'cluster_token',
    meaning: 'Control nodes join with it, and it decrypts etcd snapshots. It never changes.',
    source: { kind: 'generated', make: TOKEN },
    rotation: {
      kind: 'refused',
      text: 'Snapshots of etcd are encrypted with it, and control nodes that exist would no longer be joined: a new one needs a new cluster.',
    },
  },
  {
    variable: 'agent_token',
    meaning: 'Workers join with it.',
    source: { kind: 'generated', make: TOKEN },
    rotation: {
      kind: 'procedure',
      text: 'Apply the cluster project, then replace the control nodes one at a time and after them the workers: a node reads its token when it is made.',
    },
  },
];

const BACKUP_ROTATION: SecretNeed['rotation'] = {
  kind: 'procedure',
  text: 'Apply the cluster project, then replace the control nodes one at a time: a node reads the keys when it is made. Until then the old keys have to work.',
};

const BACKUP: readonly TerraformSecret[] = [
  {
    variable: 'etcd_s3_access_key',
    meaning: 'Access key for the bucket of etcd snapshots.',
    source: { kind: 'asked' },
    rotation: BACKUP_ROTATION,
  },
  {
    variable: 'etcd_s3_secret_key',
    meaning: 'Secret key for the bucket of etcd snapshots.',
    source: { kind: 'asked' },
    rotation: BACKUP_ROTATION,
  },
];

const SEALING: readonly TerraformSecret[] = [
  {
    variable: 'sealing_certificate',
    meaning: 'Secrets are sealed for it. It is public, and valid for ten years.',
    source: { kind: 'made file' },
  },
  {
    variable: 'sealing_private_key',
    meaning: 'The cluster opens SealedSecrets with it. Without it all of them are lost.',
    source: { kind: 'made file' },
  },
];

/** All secret variables of an environment. */
export function listTerraformSecrets(plan: EnvironmentPlan): TerraformSecret[] {
  const backup = plan.environment.cluster.etcdBackup === undefined ? [] : BACKUP;
  const sealing = canUnseal(plan) ? SEALING : [];
  return [...TOKENS, ...backup, ...repositorySecrets(plan), ...sealing];
}

export function repositorySecrets(plan: EnvironmentPlan): TerraformSecret[] {
  switch (plan.environment.repository.access) {
    case 'public':
      return [];
    case 'deployKey':
      return [
        {
          variable: 'argocd_ssh_private_key',
          meaning: 'Private half of the deploy key.',
          source: { kind: 'file', path: deployKeyPath(plan) },
          rotation: credentialRotation(plan),
        },
      ];
    case 'token':
      return [
        {
          variable: 'argocd_repository_username',
          meaning: 'User name that belongs to the token.',
          source: { kind: 'asked' },
        },
        {
          variable: 'argocd_repository_password',
          meaning: 'Token with which Argo CD reads the repository.',
          source: { kind: 'asked' },
          rotation: credentialRotation(plan),
        },
      ];
    case 'githubApp':
      return [
        { variable: 'argocd_github_app_id', meaning: 'Id of the GitHub App.', source: { kind: 'asked' } },
        {
          variable: 'argocd_github_app_installation_id',
          meaning: 'Id of its installation on the repository.',
          source: { kind: 'asked' },
        },
        {
          variable: 'argocd_github_app_private_key',
          meaning: 'Private key of the GitHub App.',
          source: { kind: 'file', path: `~/.ssh/argocd-${plan.name}.pem` },
          rotation: credentialRotation(plan),
        },
      ];
  }
}

function credentialRotation({ name }: EnvironmentPlan): NonNullable<TerraformSecret['rotation']> {
  return {
    kind: 'procedure',
    text: `A cluster is given it at its first boot and never again: "Rotate" in docs/${name}/runbook.md changes it in one that is alive. Delete the old one at the Git server after that.`,
  };
}

/** Where the README puts the deploy key: outside the repository. */
export function deployKeyPath(plan: EnvironmentPlan): string {
  return `~/.ssh/argocd-${plan.name}`;
}
