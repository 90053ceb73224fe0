import { describe, expect, it } from 'vitest';
import { CLOUD_NAME_LIMIT } from '../../../generator/core/cloud-names.ts';
import { renderTerraform } from '../../../generator/render/terraform/render-terraform.ts';
import { listExamples } from '../../../generator/testing/examples.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { renderOf } from '../../../generator/testing/plan-of.ts';
import {
  evaluateInTurn,
  evaluateOutputs,
  formatDifference,
  hasTerraform,
} from '../../../generator/testing/terraform.ts';

/** Text of all `.tf` files of the cluster project, by name, e.g. `security.tf`. */
type Project = Readonly<Record<string, string>>;

const examples = listExamples().flatMap((example) => {
  const files = [...renderOf(example.texts).values()].filter(({ path }) => path.includes('/cluster/'));
  return [...new Set(files.map(({ environment }) => environment))].map((environment) => ({
    name: String(environment),
    onAws: example.name.startsWith('aws'),
    project: codeOf(files.filter((file) => file.environment === environment)),
  }));
});

function codeOf(files: readonly { readonly path: string; readonly content: string }[]): Project {
  const code = files.filter(({ path }) => /\/cluster\/[^/]+\.tf$/.test(path));
  return Object.fromEntries(code.map(({ path, content }) => [path.replace(/^.*\/cluster\//, ''), content]));
}

type Platform = 'zcompute' | 'aws';

const AWS = { kind: 'aws', region: 'eu-central-1', availabilityZones: ['eu-central-1a', 'eu-central-1b'] };
const AWS_TYPES: Readonly<Record<string, string>> = { control: 'm7i.large', worker: 'r7i.4xlarge', gpu: 'g6.4xlarge' };

/** The cluster project of the small environment on a platform, with some keys changed. */
function render(
  platform: Platform,
  changes: { readonly cluster?: object; readonly [key: string]: unknown } = {},
): Project {
  const cluster = { ...SMALL.cluster, ...changes.cluster };
  const environment = { ...SMALL, ...changes, cluster };
  const plan = platform === 'aws' ? { ...environment, platform: AWS, cluster: onAws(cluster) } : environment;
  return codeOf(renderTerraform(planOne(plan), { manifests: [] }));
}

function onAws(cluster: { readonly nodeGroups: object }): object {
  const groups = Object.entries(cluster.nodeGroups as Readonly<Record<string, object>>);
  const typed = groups.map(([name, group]) => [name, { ...group, instanceType: AWS_TYPES[name] }] as const);
  return { ...cluster, nodeGroups: Object.fromEntries(typed) };
}

const all = (project: Project): string => Object.values(project).join('\n');

/** Bodies of the `tag` blocks of all autoscaling groups. */
function listTags(project: Project) {
  const blocks = all(project).match(/^ {2}tag \{\n[\s\S]*?^ {2}\}$/gm) ?? [];
  return blocks.map((text) => ({
    key: /key += "(.*)"/.exec(text)?.[1] ?? '',
    value: /value += "(.*)"/.exec(text)?.[1] ?? '',
    propagated: text.includes('propagate_at_launch = true'),
  }));
}

describe.each(examples)('blueprints/terraform/cluster/project.ts: $name', ({ project, onAws }) => {
  it.skipIf(!hasTerraform)('is in the form that terraform fmt leaves alone', () => {
    expect(formatDifference(project)).toBe('');
  });

  it('refers only to what it declares, in whatever file', () => {
    const text = all(project);
    const declared = new Set([
      ...[...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`),
      ...[...text.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => `var.${name}`),
      ...[...text.matchAll(/^locals \{\n([\s\S]*?)^\}$/gm)].flatMap(([, body = '']) =>
        [...body.matchAll(/^ {2}(\w+) += /gm)].map(([, name]) => `local.${name}`),
      ),
    ]);

    const code = text.replace(/^\s*#.*$/gm, '').replace(/"[^"\n$]*"/g, '""');
    const used = [...code.matchAll(/\b((?:aws|terraform)_\w+|var|local)\.(\w+)/g)].map(
      ([, type, name]) => `${type}.${name}`,
    );

    expect(used.length).toBeGreaterThan(40);
    const known = (address: string) => declared.has(address) || address === 'terraform_remote_state.infrastructure';
    expect([...new Set(used)].filter((address) => !known(address))).toEqual([]);
  });

  it('reads only outputs that the infrastructure project has', () => {
    const environmentOutputs = new Set([
      'vpc_id',
      'vpc_cidr',
      'public_subnet_ids',
      'private_subnet_ids',
      'cluster_security_group_id',
      'control_instance_profile',
      'worker_instance_profile',
      'key_name',
      ...(all(project).includes('bastion_public_ip') ? ['bastion_public_ip'] : []),
      ...(all(project).includes('outputs.image_id') ? ['image_id'] : []),
    ]);

    const read = new Set([...all(project).matchAll(/infrastructure\.outputs\.(\w+)/g)].map(([, name]) => name));

    expect([...read].sort()).toEqual([...environmentOutputs].sort());
  });

  it('keeps cloud names within their limit', () => {
    const names = [
      ...all(project).matchAll(
        /^resource "aws_(?:lb|lb_target_group|autoscaling_group)" "\w+" \{\n {2}name += "(.*)"/gm,
      ),
    ];

    expect(names.length).toBeGreaterThan(6);
    expect(names.filter(([, name = '']) => name.length > CLOUD_NAME_LIMIT)).toEqual([]);
  });

  it('propagates no tag with a colon, and nothing that only the autoscaler reads', () => {
    const tags = listTags(project);

    const propagated = tags.filter(({ propagated }) => propagated).map(({ key, value }) => `${key}=${value}`);

    expect(tags.some(({ value }) => value.includes(':'))).toBe(true);
    expect(propagated.filter((tag) => tag.includes(':') || tag.includes('cluster-autoscaler'))).toEqual([]);
  });

  it('writes nothing that the other platform or no platform may have', () => {
    const never = ['monitoring', 'aws_launch_configuration', 'vpc = true'];
    const onlyAws = [
      'launch_template',
      'metadata_options',
      'elbv2 ',
      'default_tags',
      'preserve_client_ip',
      'enable_cross_zone',
      'suspended_processes',
      'http_tokens',
      'encrypted  ',
      'tag_specifications',
    ];

    const found = (words: readonly string[]) => words.filter((word) => all(project).includes(word));

    expect(found(onAws ? never : onlyAws)).toEqual([]);
    expect(
      found(['health_check_type         = "ELB"', 'aws_autoscaling_attachment', '    timeout ', 'region = null']),
    ).toEqual([]);
  });

  it('describes every variable and output, and marks every variable as secret', () => {
    const blocks = all(project).match(/^(?:variable|output) "\w+" \{\n[\s\S]*?^\}$/gm) ?? [];

    expect(blocks.filter((text) => !/description += ".{20,}"/.test(text))).toEqual([]);
    expect(blocks.filter((text) => text.startsWith('variable') && !/sensitive += true/.test(text))).toEqual([]);
    expect(blocks.filter((text) => text.startsWith('variable') && !text.includes('validation {'))).toEqual([]);
  });
});

describe('blueprints/terraform/cluster/project.ts: image', () => {
  it.each([
    { platform: 'zcompute', says: 'the launch configuration\n# that replaces this one takes it.' },
    { platform: 'aws', says: 'and stays: new versions of the template keep it.' },
  ] as const)('is no reason to change machines of $platform', ({ platform, says }) => {
    const pinned = render(platform, { cluster: { image: 'ami-0123456789abcdef0' } })['nodegroup-worker.tf'];
    const looked = render(platform)['nodegroup-worker.tf'];

    expect(pinned).toMatch(/image_id += "ami-0123456789abcdef0"/);
    expect(pinned).not.toMatch(/ignore_changes += \[image_id/);
    expect(pinned).not.toContain('The image is');
    expect(looked).toMatch(/image_id += data\.terraform_remote_state\.infrastructure\.outputs\.image_id/);
    expect(looked).toMatch(/ignore_changes += \[image_id/);
    expect(looked).toContain(says);
  });

  it.skipIf(!hasTerraform)('comes anew with a resource that is replaced, and not before (needs terraform)', () => {
    const project = (image: string, other: string) =>
      `resource "terraform_data" "launch" {
  input            = "${image}"
  triggers_replace = "${other}"
  lifecycle {
    ignore_changes = [input]
  }
}
output "image" {
  value = terraform_data.launch.output
}
`;

    const images = evaluateInTurn([project('old', '1'), project('new', '1'), project('new', '2')], 'image');

    expect(images).toEqual(['old', 'old', 'new']);
  });
});

describe('blueprints/terraform/cluster/project.ts: node groups', () => {
  const three = {
    etcdBackup: { endpoint: 's3.example.com', bucket: 'etcd' },
    nodeGroups: { ...SMALL.cluster.nodeGroups, control: { role: 'control', instanceType: 'z4.large', size: 3 } },
  };

  it.each([
    ['zcompute', 'aws_launch_configuration'],
    ['aws', 'aws_launch_template'],
  ] as const)(
    'gives each control node on %s a group of its own, and the seed a machine of its own',
    (platform, type) => {
      const text = render(platform, { cluster: three })['nodegroup-control.tf'] ?? '';

      const groups = text.match(/resource "aws_autoscaling_group" "(control_\d)"/g);

      expect(groups).toHaveLength(3);
      expect(text.match(/min_size += 1/g)).toHaveLength(3);
      expect(text.match(/max_size += 1/g)).toHaveLength(3);
      expect(text.match(new RegExp(`resource "${type}" "(\\w+)"`, 'g'))).toEqual([
        `resource "${type}" "control_1"`,
        `resource "${type}" "control"`,
      ]);
      expect(text.match(/SEED += "true"/g)).toHaveLength(1);
    },
  );

  it('keeps what hosts volumes in its zone, and lets GPU nodes run in any', () => {
    const project = render('aws');

    expect(project['nodegroup-worker.tf']?.match(/vpc_zone_identifier += \[[^\]]*_ids\[\d\]\]/g)).toHaveLength(2);
    expect(project['nodegroup-gpu.tf']).toMatch(/vpc_zone_identifier += data\.[\w.]+\.private_subnet_ids\n/);
  });

  it('replaces a launch configuration whose root volume grows', () => {
    const text = render('zcompute')['nodegroup-gpu.tf'];

    expect(text).toContain('size = 200');
    expect(text).toMatch(/replace_triggered_by += \[terraform_data\.gpu_root_volume\]/);
    expect(text).toMatch(/ignore_changes += \[image_id, root_block_device\]/);
  });

  it('sends users to the nodes that run the ingress, and to no others', () => {
    const project = render('zcompute');

    expect(project['nodegroup-worker.tf']).toContain('aws_lb_target_group.ingress_https.arn');
    expect(project['nodegroup-worker.tf']).toContain('aws_security_group.ingress_nodes.id');
    expect(project['nodegroup-gpu.tf']).not.toMatch(/target_group|ingress_nodes/);
    expect(project['nodegroup-control.tf']).not.toContain('ingress');
  });
});

describe('blueprints/terraform/cluster/security.ts', () => {
  const allowFrom = { ingress: { allowFrom: ['203.0.113.0/24', '198.51.100.0/25'] } };

  it.each(['zcompute', 'aws'] as const)('lets only ingress.allowFrom reach the load balancer on %s', (platform) => {
    const text = render(platform, allowFrom)['security.tf'] ?? '';

    expect(text.match(/"HTTPS? from users"[\s\S]*?cidr_blocks += (.*)/g)).toHaveLength(2);
    expect(text).toContain('cidr_blocks       = ["198.51.100.0/25", "203.0.113.0/24"]');
    expect(text).not.toContain('0.0.0.0/0');
  });

  it('lets NodePorts be reached through the load balancer alone on AWS', () => {
    const text = render('aws', allowFrom)['security.tf'];

    expect(text).toMatch(
      /"ingress_nodes_https" \{[\s\S]*?source_security_group_id = aws_security_group\.ingress_load_balancer\.id/,
    );
  });
});

describe.skipIf(!hasTerraform)('blueprints/terraform/cluster/variables.ts', () => {
  const backup = { endpoint: 's3.example.com', bucket: 'lab-etcd' };
  const valid = {
    cluster_token: 'c'.repeat(32),
    agent_token: 'a'.repeat(32),
    etcd_s3_access_key: 'AKIDEXAMPLE',
    etcd_s3_secret_key: 'abc/def+g=',
    argocd_ssh_private_key: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
  };
  const variables = render('zcompute', { cluster: { etcdBackup: backup } })['variables.tf'] ?? '';
  const apply = (values: object) =>
    evaluateOutputs('output "done" {\n  value = true\n}\n', {
      'variables.tf': variables,
      'terraform.tfvars.json': JSON.stringify(values),
    });

  it('accepts secrets as they are made', () => {
    expect(apply(valid)).toEqual({ done: true });
  });

  it.each([
    ['a short token', { cluster_token: 'short' }, 'Use 32 to 128 letters and digits'],
    [
      'a token with a colon, which k3s would read as two',
      { cluster_token: `K10${'0'.repeat(40)}::server:x` },
      'Use 32 to',
    ],
    ['one token for both', { agent_token: valid.cluster_token }, 'Use another token than cluster_token'],
    ['a key with a quote', { etcd_s3_secret_key: 'ab"c' }, 'without spaces and quotes'],
    ['a key with a line break', { etcd_s3_access_key: 'AKID\n' }, 'without spaces and quotes'],
    ['a public key', { argocd_ssh_private_key: 'ssh-ed25519 AAAA' }, 'whole text of the private key'],
  ])('refuses %s', (_title, change, message) => {
    expect(() => apply({ ...valid, ...change })).toThrow(message);
  });

  it.each([
    ['public', []],
    ['deployKey', ['argocd_ssh_private_key']],
    ['token', ['argocd_repository_username', 'argocd_repository_password']],
    ['githubApp', ['argocd_github_app_id', 'argocd_github_app_installation_id', 'argocd_github_app_private_key']],
  ])('asks for what access %s needs', (access, wanted) => {
    const text = render('zcompute', { repository: { ...SMALL.repository, access } })['variables.tf'] ?? '';

    const names = [...text.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);

    expect(names).toEqual(['cluster_token', 'agent_token', ...wanted]);
  });
});
