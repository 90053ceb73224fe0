// nodegroup-<name>.tf: the machines of one node group and the autoscaling groups that keep them running.
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { LaunchConfiguration } from '@cdktf/provider-aws/lib/launch-configuration';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { TerraformStack } from 'cdktf';
import { attribute, block, expression, type HclBlock } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan, NodeGroupPlan, ScalingGroup } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, reference } from '../elements.ts';
import { readInfrastructure } from '../infrastructure-outputs.ts';
import { identifier, SECURITY_GROUPS, subnetOfZone, TARGET_GROUPS } from './addresses.ts';
import { nodeTags, scalingTags } from './scaling-tags.ts';
import { userDataBlocks, userDataOf } from './user-data.ts';

/** Ubuntu's name for the root volume on AWS. */
const ROOT_DEVICE = '/dev/sda1';

const PURPOSE = {
  control:
    'Control nodes: one autoscaling group of size 1 each, so that each is replaced alone, and nothing scales etcd.\nA change here reaches new nodes only: replace them one at a time.\nTerraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.',
  worker:
    'Worker nodes. A change here reaches new nodes only.\nTerraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.',
} as const;

/** Gives the file of one node group. */
export function nodeGroupFile(group: NodeGroupPlan): TerraformFile {
  return {
    name: `nodegroup-${group.name}`,
    purpose: PURPOSE[group.role],
    build(stack, plan) {
      const onAws = plan.environment.platform.kind === 'aws';
      const launch = onAws ? addTemplates(stack, plan, group) : addConfigurations(stack, plan, group);
      for (const scaling of group.scalingGroups) addScalingGroup(stack, plan, group, scaling, launch(scaling));
      return [userDataBlocks(plan, group), ...(onAws ? [] : [rootVolume(group)])];
    },
  };
}

/** What an autoscaling group starts instances from. */
type Launch =
  | { readonly launchConfiguration: string }
  | { readonly launchTemplate: { readonly id: string; readonly version: string } };

/** The seed and all others are the two kinds of machines that a group may have. */
interface Kind {
  readonly name: string;
  readonly cloudName: string;
  readonly seed: boolean;
}

function listKinds(plan: EnvironmentPlan, group: NodeGroupPlan): Kind[] {
  const kind = (seed: boolean): Kind => {
    const suffix = seed ? '-1' : '';
    return {
      name: identifier(group.name + suffix),
      cloudName: `${plan.name}-${group.name}${suffix}`,
      seed,
    };
  };
  const seeds = [...new Set(group.scalingGroups.map(({ seed }) => seed === true))];
  return seeds.sort((a, b) => Number(b) - Number(a)).map(kind);
}

function addTemplates(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  group: NodeGroupPlan,
): (scaling: ScalingGroup) => Launch {
  const templates = new Map(listKinds(plan, group).map((kind) => [kind.seed, addTemplate(stack, plan, group, kind)]));
  return (scaling) => {
    const template = templates.get(scaling.seed === true);
    if (template === undefined) throw new Error(`no launch template for ${scaling.name}`);
    return { launchTemplate: { id: reference(template, 'id'), version: reference(template, 'latest_version') } };
  };
}

function addTemplate(stack: TerraformStack, plan: EnvironmentPlan, group: NodeGroupPlan, kind: Kind): LaunchTemplate {
  const tags = { Name: kind.cloudName, ...nodeTags(plan, group) };
  const template = add(stack, LaunchTemplate, kind.name, {
    namePrefix: `${kind.cloudName}-`,
    updateDefaultVersion: true,
    imageId: imageOf(plan),
    instanceType: group.instanceType,
    keyName: readInfrastructure('key_name'),
    userData: expression(userDataOf(group, kind.seed)),
    vpcSecurityGroupIds: securityGroups(group),
    iamInstanceProfile: { name: profileOf(group) },
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: hopLimit(group) },
    blockDeviceMappings: [
      {
        deviceName: ROOT_DEVICE,
        ebs: {
          volumeSize: group.rootVolumeGiB,
          volumeType: 'gp3',
          encrypted: 'true',
          deleteOnTermination: 'true',
        },
      },
    ],
    tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags })),
    tags: { Name: kind.cloudName },
    ...(movesImage(plan) ? { lifecycle: { ignoreChanges: ['image_id'] } } : {}),
  });
  noteMachine(template, plan, kind);
  return template;
}

/**
 * Tokens only, and none for pods of workers: with a limit of one hop the answer does not reach a pod's network. The
 * volume driver's controller is such a pod and gets its credentials nowhere else; only what tolerates the control-plane
 * taint runs beside it.
 */
function hopLimit(group: NodeGroupPlan): number {
  return group.role === 'control' ? 2 : 1;
}

function addConfigurations(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  group: NodeGroupPlan,
): (scaling: ScalingGroup) => Launch {
  const configurations = new Map(
    listKinds(plan, group).map((kind) => [kind.seed, addConfiguration(stack, plan, group, kind)]),
  );
  return (scaling) => {
    const configuration = configurations.get(scaling.seed === true);
    if (configuration === undefined) throw new Error(`no launch configuration for ${scaling.name}`);
    return { launchConfiguration: reference(configuration, 'name') };
  };
}

/**
 * zCompute knows no launch templates. A launch configuration never changes, so each change makes a new one; its
 * block devices cannot be read back, so they are ignored and their change is watched elsewhere.
 * @see https://github.com/zadarastorage/terraform-zcompute-k8s (3.1.0, launch_configuration.tf)
 */
