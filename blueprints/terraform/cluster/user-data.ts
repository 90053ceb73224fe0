// user-data.tf: what nodes boot with, put together from the plain files beside it.
import { attribute, block, call, expression, type HclBlock, type HclValue } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan, NodeGroupPlan } from '../../../generator/plan/plan.ts';
import { splitRepositoryUrl } from '../../../generator/plan/repository-url.ts';
import { canUnseal } from '../../../generator/plan/sealing.ts';
import type { TerraformFile } from '../contract.ts';
import { API_HOST, identifier } from './addresses.ts';
import { egressLocals, egressParameters } from './egress.ts';
import { SCRIPTS, type ScriptSet } from './scripts.ts';
import { agentConfig, etcdFolder, serverConfig } from './server-config.ts';

/** AWS refuses more than this many bytes after gzip; zCompute's limit is not documented. */
export const USER_DATA_LIMIT = 16384;

/** What two or more node groups share; a group's own part stands in its file. */
export const userData: TerraformFile = {
  name: 'user-data',
  purpose: 'What nodes boot with: cloud-init/node.yaml.tftpl writes the files, files/boot.sh does the work.',
  build: (_stack, plan) => [
    scripts(plan),
    egressLocals(plan),
    serverConfiguration(plan),
    seedFiles(plan),
    sizeGuard(plan),
  ],
};

function scripts(plan: EnvironmentPlan): HclBlock {
  return block(
    'locals',
    [],
    [attribute('comments', '/(?m)^[ \\t]*# .*\\n/'), ...listScriptSets(plan).map(scriptSet)],
    `The scripts as nodes get them: without comments, since user data has room for ${USER_DATA_LIMIT} bytes.`,
  );
}

/** Sets of scripts that nodes of this environment need. */
export function listScriptSets(plan: EnvironmentPlan): ScriptSet[] {
  const needed: Readonly<Record<ScriptSet, boolean>> = {
    node: true,
    seed: true,
    trust: trustsMore(plan),
    disk: plan.environment.platform.kind === 'zcompute',
    gpu: hasGpu(plan),
  };
  return (Object.keys(needed) as ScriptSet[]).filter((set) => needed[set]);
}

function scriptSet(set: ScriptSet): ReturnType<typeof attribute> {
  const files = SCRIPTS[set].map((name) => [name, stripped(name)] as const);
  return attribute(`${set}_scripts`, Object.fromEntries(files));
}

function stripped(name: string): string {
  return call('replace', expression(`file("\${path.module}/files/${name}")`), expression('local.comments'), '');
}

/** One text for all control nodes: settings that differ between them would stop the second one from joining. */
function serverConfiguration(plan: EnvironmentPlan): HclBlock {
  const group = requireControlGroup(plan);
  return block(
    'locals',
    [],
    [attribute('server_config', call('yamlencode', serverConfig(plan, group)))],
    'k3s on all control nodes. What differs between them is written at boot: /etc/rancher/k3s/config.yaml.d.',
  );
}

/** Manifests for the first boot, and the Secrets that cannot be among them: those that come from Terraform's variables. */
function seedFiles(plan: EnvironmentPlan): HclBlock {
  const secrets = seedSecrets(plan);
  const manifests = expression(
    `{ for name in fileset("\${path.module}/files/first-boot", "*.yaml") : name => file("\${path.module}/files/first-boot/\${name}") }`,
  );
  return block(
    'locals',
    [],
    [
      attribute('first_boot_manifests', manifests),
      ...secrets.map(({ local, object }) => attribute(local, call('yamlencode', object))),
      attribute('first_boot', firstBootOf(secrets)),
    ],
    'What the seed gives to a cluster that it has just made, and to no other: see files/first-boot.sh.',
  );
}

interface SeedSecret {
  /** Manifest in which the seed finds it. */
  readonly file: string;
  readonly local: string;
  readonly object: Readonly<Record<string, HclValue>>;
}

/** In order of their files. */
function seedSecrets(plan: EnvironmentPlan): SeedSecret[] {
  const credential = repositoryCredential(plan);
  return [
    ...(canUnseal(plan) ? [{ file: '25-sealing-key.yaml', local: 'sealing_key', object: sealingKey() }] : []),
    ...(credential === undefined
      ? []
      : [{ file: '30-repository.yaml', local: 'repository_credential', object: credential }]),
  ];
}

