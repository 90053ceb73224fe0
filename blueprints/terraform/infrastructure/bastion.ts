// bastion.tf: the key of the administrators and the host they enter by.
import { Instance, type InstanceConfig } from '@cdktf/provider-aws/lib/instance';
import { KeyPair } from '@cdktf/provider-aws/lib/key-pair';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import type { TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, dependOn, made, reference } from '../elements.ts';
import { imageId } from './image.ts';
import { findWayOut } from './network.ts';
import { addPublicAddress } from './public-address.ts';
import { listZones } from './zones.ts';

const DEFAULT_TYPE = { zcompute: 'z2.large', aws: 't3.small' } as const;
const ROOT_VOLUME_GIB = 32;

export const keyPair: TerraformFile = {
  name: 'key-pair',
  purpose: 'The SSH key of the administrators.',
  build(stack, plan) {
    add(stack, KeyPair, 'administrators', {
      keyName: plan.name,
      publicKey: plan.environment.cluster.sshPublicKey,
    });
    return undefined;
  },
};

/** Absent without a bastion. */
export const bastion: TerraformFile = {
  name: 'bastion',
  purpose: 'The host by which administrators enter: ssh -J ubuntu@<bastion_public_ip> ubuntu@<node>.',
  build(stack, plan) {
    if (!plan.environment.network.bastion.enabled) return undefined;
    const host = add(stack, Instance, 'bastion', {
      ami: imageId(stack, plan),
      instanceType: plan.environment.network.bastion.instanceType ?? DEFAULT_TYPE[plan.environment.platform.kind],
      keyName: reference(made(stack, KeyPair, 'administrators'), 'key_name'),
      subnetId: reference(made(stack, Subnet, `public${listZones(plan)[0]?.suffix ?? ''}`), 'id'),
      vpcSecurityGroupIds: [reference(made(stack, SecurityGroup, 'bastion'), 'id')],
      tags: { Name: `${plan.name}-bastion` },
      ...(plan.environment.platform.kind === 'aws' ? onAws : onZcompute),
    });
    note(
      host,
      'A newer image is no reason to replace it: update it like any host, or apply with -replace=aws_instance.bastion.',
    );
    addBastionAddress(stack, plan, host);
    return undefined;
  },
};

/** zCompute has neither IMDSv2 nor encrypted volumes, and sets a tag of its own. */
const onZcompute: Partial<InstanceConfig> = {
  rootBlockDevice: { volumeSize: ROOT_VOLUME_GIB },
  lifecycle: { ignoreChanges: ['ami', 'tags["os_family_linux"]'] },
};

const onAws: Partial<InstanceConfig> = {
  rootBlockDevice: { volumeSize: ROOT_VOLUME_GIB, volumeType: 'gp3', encrypted: true },
  metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
  lifecycle: { ignoreChanges: ['ami'] },
};

function addBastionAddress(stack: TerraformStack, plan: EnvironmentPlan, host: Instance): void {
  const address = addPublicAddress(stack, plan, 'bastion', `${plan.name}-bastion`, {
    instance: reference(host, 'id'),
  });
  dependOn(address, [findWayOut(stack, plan)]);
}
