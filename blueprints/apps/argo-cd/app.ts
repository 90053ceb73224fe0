// Argo CD: keeps the cluster equal to Git, itself included.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp } from '../../../generator/core/blueprint.ts';
import { key } from '../../../generator/core/schema-key.ts';
import { listSignOnEgress, planSignOn, planSignOnSecret } from './sign-on.ts';
import { planValues } from './values.ts';
import { planCertificates } from './way-out.ts';
import { planWebhookSecret } from './webhook.ts';
import { listWorkloads } from './workloads.ts';

/** One line of OpenSSH's `known_hosts`: hosts, key type, key. */
const KNOWN_HOST = '^[^\\s@#][^\\s]* (ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*$';

const inputs = Type.Object(
  {
    knownHosts: Type.Array(
      Type.String({ pattern: KNOWN_HOST, 'x-shape': 'a line of `ssh-keyscan HOST`: host, key type, key' }),
      key({
        description:
          "SSH host keys of a Git server of your own. Those of GitHub, GitLab, Bitbucket and Azure are known already; for any other a deploy key works only with the server's line from `ssh-keyscan`.",
        takesEffect: 'commit',
        default: [],
        examples: [
          ['git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleExam'],
        ],
      }),
    ),
    webhook: Type.Boolean(
      key({
        description:
          'GitHub tells Argo CD about a push at once, instead of being asked every three minutes. Argo CD has to be exposed, with a certificate that GitHub trusts; `rootstock forge webhook` registers it.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

export const app = defineApp({
  name: 'argo-cd',
  title: 'Argo CD',
  summary: 'Keeps the cluster equal to Git, itself included.',
  chart: {
    name: 'argo-cd',
    version: '10.1.1',
    repository: 'https://argoproj.github.io/argo-helm',
    appVersion: 'v3.4.4',
  },
  // The release and the namespace of the first install: under any other name a second Argo CD would appear.
  releaseName: 'argocd',
  namespace: { name: 'argocd', podSecurity: 'restricted' },
  project: 'bootstrap',
  // Last, because an upgrade restarts the controller, which would interrupt the waves before it.
  lastWave: true,
  firstBoot: { order: 40 },
  inputs,
  dependencies: () => ({ soft: ['aws-cloud-controller-manager', 'traefik'] }),
  route: { subdomain: 'argocd', service: 'argocd-server', port: 80, byDefault: false },
  plan: (context) => ({
    values: planValues(context, context.inputs),
    manifests: planCertificates(context),
    secrets: [...planSignOnSecret(context), ...planWebhookSecret(context.inputs.webhook)],
    ...signOnOf(context),
    workloads: listWorkloads(context.availability),
    egress: [
      { host: 'quay.io', port: 443, purpose: 'image of Argo CD' },
      { host: 'ecr-public.aws.com', port: 443, purpose: "image of Argo CD's Redis" },
      ...listSignOnEgress(context),
    ],
    // As helm template renders argo-cd 10.1.1 with these values.
    clusterKinds: [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
    exceptions: [
      {
        what: 'Argo CD has one application controller: more would only share clusters among them, and there is one cluster.',
        onNodeLoss:
          'Nothing is synced until it runs on another node, five to seven minutes later. What runs in the cluster goes on.',
      },
      {
        what: 'Argo CD has one Redis, a cache without a volume.',
        onNodeLoss:
          'The web interface shows errors until Redis runs on another node, five to seven minutes later. The cache fills again by itself.',
      },
    ],
  }),
});

function signOnOf(context: AppContext): Pick<AppPlan, 'signOn'> {
  const signOn = planSignOn(context);
  return signOn === undefined ? {} : { signOn };
}
