// The AWS load balancer controller: makes load balancers for Services and Ingresses that ask for one of their own.
import Type from 'typebox';
import { awsDomain } from '../../../generator/core/aws-hosts.ts';
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type EgressHost,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import { key } from '../../../generator/core/schema-key.ts';
import { CONTROLLER, planValues, REQUESTS } from './values.ts';

const REPOSITORY = 'https://aws.github.io/eks-charts';

const inputs = Type.Object(
  {
    enabled: Type.Boolean(
      key({
        description:
          'Make load balancers for Services with `loadBalancerClass: service.k8s.aws/nlb` and for Ingresses of the class `alb`. The platform itself needs none: Traefik has one from Terraform. Each of them costs, and has to be gone before a tear-down.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

export const app = defineApp({
  name: 'aws-load-balancer-controller',
  title: 'AWS load balancer controller',
  summary: 'Makes load balancers in the cloud for Services and Ingresses that ask for one.',
  chart: {
    name: 'aws-load-balancer-controller',
    version: '3.5.0',
    repository: REPOSITORY,
    appVersion: 'v3.5.0',
  },
  // From v2.9 on the controller asks for the attributes of every listener, which nobody has seen zCompute answer, and
  // nothing switches that off. This is the last chart before it.
  chartOn: {
    zcompute: {
      name: 'aws-load-balancer-controller',
      version: '1.8.4',
      repository: REPOSITORY,
      appVersion: 'v2.8.3',
    },
  },
  namespace: { name: 'kube-system' },
  project: 'platform',
  // Its webhooks wait for a certificate, its users for the cloud.
  lastWave: true,
  inputs,
  isWanted: ({ inputs: { enabled } }) => enabled,
  dependencies: () => ({ hard: ['cert-manager'], soft: ['aws-cloud-controller-manager'] }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  return {
    values: planValues(context),
    manifests: planWayOut(context, CONTROLLER).manifests,
    workloads: [listWorkload(context)],
    egress: listEgress(context),
    // As helm template renders both versions with these values.
    clusterKinds: [
      { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
      { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'elbv2.k8s.aws', kind: 'IngressClassParams' },
      { group: 'networking.k8s.io', kind: 'IngressClass' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
    exceptions: listExceptions(context),
  };
}

function listWorkload({ availability: { replicas } }: AppContext): Workload {
  const paired = replicas > 1;
  return {
    name: CONTROLLER.name,
    kind: 'Deployment',
    replicas,
    requests: REQUESTS,
    runsOn: 'control',
    hasBudget: paired,
    onNodeLoss: paired
      ? 'The other one takes over the lead within a minute. Load balancers that exist go on.'
      : 'No load balancer is made or changed until the control node is back; those that exist go on.',
  };
}

/** The older version has no switch for its check of Ingresses. */
function listExceptions({ platform }: AppContext): NonNullable<AppPlan['exceptions']> {
  if (platform.kind === 'aws') return [];
  return [
    {
      what: 'The AWS load balancer controller checks every Ingress, those for Traefik included.',
      onNodeLoss:
        'While none of its pods answers, no Ingress can be made or changed. What is exposed stays exposed, and Argo CD tries again until it succeeds.',
    },
  ];
}

function listEgress({ platform }: AppContext): EgressHost[] {
  const site = platform.endpoint === undefined ? undefined : new URL(platform.endpoint);
  const hosts =
    site === undefined
      ? ['acm', 'ec2', 'elasticloadbalancing'].map(
          (service) => `${service}.${platform.region}.${awsDomain(platform.region)}`,
        )
      : [site.hostname];
  const port = Number(site?.port) || 443;
  return [
    { host: 'public.ecr.aws', port: 443, purpose: 'image of the AWS load balancer controller' },
    ...hosts.map((host) => ({ host, port, purpose: 'cloud API, for load balancers' })),
  ];
}
