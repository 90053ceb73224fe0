import { describe, expect, it } from 'vitest';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import { renderTerraform } from '../../../generator/render/terraform/render-terraform.ts';
import { environmentText, mergeDeep } from '../../../generator/testing/environment-text.ts';
import { planOf } from '../../../generator/testing/plan-of.ts';
import { formatDifference, hasTerraform } from '../../../generator/testing/terraform.ts';

const AWS: PlainMap = {
  platform: {
    kind: 'aws',
    endpoint: null,
    region: 'eu-central-1',
    availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  },
  cluster: {
    nodeGroups: {
      control: { instanceType: 'm7i.large' },
      worker: { instanceType: 'r7i.4xlarge' },
      gpu: { instanceType: 'g6.4xlarge' },
    },
  },
};

/** The same on another platform: `onAws({ natGateways: 'per-zone' })`. */
function onAws(platform: PlainMap): PlainMap {
  return mergeDeep(AWS, { platform });
}

/** Files of the infrastructure project by name, `network.tf`. */
function render(changes: PlainMap = {}): Record<string, string> {
  const files = renderTerraform(planOf(environmentText(changes)), { manifests: [] });
  const own = files.filter(({ path }) => path.includes('/infrastructure/'));
  return Object.fromEntries(own.map(({ path, content }) => [path.slice(path.lastIndexOf('/') + 1), content]));
}

function renderAll(changes: PlainMap = {}): string {
  return Object.values(render(changes)).join('\n');
}

/** The text of one block, from its head to its closing brace. */
function findBlock(code: string, head: string): string {
  const start = code.indexOf(`${head} {`);
  if (start < 0) throw new Error(`no block ${head}`);
  return code.slice(start, code.indexOf('\n}\n', start) + 2);
}

/** The text of all blocks whose head begins like this. */
function listBlocks(code: string, head: string): string[] {
  return [...code.matchAll(new RegExp(`^${head}[\\s\\S]*?\\n\\}`, 'gm'))].map(([block]) => block);
}

function listHeads(code: string, type: string): string[] {
  return [...code.matchAll(new RegExp(`^${type} .*(?= \\{)`, 'gm'))].map(([head]) => head.replaceAll('"', ''));
}

