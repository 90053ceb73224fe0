// `ingress`: names, certificates and who may reach them.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { CIDR, CIDR_SHAPE, choice, closed, DNS_LABEL, DNS_NAME, IPV4_OR_DNS_NAME, kind, oneOf } from './shapes.ts';

/** Providers that external-dns 0.21 has in-tree and that cert-manager 1.21 can answer dns-01 challenges with, by blueprint. */
export const DNS_PROVIDERS = ['cloudflare', 'route53', 'rfc2136'] as const;

const externalDns = closed({
  kind: kind('external-dns', 'commit', "external-dns writes the records through the provider's API."),
  provider: Type.String(
    key({
      description: `DNS provider: ${DNS_PROVIDERS.join(', ')}.`,
      takesEffect: 'commit',
      examples: ['cloudflare'],
      pattern: '^[a-z0-9-]+$',
      shape: 'a provider name such as cloudflare',
    }),
  ),
  policy: oneOf(['upsert-only', 'sync'], {
    description: 'Whether external-dns may also delete records that it made.',
    takesEffect: 'commit',
    default: 'upsert-only',
  }),
  zoneId: Type.Optional(
    Type.String(
      key({
        description: 'Hosted zone to keep to, where a provider has several of one name.',
        takesEffect: 'commit',
        examples: ['Z0123456789ABCDEFGHIJ'],
        pattern: '^[A-Za-z0-9]+$',
        shape: 'a zone id',
      }),
    ),
  ),
  server: Type.Optional(
    Type.String(
      key({
        description: 'Name server that takes updates; rfc2136 only.',
        takesEffect: 'commit',
        examples: ['ns1.example.com'],
        pattern: '^[A-Za-z0-9.-]+$',
        shape: 'a host name or address',
      }),
    ),
  ),
  tsigKeyName: Type.Optional(
    Type.String(
      key({
        description: 'Name of the TSIG key; rfc2136 only. The key itself is a secret.',
        takesEffect: 'commit',
        examples: ['rootstock'],
        pattern: '^[A-Za-z0-9._-]+$',
        shape: 'a key name',
      }),
    ),
  ),
});

const wildcard = closed({
  kind: kind('wildcard', 'commit', 'One wildcard record that you create by hand; the documents print it.'),
});
const none = closed({ kind: kind('none', 'commit', 'You manage DNS elsewhere.') });

const selfSigned = closed({
  kind: kind('self-signed', 'commit', "A CA of the cluster's own; browsers warn until they trust it."),
});
const acme = closed({
  kind: kind('acme', 'commit', "Let's Encrypt or another ACME server."),
  email: Type.String(
    key({
      description: 'Contact address of the ACME account.',
      takesEffect: 'commit',
      examples: ['ops@example.com'],
      pattern: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
      shape: 'an e-mail address',
    }),
  ),
  server: oneOf(['staging', 'production'], {
    description: 'Staging has generous limits and untrusted certificates. Say production once staging works.',
    takesEffect: 'commit',
    default: 'staging',
  }),
  challenge: oneOf(['dns-01', 'http-01'], {
    description:
      'How the domain is proven. http-01 does not work behind zCompute load balancers and cannot prove a wildcard.',
    takesEffect: 'commit',
    default: 'dns-01',
  }),
});

export const ingress = closed(
  {
    domain: Type.Optional(
      Type.String(
        key({
          description:
            'Domain under which apps get names. Absent: exactly one app, Onyx, answers every name and address.',
          takesEffect: 'commit',
          examples: ['ai.example.com'],
          pattern: DNS_NAME,
          // DNS takes 253 characters, and the longest name under it is of the kind _acme-challenge.grafana.
          maxLength: 220,
          shape: 'a domain such as ai.example.com',
        }),
      ),
    ),
    publicAddress: Type.Optional(
      Type.String(
        key({
          description:
            'Where the ingress load balancer is reached, known after the first apply; the documents tell how to read it. On zCompute its public address, on AWS its name. DNS records point at it, and it becomes the status of every Ingress.',
          takesEffect: 'commit',
          examples: ['198.51.100.7', 'prod-ingress-0123456789abcdef.elb.eu-central-1.amazonaws.com'],
          pattern: IPV4_OR_DNS_NAME,
          shape: 'an IPv4 address, or on AWS the name of the load balancer',
        }),
      ),
    ),
    allowFrom: Type.Array(
      Type.String({ pattern: CIDR, 'x-shape': CIDR_SHAPE }),
      key({
        description: 'Networks that may reach the ingress load balancer.',
        takesEffect: 'apply',
        default: ['0.0.0.0/0'],
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    expose: Type.Optional(
      Type.Array(
        Type.String({ pattern: DNS_LABEL, 'x-shape': 'the name of an app' }),
        key({
          description:
            'Apps that get a public name. Absent: Onyx, where `auth.oidc` says who may sign in. All others are exposed only when named here.',
          takesEffect: 'commit',
          examples: [['onyx', 'argo-cd']],
          uniqueItems: true,
        }),
      ),
    ),
    dns: choice([externalDns, wildcard, none], {
      description: 'Who writes DNS records.',
      takesEffect: 'commit',
      default: { kind: 'none' },
    }),
    tls: choice([selfSigned, acme], {
      description: 'Where certificates come from.',
      takesEffect: 'commit',
      default: { kind: 'self-signed' },
    }),
  },
  { description: 'How users reach the apps.', takesEffect: 'commit', default: {} },
);