function addConfiguration(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  group: NodeGroupPlan,
  kind: Kind,
): LaunchConfiguration {
  const configuration = add(stack, LaunchConfiguration, kind.name, {
    namePrefix: `${kind.cloudName}-`,
    imageId: imageOf(plan),
    instanceType: group.instanceType,
    keyName: readInfrastructure('key_name'),
    userDataBase64: expression(userDataOf(group, kind.seed)),
    securityGroups: securityGroups(group),
    iamInstanceProfile: profileOf(group),
    rootBlockDevice: { volumeSize: group.rootVolumeGiB, deleteOnTermination: true },
    lifecycle: {
      createBeforeDestroy: true,
      ignoreChanges: [...(movesImage(plan) ? ['image_id'] : []), 'root_block_device'],
      replaceTriggeredBy: [rootVolumeAddress(group)],
    },
  });
  noteMachine(configuration, plan, kind);
  return configuration;
}

/** Terraform ignores a changed value where it updates in place, and takes it where it makes something anew. */
const IMAGE_NOTES = {
  zcompute: [
    'The image is looked up. A newer one alone changes nothing, but when anything else changes, the launch configuration',
    'that replaces this one takes it. To keep an image, or to raise it, set cluster.image in the environment file.',
  ],
  aws: [
    'The image is the newest of the day of the first apply, and stays: new versions of the template keep it.',
    'To raise it, set cluster.image in the environment file.',
  ],
} as const;

function noteMachine(element: LaunchTemplate | LaunchConfiguration, plan: EnvironmentPlan, kind: Kind): void {
  const lines = [
    ...(kind.seed ? ['The seed: the one node that may make the cluster, and only if it never existed.'] : []),
    ...(movesImage(plan) ? IMAGE_NOTES[plan.environment.platform.kind] : []),
  ];
  if (lines.length > 0) note(element, lines.join('\n'));
}

function rootVolume(group: NodeGroupPlan): HclBlock {
  return block(
    'resource',
    ['terraform_data', `${identifier(group.name)}_root_volume`],
    [attribute('input', { size: group.rootVolumeGiB })],
    'zCompute does not tell the root volume of a launch configuration, so its changes are seen here.',
  );
}

function rootVolumeAddress(group: NodeGroupPlan): string {
  return `terraform_data.${identifier(group.name)}_root_volume`;
}

function addScalingGroup(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  group: NodeGroupPlan,
  scaling: ScalingGroup,
  launch: Launch,
): void {
  const worker = group.role === 'worker';
  const element = add(stack, AutoscalingGroup, scalingIdentifier(plan, scaling), {
    name: scaling.name,
    minSize: scaling.min,
    maxSize: scaling.max,
    desiredCapacity: scaling.desired,
    ...launch,
    targetGroupArns: targetGroups(group),
    // Kubernetes knows better than a load balancer whether a node is well, and zCompute knows no other check.
    healthCheckType: 'EC2',
    // A quota that is short for an hour must not fail the apply: the group would be tainted and made anew.
    waitForCapacityTimeout: '0',
    // Moving instances for the sake of balance would kill control nodes, and pods whose volume stays behind.
    ...(plan.environment.platform.kind === 'aws' ? { suspendedProcesses: ['AZRebalance'] } : {}),
    tag: scalingTags(plan, group, scaling).map((tag) => ({ ...tag })),
    // The autoscaler changes it all the time.
    ...(worker ? { lifecycle: { ignoreChanges: ['desired_capacity'] } } : {}),
  });
  const { zone } = scaling;
  // Without a zone the whole list, which is an expression of its own.
  element.addOverride(
    'vpc_zone_identifier',
    zone === undefined ? readInfrastructure('private_subnet_ids') : [subnetOfZone('private_subnet_ids', zone)],
  );
  const remark = zoneNote(plan, group, scaling);
  if (remark !== undefined) note(element, remark);
  if (targetGroups(group).length === 0) element.addOverride('target_group_arns', undefined);
}

function zoneNote(plan: EnvironmentPlan, group: NodeGroupPlan, { zone }: ScalingGroup): string | undefined {
  const { zones } = plan.network;
  const name = zone === undefined ? undefined : zones[zone]?.name;
  if (name !== undefined)
    return group.hostsVolumes ? `In ${name} alone: volumes made there cannot follow a pod elsewhere.` : `In ${name}.`;
  return zones.length > 1 ? 'In any zone. They are not rebalanced: that would stop nodes at work.' : undefined;
}

/** `worker_1` for the group that is called `prod-worker-1` in the cloud. */
function scalingIdentifier(plan: EnvironmentPlan, scaling: ScalingGroup): string {
  return identifier(scaling.name.slice(plan.name.length + 1));
}

/** Addresses of all autoscaling groups of a node group. */
export function scalingAddresses(plan: EnvironmentPlan, group: NodeGroupPlan): string[] {
  return group.scalingGroups.map((scaling) => `aws_autoscaling_group.${scalingIdentifier(plan, scaling)}`);
}

function targetGroups(group: NodeGroupPlan): string[] {
  if (group.role === 'control') return [TARGET_GROUPS.api];
  return group.servesIngress ? [TARGET_GROUPS.http, TARGET_GROUPS.https] : [];
}

function securityGroups(group: NodeGroupPlan): string[] {
  return [
    readInfrastructure('cluster_security_group_id'),
    ...(group.servesIngress ? [SECURITY_GROUPS.ingressNodes] : []),
  ];
}

function profileOf(group: NodeGroupPlan): string {
  return readInfrastructure(group.role === 'control' ? 'control_instance_profile' : 'worker_instance_profile');
}

function imageOf(plan: EnvironmentPlan): string {
  return plan.environment.cluster.image ?? readInfrastructure('image_id');
}

/** True if the image is looked up, and so may be another one tomorrow. */
function movesImage(plan: EnvironmentPlan): boolean {
  return plan.environment.cluster.image === undefined;
}
