// network.tf: the VPC, its subnets, and the ways out of it.
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { TerraformResource, TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, addUnbound, dependOn, made, madeUnbound, reference } from '../elements.ts';
import { addPublicAddress } from './public-address.ts';
import { listZones, type Zone } from './zones.ts';

const EVERYWHERE = '0.0.0.0/0';
/** Routes are eventually consistent: the provider's own two minutes are short on a busy site. */
const ROUTE_TIMEOUTS = { create: '5m' };

export const network: TerraformFile = {
  name: 'network',
  purpose: 'The VPC, its subnets, and the ways out of it.',
  build(stack, plan) {
    const vpc = add(stack, Vpc, 'main', {
      cidrBlock: plan.network.vpcCidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: plan.name },
    });
    const zones = listZones(plan);
    for (const zone of zones) addSubnet(stack, plan, vpc, zone, 'public');
    for (const zone of zones) addSubnet(stack, plan, vpc, zone, 'private');
    addPublicRouting(stack, plan, vpc);
    for (const zone of listGatewayZones(plan)) addNatGateway(stack, plan, zone);
    for (const zone of zones) addPrivateRouting(stack, plan, vpc, zone);
    return undefined;
  },
};

/** Zones that have a NAT gateway of their own; the others use the first one's. */
export function listGatewayZones(plan: EnvironmentPlan): Zone[] {
  return listZones(plan).slice(0, plan.network.natGateways);
}

/** What an address in a public subnet has to wait for. */
export function findWayOut(stack: TerraformStack, plan: EnvironmentPlan): TerraformResource {
  return plan.environment.platform.kind === 'aws'
    ? made(stack, Route, 'public')
    : madeUnbound(stack, 'time_sleep', 'way_out');
}

/** Operators find subnets by these tags: `role/elb` for public load balancers, `role/internal-elb` for internal ones. */
function addSubnet(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  vpc: Vpc,
  zone: Zone,
  reach: 'public' | 'private',
): void {
  add(stack, Subnet, `${reach}${zone.suffix}`, {
    vpcId: reference(vpc, 'id'),
    cidrBlock: reach === 'public' ? zone.publicCidr : zone.privateCidr,
    ...(zone.name === undefined ? {} : { availabilityZone: zone.name }),
    tags: {
      Name: `${plan.name}-${reach}${zone.label}`,
      [`kubernetes.io/cluster/${plan.name}`]: 'shared',
      [reach === 'public' ? 'kubernetes.io/role/elb' : 'kubernetes.io/role/internal-elb']: '1',
    },
  });
}

/** Internet gateway and the one route table of all public subnets. */
function addPublicRouting(stack: TerraformStack, plan: EnvironmentPlan, vpc: Vpc): void {
  const gateway = add(stack, InternetGateway, 'main', { vpcId: reference(vpc, 'id'), tags: { Name: plan.name } });
  const table = add(stack, RouteTable, 'public', {
    vpcId: reference(vpc, 'id'),
    tags: { Name: `${plan.name}-public` },
  });
  const route = add(stack, Route, 'public', {
    routeTableId: reference(table, 'id'),
    destinationCidrBlock: EVERYWHERE,
    gatewayId: reference(gateway, 'id'),
    timeouts: ROUTE_TIMEOUTS,
  });
  for (const { suffix } of listZones(plan)) {
    add(stack, RouteTableAssociation, `public${suffix}`, {
      subnetId: reference(made(stack, Subnet, `public${suffix}`), 'id'),
      routeTableId: reference(table, 'id'),
    });
  }
  if (plan.environment.platform.kind === 'zcompute') addPause(stack, gateway, route);
}

/** zCompute: addresses and NAT gateways made before the route works stay without a way out. */
function addPause(stack: TerraformStack, gateway: InternetGateway, route: Route): void {
  const pause = addUnbound(stack, 'time_sleep', 'way_out', {
    create_duration: '60s',
    destroy_duration: '120s',
    triggers: { internet_gateway: reference(gateway, 'id') },
  });
  note(
    pause,
    'zCompute reports the route as made before it carries traffic, and as gone before it is. What needs the way out\nwaits for this.',
  );
  dependOn(pause, [route]);
}

function addNatGateway(stack: TerraformStack, plan: EnvironmentPlan, zone: Zone): void {
  const { suffix, label } = zone;
  const wayOut = findWayOut(stack, plan);
  const address = addPublicAddress(stack, plan, `nat${suffix}`, `${plan.name}-nat${label}`);
  const gateway = add(stack, NatGateway, `main${suffix}`, {
    allocationId: reference(address, 'id'),
    subnetId: reference(made(stack, Subnet, `public${suffix}`), 'id'),
    tags: { Name: `${plan.name}${label}` },
  });
  for (const element of [address, gateway]) dependOn(element, [wayOut]);
}

/** One table per zone even where all share a gateway, so that `platform.natGateways` can change without moving subnets. */
function addPrivateRouting(stack: TerraformStack, plan: EnvironmentPlan, vpc: Vpc, zone: Zone): void {
  const { suffix, label } = zone;
  const [first = zone, ...others] = listGatewayZones(plan);
  const gateway = others.find((other) => other.suffix === suffix) ?? first;
  const table = add(stack, RouteTable, `private${suffix}`, {
    vpcId: reference(vpc, 'id'),
    tags: { Name: `${plan.name}-private${label}` },
  });
  add(stack, Route, `private${suffix}`, {
    routeTableId: reference(table, 'id'),
    destinationCidrBlock: EVERYWHERE,
    natGatewayId: reference(made(stack, NatGateway, `main${gateway.suffix}`), 'id'),
    timeouts: ROUTE_TIMEOUTS,
  });
  add(stack, RouteTableAssociation, `private${suffix}`, {
    subnetId: reference(made(stack, Subnet, `private${suffix}`), 'id'),
    routeTableId: reference(table, 'id'),
  });
}
