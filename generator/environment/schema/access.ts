// `auth` and `egress`: single sign-on, and how the cluster reaches the world outside.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { closed, DNS_LABEL, HTTP_URL, HTTPS_URL } from './shapes.ts';

const REGISTRY = '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?$';
/** With a user and a password, too: rules refuse them and say what to do about them. */
const URL_OF_HOST = HTTP_URL.replace('://', '://([^\\s/@]*@)?');
const CLIENT_ID = '^[A-Za-z0-9][A-Za-z0-9._:/@-]*$';

const oidc = closed(
  {
    issuer: Type.String(
      key({
        description: 'Issuer URL, without `/.well-known/openid-configuration`.',
        takesEffect: 'commit',
        examples: ['https://login.example.com/realms/acme'],
        pattern: HTTPS_URL,
        shape: 'an https URL',
      }),
    ),
    clientId: Type.String(
      key({
        description: 'Client that all apps use. Its secret is a secret, never part of this file.',
        takesEffect: 'commit',
        examples: ['ai-platform'],
        pattern: CLIENT_ID,
        shape: 'a client id',
      }),
    ),
    clientIds: Type.Record(
      Type.String({ pattern: DNS_LABEL }),
      Type.String({ pattern: CLIENT_ID, 'x-shape': 'a client id' }),
      {
        ...key({
          description: 'Clients of single apps, where they do not share one: `argo-cd`, `grafana`, `onyx`.',
          takesEffect: 'commit',
          default: {},
          examples: [{ onyx: 'onyx-prod' }],
        }),
        additionalProperties: false,
      },
    ),
    adminGroup: Type.Optional(
      Type.String(
        key({
          description: 'Group whose members administer Argo CD and Grafana. Absent: everyone who signs in may read.',
          takesEffect: 'commit',
          examples: ['platform-admins'],
          pattern: '^[^\\r\\n,"\\\\]{1,200}$',
          shape: 'a group name on one line, without commas and quotes',
        }),
      ),
    ),
    groupsClaim: Type.String(
      key({
        description: 'Claim of the ID token that lists groups.',
        takesEffect: 'commit',
        default: 'groups',
        pattern: '^[A-Za-z0-9._:/-]+$',
        shape: 'the name of a claim',
      }),
    ),
    emailDomains: Type.Array(
      Type.String({ pattern: '^[a-z0-9.-]+\\.[a-z]{2,}$', 'x-shape': 'a domain such as example.com' }),
      key({
        description: 'Mail domains whose users may sign in to Onyx. Empty: everyone whom the issuer lets in.',
        takesEffect: 'commit',
        default: [],
        examples: [['example.com']],
        uniqueItems: true,
      }),
    ),
  },
  { description: 'OpenID Connect for Argo CD, Grafana and Onyx.', takesEffect: 'commit' },
);

export const auth = closed(
  { oidc: Type.Optional(oidc) },
  { description: 'Who may sign in. Absent: local administrators only.', takesEffect: 'commit' },
);

const proxy = closed(
  {
    url: Type.String(
      key({
        description: 'HTTP proxy for HTTP and HTTPS, without a password.',
        takesEffect: 'node replacement',
        examples: ['http://proxy.example.com:3128'],
        pattern: URL_OF_HOST,
        shape: 'an http or https URL',
      }),
    ),
    noProxy: Type.Array(
      Type.String({ pattern: '^[A-Za-z0-9.*:/-]+$', 'x-shape': 'a host, a domain with a leading dot, or a network' }),
      key({
        description:
          "Reached without the proxy. The cluster's own networks and names, and the metadata service, are always in.",
        takesEffect: 'node replacement',
        default: [],
        examples: [['.example.com', '192.0.2.0/24']],
        uniqueItems: true,
      }),
    ),
  },
  { description: 'The way out for nodes, Argo CD and pods.', takesEffect: 'node replacement' },
);

export const egress = closed(
  {
    proxy: Type.Optional(proxy),
    caBundle: Type.Optional(
      Type.String(
        key({
          description:
            'Certificates of private CAs in PEM, trusted by nodes, Argo CD and apps that call out, beside the public ones. They travel in user data, which has room for some 2,000 bytes of them in binary form, and for some 900 beside the key of a GitHub App.',
          takesEffect: 'node replacement',
          examples: ['-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n'],
          minLength: 1,
          maxLength: 65536,
        }),
      ),
    ),
    registryMirrors: Type.Record(
      Type.String({ pattern: REGISTRY }),
      Type.Array(Type.String({ pattern: URL_OF_HOST, 'x-shape': 'an http or https URL' }), { minItems: 1 }),
      {
        ...key({
          description: 'Mirrors by registry, asked in this order before the registry itself.',
          takesEffect: 'node replacement',
          default: {},
          examples: [{ 'docker.io': ['https://mirror.example.com'] }],
        }),
        additionalProperties: false,
      },
    ),
    pullSecrets: Type.Array(
      Type.String({ pattern: DNS_LABEL, 'x-shape': 'the name of a Secret' }),
      key({
        description:
          'Secrets of type kubernetes.io/dockerconfigjson that every app pulls its images with; they have to exist in each namespace.',
        takesEffect: 'commit',
        default: [],
        examples: [['registry-login']],
        uniqueItems: true,
      }),
    ),
  },
  {
    description: 'How nodes and pods reach the internet, where they do not directly.',
    takesEffect: 'node replacement',
    default: {},
  },
);