function firstBootOf(secrets: readonly SeedSecret[]): string {
  const manifests = expression('local.first_boot_manifests');
  if (secrets.length === 0) return manifests;
  return call(
    'merge',
    manifests,
    Object.fromEntries(secrets.map(({ file, local }) => [file, expression(`local.${local}`)])),
  );
}

/**
 * The key pair of Sealed Secrets. It is there before Argo CD is, because the controller makes a key of its own if it
 * starts and finds none.
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/helm-v2.18.5/docs/bring-your-own-certificates.md
 */
function sealingKey(): Readonly<Record<string, HclValue>> {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'sealing-key',
      namespace: 'kube-system',
      labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
    },
    type: 'kubernetes.io/tls',
    stringData: {
      'tls.crt': expression('var.sealing_certificate'),
      'tls.key': expression('var.sealing_private_key'),
    },
  };
}

function repositoryCredential(plan: EnvironmentPlan): Readonly<Record<string, HclValue>> | undefined {
  const secret = credentialData(plan);
  if (secret === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'repository',
      namespace: 'argocd',
      labels: { 'argocd.argoproj.io/secret-type': 'repository' },
    },
    stringData: { type: 'git', url: plan.argoRepositoryUrl, ...secret },
  };
}

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repositories (3.4) */
function credentialData(plan: EnvironmentPlan): Readonly<Record<string, HclValue>> | undefined {
  const { access, url } = plan.environment.repository;
  switch (access) {
    case 'public':
      return undefined;
    case 'deployKey':
      return { sshPrivateKey: expression('var.argocd_ssh_private_key') };
    case 'token':
      return {
        username: expression('var.argocd_repository_username'),
        password: expression('var.argocd_repository_password'),
      };
    case 'githubApp': {
      const { host } = splitRepositoryUrl(url);
      return {
        githubAppID: expression('var.argocd_github_app_id'),
        githubAppInstallationID: expression('var.argocd_github_app_installation_id'),
        githubAppPrivateKey: expression('var.argocd_github_app_private_key'),
        ...(host === 'github.com' ? {} : { githubAppEnterpriseBaseUrl: `https://${host}/api/v3` }),
      };
    }
  }
}

/** Says so before anything is made, instead of leaving it to an instance that boots without its user data. */
function sizeGuard(plan: EnvironmentPlan): HclBlock {
  const longest = Math.ceil(USER_DATA_LIMIT / 3) * 4;
  return block(
    'resource',
    ['terraform_data', 'user_data_size'],
    [
      block(
        'lifecycle',
        [],
        [
          block(
            'precondition',
            [],
            [
              attribute(
                'condition',
                expression(`length(${userDataOf(requireControlGroup(plan), true)}) <= ${longest}`),
              ),
              attribute('error_message', sizeMessage(plan)),
            ],
          ),
        ],
      ),
    ],
    'The first control node has the most to carry.',
  );
}

function sizeMessage(plan: EnvironmentPlan): string {
  const ways = [
    ...(plan.environment.repository.access === 'deployKey' ? ['use an ed25519 deploy key'] : []),
    ...(trustsMore(plan) ? ['trust fewer CAs in egress.caBundle'] : []),
    ...(plan.environment.repository.access === 'githubApp' ? ['write repository.access: token'] : []),
  ];
  const hint = ways.length === 0 ? '' : ` To make it shorter, ${ways.join(', or ')}.`;
  return `The user data of the first control node is longer than ${USER_DATA_LIMIT} bytes, which the cloud refuses.${hint}`;
}

/** Address of the user data of a group's nodes, without the marks of an expression. */
export function userDataOf(group: NodeGroupPlan, seed: boolean): string {
  return `local.${identifier(group.name)}${seed ? '_1' : ''}_user_data`;
}

/** The locals of a group: its user data, gzipped and in base64. */
export function userDataBlocks(plan: EnvironmentPlan, group: NodeGroupPlan): HclBlock {
  const seeds = group.scalingGroups.filter(({ seed }) => seed === true);
  const others = group.scalingGroups.length - seeds.length;
  const entries = [
    ...(seeds.length === 0 ? [] : [userDataAttribute(plan, group, true)]),
    ...(others === 0 ? [] : [userDataAttribute(plan, group, false)]),
  ];
  return block('locals', [], entries, userDataComment(group));
}

