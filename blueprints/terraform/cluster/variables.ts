// variables.tf: the secrets of the cluster. Everything else is written out in the files, where reviewers see it.
import type { RepositoryAccess } from '../../../generator/plan/repository-url.ts';
import { canUnseal } from '../../../generator/plan/sealing.ts';
import type { TerraformFile } from '../contract.ts';
import { addVariable } from '../elements.ts';

/** A secret that Terraform asks for. */
interface SecretVariable {
  readonly name: string;
  readonly description: string;
  readonly checks: readonly Check[];
}

interface Check {
  readonly condition: string;
  readonly errorMessage: string;
}

const TOKEN = '^[A-Za-z0-9]{32,128}$';

const TOKENS: readonly SecretVariable[] = [
  {
    name: 'cluster_token',
    description:
      'Token with which control nodes join, and with which etcd snapshots are encrypted: a snapshot cannot be restored without it, so keep it as long as the backups. Never change it. For example: openssl rand -hex 32.',
    checks: [
      matches('cluster_token', TOKEN, 'Use 32 to 128 letters and digits, for example from openssl rand -hex 32.'),
    ],
  },
  {
    name: 'agent_token',
    description:
      'Token with which worker nodes join. Their user data can be read by their pods, so it must not be the cluster token.',
    checks: [
      matches('agent_token', TOKEN, 'Use 32 to 128 letters and digits, for example from openssl rand -hex 32.'),
      {
        condition: 'var.agent_token != var.cluster_token',
        errorMessage: 'Use another token than cluster_token: whoever has that one may join as a control node.',
      },
    ],
  },
];

/** No character that would end a quoted string in a curl configuration or a shell. */
const KEY = '^[^\\s"\'\\\\]+$';

const ETCD_BACKUP: readonly SecretVariable[] = [
  {
    name: 'etcd_s3_access_key',
    description: 'Access key for the etcd backup bucket. It must be allowed to list, read, write and delete objects.',
    checks: [matches('etcd_s3_access_key', KEY, 'Use the key as the store shows it, without spaces and quotes.')],
  },
  {
    name: 'etcd_s3_secret_key',
    description: 'Secret key that belongs to etcd_s3_access_key.',
    checks: [matches('etcd_s3_secret_key', KEY, 'Use the key as the store shows it, without spaces and quotes.')],
  },
];

const SEALING: readonly SecretVariable[] = [
  {
    name: 'sealing_certificate',
    description:
      'Certificate for which secrets are sealed, so that they can lie in Git. It is no secret itself, and belongs to sealing_private_key.',
    checks: [
      {
        condition:
          'startswith(var.sealing_certificate, "-----BEGIN CERTIFICATE-----\\n") && endswith(trimspace(var.sealing_certificate), "-----END CERTIFICATE-----")',
        errorMessage: 'Use the whole text of the certificate, from -----BEGIN to -----END, with its line breaks.',
      },
    ],
  },
  {
    name: 'sealing_private_key',
    description:
      'Private key with which the cluster opens SealedSecrets, an RSA key without a passphrase. Without it every SealedSecret in Git is lost, so keep a copy. The cluster reads it at its first boot only.',
    checks: [
      privateKey('sealing_private_key'),
      {
        condition: '!strcontains(var.sealing_private_key, "ENCRYPTED")',
        errorMessage: 'Use a key without a passphrase: the cluster has nobody to ask for it.',
      },
    ],
  },
];

const REPOSITORY: Readonly<Record<RepositoryAccess, readonly SecretVariable[]>> = {
  public: [],
  deployKey: [
    {
      name: 'argocd_ssh_private_key',
      description: 'Private half of the read-only deploy key with which Argo CD reads the repository.',
      checks: [privateKey('argocd_ssh_private_key')],
    },
  ],
  token: [
    {
      name: 'argocd_repository_username',
      description: 'User name that belongs to the token with which Argo CD reads the repository.',
      checks: [notEmpty('argocd_repository_username')],
    },
    {
      name: 'argocd_repository_password',
      description: 'Token with which Argo CD reads the repository. Reading is all it needs.',
      checks: [notEmpty('argocd_repository_password')],
    },
  ],
  githubApp: [
    {
      name: 'argocd_github_app_id',
      description: 'Id of the GitHub App as which Argo CD reads the repository.',
      checks: [matches('argocd_github_app_id', '^[0-9]+$', 'Use the number that the page of the app shows.')],
    },
    {
      name: 'argocd_github_app_installation_id',
      description: 'Id of the installation of that app in the organisation that owns the repository.',
      checks: [
        matches('argocd_github_app_installation_id', '^[0-9]+$', 'Use the number at the end of the installation URL.'),
      ],
    },
    {
      name: 'argocd_github_app_private_key',
      description: 'Private key of that app, as the .pem file holds it.',
      checks: [privateKey('argocd_github_app_private_key')],
    },
  ],
};

export const variables: TerraformFile = {
  name: 'variables',
  purpose:
    'Secrets of the cluster. Give them as TF_VAR_<name> in the environment, or in secrets.auto.tfvars, which Git ignores.\nThey end up in the state and in the user data of the nodes that need them: protect both.',
  build(stack, plan) {
    const { cluster, repository } = plan.environment;
    const wanted = [
      ...TOKENS,
      ...(cluster.etcdBackup === undefined ? [] : ETCD_BACKUP),
      ...REPOSITORY[repository.access],
      ...(canUnseal(plan) ? SEALING : []),
    ];
    for (const { name, description, checks } of wanted)
      addVariable(stack, name, { type: 'string', description, sensitive: true, validation: checks });
    return undefined;
  },
};

function matches(name: string, pattern: string, errorMessage: string): Check {
  return { condition: `can(regex(${JSON.stringify(pattern)}, var.${name}))`, errorMessage };
}

function notEmpty(name: string): Check {
  return { condition: `trimspace(var.${name}) != ""`, errorMessage: 'It must not be empty.' };
}

function privateKey(name: string): Check {
  return {
    condition: `startswith(var.${name}, "-----BEGIN ") && strcontains(var.${name}, "PRIVATE KEY-----\\n")`,
    errorMessage: 'Use the whole text of the private key file, from -----BEGIN to -----END, with its line breaks.',
  };
}
