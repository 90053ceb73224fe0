// Secrets of Onyx that no data service brings, and the address of its first administrator.
import type { AppContext, InputFinding, SecretNeed } from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, ONYX_NAMESPACE, OPENSEARCH, POSTGRES, REDIS } from '../../../generator/core/data-services.ts';
import type { Inputs } from './inputs.ts';
import { SECRETS } from './names.ts';
import { isExposed } from './site.ts';

/** Secrets whose values backend pods have in their environment: a new value starts them anew. */
export const READ_AT_START = [
  OBJECT_STORAGE.secret.name,
  OPENSEARCH.secret.name,
  POSTGRES.secret.name,
  REDIS.secret.name,
  SECRETS.userAuth.name,
];

/** What the Jobs of the way in read. */
export function listAccessSecrets(context: AppContext<Inputs>): SecretNeed[] {
  return [planAdmin(context), ...(context.oidc === undefined ? [] : [planSignOn()])];
}

export function listSecrets(context: AppContext<Inputs>): SecretNeed[] {
  return [
    {
      name: SECRETS.userAuth.name,
      namespace: ONYX_NAMESPACE,
      usedBy: 'Onyx',
      keys: [
        {
          key: SECRETS.userAuth.key,
          meaning: 'signs links for new passwords and the state of sign-ins; without it Onyx does not start',
          make: { kind: 'hex', bytes: 32 },
        },
      ],
    },
    ...(context.objectStorage?.kind === 's3' ? [planObjectStorage()] : []),
  ];
}

function planAdmin(context: AppContext<Inputs>): SecretNeed {
  const { admin } = SECRETS;
  return {
    name: admin.name,
    namespace: ONYX_NAMESPACE,
    usedBy: 'the Jobs that set up Onyx',
    keys: [
      {
        key: admin.email,
        meaning: 'address of the first administrator: `apps.onyx.adminEmail`',
        make: { kind: 'text', text: planAdminEmail(context) },
        follows: 'apps.onyx.adminEmail',
      },
      {
        key: admin.password,
        meaning: 'password of the first administrator, 8 to 64 characters',
        make: { kind: 'strong-password', length: 32 },
      },
      {
        key: admin.apiKey,
        meaning:
          'API key with the role admin, made in the admin panel; takes the place of the password where password login is off',
        optional: true,
      },
    ],
    rotation: {
      kind: 'procedure',
      text: `Change the password of the administrator in Onyx first, ${isExposed(context) ? 'in its settings' : 'through a port-forward'}, then seal the same one. The other way round the Job that registers models stops, and says so; the site stays open.`,
    },
  };
}

function planSignOn(): SecretNeed {
  return {
    name: SECRETS.signOn.name,
    namespace: ONYX_NAMESPACE,
    usedBy: 'the Job that registers models and sign-on',
    keys: [{ key: SECRETS.signOn.clientSecret, meaning: 'client secret of Onyx at the issuer of `auth.oidc`' }],
    rotation: {
      kind: 'procedure',
      text: 'Seal the new one: the Job brings it to Onyx at the next sync. Sign-ins fail from the moment when the issuer no longer takes the old one.',
    },
  };
}

function planObjectStorage(): SecretNeed {
  const { name, accessKey, secretKey } = OBJECT_STORAGE.secret;
  return {
    name,
    namespace: ONYX_NAMESPACE,
    usedBy: 'Onyx',
    keys: [
      { key: accessKey, meaning: 'access key for the bucket of `objectStorage`: it may list, read, write and delete' },
      { key: secretKey, meaning: 'the secret of that key' },
    ],
  };
}

/** Onyx refuses addresses under names that are not for the internet. */
export function planAdminEmail({ inputs, oidc, ingress }: AppContext<Inputs>): string {
  return inputs.adminEmail ?? `admin@${oidc?.emailDomains[0] ?? ingress.domain ?? 'example.com'}`;
}

/** @see email-validator 2.2.0, SPECIAL_USE_DOMAIN_NAMES: the version of Onyx v4.6.1 */
const REFUSED_DOMAINS = ['arpa', 'invalid', 'local', 'localhost', 'onion', 'test'];

export function findAdminProblems(context: AppContext<Inputs>): InputFinding[] {
  const email = planAdminEmail(context);
  const domain = email.slice(email.indexOf('@') + 1);
  const allowed = context.oidc?.emailDomains ?? [];
  if (REFUSED_DOMAINS.includes(domain.slice(domain.lastIndexOf('.') + 1)))
    return [
      {
        key: 'apps.onyx.adminEmail',
        message: `Onyx refuses ${email}: names under .${domain.slice(domain.lastIndexOf('.') + 1)} are not for the internet.`,
        hint: 'write adminEmail: with an address that need not receive mail, such as admin@example.com',
      },
    ];
  if (allowed.length === 0 || allowed.includes(domain)) return [];
  return [
    {
      key: 'apps.onyx.adminEmail',
      message: `${email} is under none of the domains of auth.oidc.emailDomains, and Onyx would refuse it.`,
      hint: `write adminEmail: admin@${allowed[0]}, or add ${domain} to auth.oidc.emailDomains`,
    },
  ];
}