function userDataComment(group: NodeGroupPlan): string {
  return group.role === 'control'
    ? 'What control nodes boot with. Only the seed, the first of them, may ever make the cluster.'
    : 'What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.';
}

function userDataAttribute(plan: EnvironmentPlan, group: NodeGroupPlan, seed: boolean): ReturnType<typeof attribute> {
  const control = group.role === 'control';
  const parameters: Readonly<Record<string, HclValue>> = {
    command: control ? 'server' : 'agent',
    settings: settings(plan, group, seed),
    k3s_config: control ? expression('local.server_config') : call('yamlencode', agentConfig(group)),
    scripts: scriptsOf(plan, group, seed),
    first_boot: seed ? expression('local.first_boot') : {},
    ...egressParameters(plan),
  };
  const template = `${expression('path.module')}/cloud-init/node.yaml.tftpl`;
  const name = userDataOf(group, seed).replace(/^local\./, '');
  const text = call('replace', call('templatefile', template, parameters), expression('local.comments'), '');
  return attribute(name, call('base64gzip', text));
}

function scriptsOf(plan: EnvironmentPlan, group: NodeGroupPlan, seed: boolean): string {
  // Volumes go to workers only.
  const mapsDisks = group.role === 'worker' && plan.environment.platform.kind === 'zcompute';
  const sets: ScriptSet[] = [
    'node',
    ...flag('seed', seed),
    ...flag('trust', seed && trustsMore(plan)),
    ...flag('disk', mapsDisks),
    ...flag('gpu', group.gpu !== undefined),
  ];
  const locals = sets.map((set) => `local.${set}_scripts`);
  return expression(locals.length === 1 ? locals.join('') : `merge(${locals.join(', ')})`);
}

function trustsMore(plan: EnvironmentPlan): boolean {
  return plan.environment.egress.caBundle !== undefined;
}

function flag(set: ScriptSet, isOn: boolean): ScriptSet[] {
  return isOn ? [set] : [];
}

/** Becomes /etc/rootstock/node.env. */
function settings(plan: EnvironmentPlan, group: NodeGroupPlan, seed: boolean): Readonly<Record<string, HclValue>> {
  return {
    ENVIRONMENT: plan.name,
    PLATFORM: plan.environment.platform.kind,
    ROLE: group.role,
    SEED: String(seed),
    API_HOST,
    K3S_VERSION: plan.environment.cluster.version,
    K3S_SERVICE: group.role === 'control' ? 'k3s.service' : 'k3s-agent.service',
    GPU_COUNT: String(group.gpu?.gpusPerNode ?? 0),
    ...(seed ? seedSettings(plan) : {}),
  };
}

function seedSettings(plan: EnvironmentPlan): Readonly<Record<string, HclValue>> {
  const backup = plan.environment.cluster.etcdBackup;
  const installed = plan.apps.filter(({ blueprint }) => blueprint.firstBoot !== undefined);
  return {
    FIRST_BOOT_APPLICATIONS: [...installed.map(({ blueprint }) => blueprint.name), 'projects', 'root'].join(' '),
    FIRST_BOOT_CHARTS: installed.map(({ blueprint }) => blueprint.releaseName ?? blueprint.name).join(' '),
    ETCD_BUCKET: backup?.bucket ?? '',
    ...(backup === undefined
      ? {}
      : {
          ETCD_ENDPOINT: backup.endpoint,
          ETCD_REGION: backup.region,
          ETCD_FOLDER: etcdFolder(plan),
          ETCD_ACCESS_KEY: expression('var.etcd_s3_access_key'),
          ETCD_SECRET_KEY: expression('var.etcd_s3_secret_key'),
        }),
  };
}

function requireControlGroup(plan: EnvironmentPlan): NodeGroupPlan {
  const group = plan.nodeGroups.find(({ role }) => role === 'control');
  if (group === undefined) throw new Error(`the rules let ${plan.name} pass without control nodes`);
  return group;
}

export function hasGpu(plan: EnvironmentPlan): boolean {
  return plan.nodeGroups.some(({ gpu }) => gpu !== undefined);
}
