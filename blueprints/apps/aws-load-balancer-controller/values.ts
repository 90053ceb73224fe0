// What aws-load-balancer-controller is told: 3.5.0 on AWS, 1.8.4 on zCompute, the same wherever both know a key.
import type { AppContext, ResourceAmounts } from '../../../generator/core/blueprint.ts';
import { controlNodePlacement } from '../../../generator/core/control-nodes.ts';
import { planWayOut, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';

export const CONTROLLER = { name: 'aws-load-balancer-controller', namespace: 'kube-system' } as const;
export const REQUESTS: ResourceAmounts = { cpuMillis: 50, memoryMiB: 128 };

const LABELS: PlainMap = {
  'app.kubernetes.io/instance': CONTROLLER.name,
  'app.kubernetes.io/name': CONTROLLER.name,
};

/** @see https://github.com/aws/eks-charts/tree/master/stable/aws-load-balancer-controller (3.5.0 and 1.8.4) */
export function planValues(context: AppContext): YamlMap {
  const { availability, environment, platform } = context;
  const { nodeSelector, tolerations } = controlNodePlacement(context);
  const way = planWayOut(context, CONTROLLER);
  return {
    // What it makes carries this in the tag elbv2.k8s.aws/cluster, and it touches nothing else.
    clusterName: from('metadata.name', environment),
    region: from('platform', platform.region),
    imagePullSecrets: pullSecretObjects(context.egress),
    // Else the chart would make a new certificate at each rendering.
    enableCertManager: true,
    // It would put this controller in charge of every Service of type LoadBalancer, and refuse all of them while it is away.
    enableServiceMutatorWebhook: false,
    // Traefik's class stays the one that an Ingress without a class gets.
    ingressClassConfig: { default: false },
    // Services that cost extra, that zCompute does not have and that its role on AWS does not allow.
    enableShield: false,
    enableWaf: false,
    enableWafv2: false,
    ...(platform.endpoint === undefined ? AWS : planSite(platform.endpoint)),
    replicaCount: from('availability', availability.replicas),
    podDisruptionBudget: availability.replicas < 2 ? undefined : from('availability', { maxUnavailable: 1 }),
    configureDefaultAffinity: false,
    topologySpreadConstraints: availability.spread(LABELS),
    // Where the rights for load balancers are.
    nodeSelector,
    tolerations,
    env: way.env.length === 0 ? undefined : Object.fromEntries(way.env.map(({ name, value }) => [String(name), value])),
    extraVolumes: unlessEmpty(way.volumes),
    extraVolumeMounts: unlessEmpty(way.mounts),
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
  };
}

/** Its check of every Ingress, those for Traefik included, would refuse them all while it is away. */
const AWS: YamlMap = { webhookConfig: { disableIngressValidation: true } };

/**
 * As Zadara runs it: load balancers in one subnet, subnets found by their role alone. Services have the names of AWS SDK
 * v1; v2.9 moved to those of v2 ("Elastic Load Balancing v2"), and a name that is not known is ignored in silence.
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v2.8.3/pkg/aws/endpoints/resolver.go
 * @see https://github.com/zadarastorage/terraform-zcompute-k8s (3.1.0, values of aws-load-balancer-controller)
 */
function planSite(endpoint: string): YamlMap {
  const services = [
    ['acm', 'acm'],
    ['ec2', 'ec2'],
    ['elasticloadbalancing', 'elbv2'],
    ['sts', 'sts'],
  ] as const;
  const endpoints = services.map(([id, path]) => `${id}=${endpoint}/api/v2/aws/${path}`);
  return {
    awsApiEndpoints: from('platform.endpoint', endpoints.join(',')),
    controllerConfig: { featureGates: { ALBSingleSubnet: true, SubnetsClusterTagCheck: false } },
  };
}