describe('blueprints/terraform/infrastructure', () => {
  const zcompute = renderAll();
  const aws = renderAll(AWS);

  it.each([
    { name: 'the argument domain of addresses, which is of provider 5', text: /^ +domain +=/m },
    { name: 'launch templates', text: /launch_template/ },
    { name: 'metadata options: there is no IMDSv2', text: /metadata_options/ },
    { name: 'an endpoint elbv2, which 3.x does not know', text: /elbv2 *=/ },
    { name: 'default tags, which it refuses on some resources', text: /default_tags/ },
    { name: 'availability zones: there is one, without a name', text: /availability_zone/ },
    { name: 'public addresses on launch, which it does not have', text: /map_public_ip_on_launch/ },
    { name: 'volume encryption, which it does not have', text: /encrypted/ },
    { name: 'a region on a resource, which is of provider 6', text: /^ {2}region/m, except: 'providers.tf' },
  ])('writes for zCompute nothing of $name', ({ text, except }) => {
    const files = Object.entries(render()).filter(([file]) => file !== except);

    for (const [file, content] of files) expect(content, file).not.toMatch(text);
  });

  it.each([
    { name: 'the argument vpc of addresses, gone since provider 5', text: /^ +vpc +=/m },
    { name: 'waits for the gateway', text: /time_sleep/ },
    { name: 'endpoints', text: /endpoints/ },
    { name: 'skipped checks', text: /skip_/ },
    { name: 'a tag of zCompute', text: /os_family_linux/ },
  ])('writes for AWS nothing of $name', ({ text }) => {
    expect(aws).not.toMatch(text);
  });

  it('has no tags and no descriptions in IAM, on addresses and on the bastion group on zCompute', () => {
    const { 'iam.tf': iam = '', 'security.tf': security = '' } = render();

    expect(iam).not.toMatch(/^ +(tags|description) +=/m);
    const addresses = listBlocks(zcompute, 'resource "aws_eip"');
    expect(addresses).toHaveLength(2);
    for (const block of addresses) expect(block).not.toContain('tags');
    expect(findBlock(security, 'resource "aws_security_group" "bastion"')).not.toContain('tags');
  });

  it('tags subnets and the one cluster group for operators on both platforms', () => {
    for (const code of [zcompute, aws]) {
      const publicTags = [...code.matchAll(/"kubernetes.io\/role\/elb" +=/g)];
      const privateTags = [...code.matchAll(/"kubernetes.io\/role\/internal-elb" +=/g)];
      const owned = [...code.matchAll(/"kubernetes.io\/cluster\/lab" += "owned"/g)];

      expect(publicTags).toHaveLength(code === aws ? 3 : 1);
      expect(privateTags).toHaveLength(code === aws ? 3 : 1);
      expect(owned).toHaveLength(1);
    }
    expect(findBlock(zcompute, 'resource "aws_security_group" "cluster"')).toContain('"kubernetes.io/cluster/lab"');
  });

  it('waits on zCompute for the way out before addresses and gateways', () => {
    const { 'network.tf': network = '' } = render();

    expect(findBlock(network, 'resource "time_sleep" "way_out"')).toMatch(/create_duration += "60s"\n.*"120s"/);
    expect(findBlock(network, 'resource "time_sleep" "way_out"')).toContain('depends_on = [aws_route.public]');
    for (const head of ['"aws_eip" "nat"', '"aws_nat_gateway" "main"'])
      expect(findBlock(network, `resource ${head}`)).toContain('depends_on = [time_sleep.way_out]');
  });

  it.each([
    { name: 'one gateway in single', changes: AWS, gateways: ['main_a'], used: ['main_a', 'main_a', 'main_a'] },
    {
      name: 'one gateway per zone when asked for',
      changes: onAws({ natGateways: 'per-zone' }),
      gateways: ['main_a', 'main_b', 'main_c'],
      used: ['main_a', 'main_b', 'main_c'],
    },
  ])('routes private subnets through $name', ({ changes, gateways, used }) => {
    const { 'network.tf': network = '', 'outputs.tf': outputs = '' } = render(changes);

    expect(listHeads(network, 'resource "aws_nat_gateway"')).toEqual(
      gateways.map((name) => `resource aws_nat_gateway ${name}`),
    );
    expect(
      ['a', 'b', 'c'].map(
        (zone) =>
          /nat_gateway_id += aws_nat_gateway\.(\w+)\.id/.exec(
            findBlock(network, `resource "aws_route" "private_${zone}"`),
          )?.[1],
      ),
    ).toEqual(used);
    expect([...outputs.matchAll(/aws_eip\.nat_\w\.public_ip/g)]).toHaveLength(gateways.length);
  });

  it('names zones by their letter, and subnets in zone order in the outputs', () => {
    expect(findBlock(aws, 'resource "aws_subnet" "private_b"')).toContain('availability_zone = "eu-central-1b"');
    expect(findBlock(aws, 'output "private_subnet_ids"')).toContain(
      '[aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]',
    );
  });

  describe('security', () => {
    it('writes rules for all protocols with -1 and no ports, and never two kinds of source', () => {
      const rules = listBlocks(zcompute, 'resource "aws_security_group_rule"');

      expect(rules).toHaveLength(6);
      for (const block of rules) {
        if (block.includes('"-1"')) expect(block).toMatch(/from_port +=.* 0\n +to_port +=.* 0\n/);
        const sources = ['cidr_blocks', 'self', 'source_security_group_id'].filter((name) =>
          new RegExp(`^ +${name} +=`, 'm').test(block),
        );
        expect(sources, block).toHaveLength(1);
      }
    });

    it('opens SSH to the bastion for the networks that were named, and to nodes for the bastion only', () => {
      const code = renderAll({ network: { bastion: { sshFrom: ['203.0.113.0/24', '198.51.100.0/24'] } } });

      expect(findBlock(code, 'resource "aws_security_group_rule" "bastion_ssh"')).toContain(
        '["198.51.100.0/24", "203.0.113.0/24"]',
      );
      expect(findBlock(code, 'resource "aws_security_group_rule" "cluster_ssh"')).toContain(
        'source_security_group_id = aws_security_group.bastion.id',
      );
    });

    it('has nothing of a bastion without one', () => {
      const files = render({
        network: { bastion: { enabled: false, sshFrom: null }, privateAccess: 'VPN from the head office' },
      });

      expect(Object.keys(files)).not.toContain('bastion.tf');
      expect(Object.values(files).join('\n')).not.toContain('"bastion');
    });
  });

  describe('IAM', () => {
    const SECRETS = [
      'ec2:*',
      'ec2:DescribeInstanceAttribute',
      'autoscaling:*',
      'autoscaling:DescribeLaunchConfigurations',
      'ec2:DescribeLaunchTemplateVersions',
    ];

    it('gives zCompute control nodes the three services that Zadara documents', () => {
      expect(findBlock(zcompute, 'resource "aws_iam_policy" "control"')).toContain(
        '["autoscaling:*", "ec2:*", "elasticloadbalancing:*"]',
      );
    });

    it.each([
      { name: 'zCompute', code: zcompute },
      { name: 'AWS', code: aws },
    ])('lets $name workers do nothing, so that they cannot read the user data of control nodes', ({ code }) => {
      const worker = listBlocks(code, 'resource "aws_iam_\\w+" "worker"').join('\n');

      expect(worker).toContain('resource "aws_iam_instance_profile" "worker"');
      expect(worker).not.toContain('policy_arn');
      for (const action of SECRETS) expect(worker).not.toContain(action);
    });

    it('gives AWS control nodes no wildcard, and scaling only of groups that carry the tags of the autoscaler', () => {
      const policy = findBlock(aws, 'resource "aws_iam_policy" "control"');

      expect(policy).not.toMatch(/"\w+:\*"/);
      expect(policy.slice(policy.indexOf('"ScaleWorkers"'))).toContain(
        '"aws:ResourceTag/k8s.io/cluster-autoscaler/lab"     = "owned"',
      );
    });

    it.each([
      { region: 'eu-central-1', partition: 'aws', ec2: 'ec2.amazonaws.com' },
      { region: 'us-gov-west-1', partition: 'aws-us-gov', ec2: 'ec2.amazonaws.com' },
      { region: 'cn-north-1', partition: 'aws-cn', ec2: 'ec2.amazonaws.com.cn' },
    ])('names resources of $region in partition $partition', ({ region, partition, ec2 }) => {
      const zones = [`${region}a`];

      const code = renderAll(onAws({ region, availabilityZones: zones }));

      expect(code).toContain(`"arn:${partition}:ec2:*:*:volume/*"`);
      expect(code.match(/"ec2\.amazonaws\.com[^"]*"/g)).toEqual([`"${ec2}"`, `"${ec2}"`]);
    });

    it('names profiles by what launch configurations and launch templates take', () => {
      expect(findBlock(zcompute, 'output "control_instance_profile"')).toContain('.unique_id');
      expect(findBlock(aws, 'output "control_instance_profile"')).toContain('aws_iam_instance_profile.control.name');
    });
  });

  describe('bastion and image', () => {
    it('has IMDSv2 for the host alone and an encrypted disk on AWS', () => {
      const host = findBlock(aws, 'resource "aws_instance" "bastion"');

      expect(host).toMatch(/http_put_response_hop_limit = 1\n +http_tokens += "required"/);
      expect(host).toMatch(/encrypted += true/);
      expect(host).toContain('ignore_changes = [ami]');
    });

    it('ignores the tag that zCompute sets', () => {
      expect(findBlock(zcompute, 'resource "aws_instance" "bastion"')).toContain(
        'ignore_changes = [ami, tags["os_family_linux"]]',
      );
    });

    it.each([
      {
        name: 'zCompute',
        changes: {},
        lookup: 'data.aws_ami_ids.ubuntu.ids[0]',
        says: 'Node groups that are changed or added later get the newest of that day',
      },
      {
        name: 'AWS',
        changes: AWS,
        lookup: 'data.aws_ssm_parameter.ubuntu.insecure_value',
        says: 'Node groups keep that of their first apply',
      },
    ])('looks the image up on $name until it is pinned', ({ changes, lookup, says }) => {
      const found = render(changes);
      const pinned = render(mergeDeep(changes, { cluster: { image: 'ami-0123456789abcdef0' } }));

      expect(found['outputs.tf']).toMatch(new RegExp(`value +=.*${lookup.replaceAll('[', '\\[')}`));
      expect(found['image.tf']).toContain('ubuntu');
      expect(found['image.tf']).toContain(says);
      expect(Object.keys(pinned)).not.toContain('image.tf');
      expect(pinned['outputs.tf']).toMatch(/value += "ami-0123456789abcdef0"/);
      expect(pinned['bastion.tf']).toMatch(/ami += "ami-0123456789abcdef0"/);
    });

    it('takes another instance type from the environment file', () => {
      const code = renderAll({ network: { bastion: { instanceType: 'z4.large' } } });

      expect(findBlock(code, 'resource "aws_instance" "bastion"')).toMatch(/instance_type += "z4.large"/);
    });
  });

  it('checks the certificate of the site unless told not to', () => {
    const insecure = render({ platform: { insecure: true } });

    expect(render()['providers.tf']).not.toContain('insecure');
    expect(insecure['providers.tf']).toMatch(/insecure += true/);
  });

  it('writes endpoints without a double slash', () => {
    const code = render({ platform: { endpoint: 'https://site.example.com/' } })['providers.tf'];

    expect(code).toContain('"https://site.example.com/api/v2/aws/ec2"');
  });

  it.skipIf(!hasTerraform)('is what terraform fmt leaves alone, without a bastion and with other choices too', () => {
    const others = [
      AWS,
      { network: { bastion: { enabled: false, sshFrom: null }, privateAccess: 'VPN from the head office' } },
      { platform: { insecure: true }, cluster: { image: 'ami-0123456789abcdef0' } },
    ];

    for (const changes of others) expect(formatDifference(render(changes))).toBe('');
  });
});
