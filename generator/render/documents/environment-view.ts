// One environment → the facts that its documents print. Templates use names from here only, and strict mustache holds them to it.
import { formatEndSync } from '../../core/argo-cd-commands.ts';
import { ingressLoadBalancerName } from '../../core/cloud-names.ts';
import { VERSION } from '../../core/version.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { splitRepositoryUrl } from '../../plan/repository-url.ts';
import { canUnseal } from '../../plan/sealing.ts';
import { code, listInWords, markdownTable } from '../markdown.ts';
import { firstBootScript, rotateCredentialScript } from './terraform-secrets.ts';

const SSH_USER = 'ubuntu';

/** Facts of an environment, without those of a single document. */
export function environmentView(plan: EnvironmentPlan): Record<string, unknown> {
  return {
    version: VERSION,
    name: plan.name,
    summary: summarise(plan),
    isSingle: plan.environment.availability === 'single',
    ...cloudView(plan),
    ...stateView(plan),
    ...gitView(plan),
    ...accessView(plan),
    ...networkView(plan),
    ...clusterView(plan),
    ingressName: ingressLoadBalancerName(plan.name),
    publicAddress: plan.environment.ingress.publicAddress ?? false,
    scalingText: describeScaling(plan),
  };
}

/** A sentence that tells a reader which environment this is. */
export function summarise(plan: EnvironmentPlan): string {
  const { platform, cluster, availability } = plan.environment;
  const where =
    platform.kind === 'aws'
      ? `AWS ${platform.region}, in ${listInWords(platform.availabilityZones)}`
      : `the zCompute site ${platform.endpoint.replace(/\/$/, '')}`;
  const control = countWord(countControl(plan), 'control node');
  return `\`${plan.name}\` is a k3s ${cluster.version} cluster on ${where}, with ${control} and \`availability: ${availability}\`.`;
}

/** The AWS command line for a service of this cloud. */
export function cloudCommand(plan: EnvironmentPlan, service: 'ec2' | 'autoscaling' | 'elbv2'): string {
  const { platform } = plan.environment;
  const flags =
    platform.kind === 'aws'
      ? []
      : [
          `--endpoint-url ${platform.endpoint.replace(/\/$/, '')}/api/v2/aws/${service}`,
          ...(platform.insecure ? ['--no-verify-ssl'] : []),
        ];
  return ['aws', service, `--region ${platform.region}`, ...flags].join(' ');
}

function cloudView(plan: EnvironmentPlan): Record<string, unknown> {
  const { platform } = plan.environment;
  return {
    isZcompute: platform.kind === 'zcompute',
    isAws: platform.kind === 'aws',
    region: platform.region,
    ec2: cloudCommand(plan, 'ec2'),
    autoscaling: cloudCommand(plan, 'autoscaling'),
    elb: cloudCommand(plan, 'elbv2'),
  };
}

function stateView(plan: EnvironmentPlan): Record<string, unknown> {
  const { state, platform } = plan.environment;
  if (state.kind === 'local') return { remoteState: false, stateOverS3Api: false };
  const onAws = state.endpoint === undefined;
  return {
    remoteState: true,
    stateOverS3Api: !onAws,
    bucket: state.bucket,
    stateHost: onAws ? `AWS in ${state.region}` : state.endpoint,
    separateStateKeys: !onAws || platform.kind !== 'aws',
  };
}

/** Hosts whose keys Argo CD 3.4 brings along. @see argo-helm 10.1.1, configs.ssh.knownHosts */
const KNOWN_SSH_HOSTS = ['bitbucket.org', 'github.com', 'gitlab.com', 'ssh.dev.azure.com', 'vs-ssh.visualstudio.com'];

function gitView(plan: EnvironmentPlan): Record<string, unknown> {
  const { url, branch, access } = plan.environment.repository;
  const { host, path } = splitRepositoryUrl(url);
  const [gitName = host, port] = host.split(':');
  const ownerAndName = path.replace(/\.git$/, '');
  return {
    cloneUrl: url,
    folder: ownerAndName.split('/').at(-1) ?? ownerAndName,
    branch,
    argoUrl: plan.argoRepositoryUrl,
    gitHost: host,
    gitName,
    ownerAndName,
    isPublic: access === 'public',
    isDeployKey: access === 'deployKey',
    isToken: access === 'token',
    isGithubApp: access === 'githubApp',
    isGithub: gitName === 'github.com',
    needsKnownHosts: access === 'deployKey' && !KNOWN_SSH_HOSTS.includes(gitName),
    keyscanFlags: port === undefined || !url.startsWith('ssh:') ? '' : `-p ${port} `,
    rotateCredential: rotateCredentialScript(plan),
  };
}

/** A shell on a node whose private address is in `NODE`. */
function nodeShell({ environment: { network } }: EnvironmentPlan): string {
  const jump = network.bastion.enabled ? `-J "${SSH_USER}@$BASTION" ` : '';
  return `ssh ${jump}"${SSH_USER}@$NODE"`;
}

function accessView(plan: EnvironmentPlan): Record<string, unknown> {
  const { bastion, privateAccess } = plan.environment.network;
  const infrastructure = `terraform -chdir=terraform/${plan.name}/infrastructure output -raw`;
  const setBastion = bastion.enabled ? [`BASTION=$(${infrastructure} bastion_public_ip)`] : [];
  const node = nodeShell(plan);
  return {
    hasBastion: bastion.enabled,
    sshFrom:
      bastion.sshFrom.length === 0
        ? 'nowhere yet: set `network.bastion.sshFrom`'
        : listInWords([...bastion.sshFrom].sort()),
    privateAccess: endSentence(privateAccess ?? 'ask the network team.'),
    listNodes: listNodesCommand(plan),
    nodeShell: node,
    controlShell: node,
    shellVariables:
      `${bastion.enabled ? '`BASTION` is the address of the bastion, and ' : ''}` +
      '`NODE` the private address of a node',
    kubeconfigCommands: [
      ...setBastion,
      `NODE=$(${listNodesCommand(plan)} | awk '$3 ~ /^${controlPrefix(plan)}/ { print $1; exit }')`,
      `API=$(terraform -chdir=terraform/${plan.name}/cluster output -raw api_endpoint)`,
      `( umask 077; ${node} sudo cat /etc/rancher/k3s/k3s.yaml > ${plan.name}.kubeconfig )`,
      `export KUBECONFIG="$PWD/${plan.name}.kubeconfig"`,
      bastion.enabled
        ? `ssh -f -N -L "6443:\${API#https://}" "${SSH_USER}@$BASTION"`
        : 'kubectl config set-cluster default --server "$API"',
    ].join('\n'),
  };
}

/** Private address, instance id and name of each running node, one per line. */
function listNodesCommand(plan: EnvironmentPlan): string {
  const filters = `Name=tag:kubernetes.io/cluster/${plan.name},Values=owned Name=instance-state-name,Values=running`;
  const query = "Reservations[].Instances[].[PrivateIpAddress,InstanceId,Tags[?Key=='Name']|[0].Value]";
  return `${cloudCommand(plan, 'ec2')} describe-instances --filters ${filters} --query "${query}" --output text`;
}

/** What the names of all control nodes start with. */
function controlPrefix(plan: EnvironmentPlan): string {
  const group = plan.nodeGroups.find(({ role }) => role === 'control');
  return `${plan.name}-${group?.name ?? ''}-`;
}

function networkView(plan: EnvironmentPlan): Record<string, unknown> {
  const { vpcCidr, podCidr, serviceCidr, clusterDns, zones } = plan.network;
  const named = (cidr: string, name: string | undefined) => (name === undefined ? cidr : `${cidr} (${name})`);
  return {
    networkTable: markdownTable(
      ['Network', 'Range'],
      [
        ['VPC', vpcCidr],
        ['public subnets', listInWords(zones.map((zone) => named(zone.publicCidr, zone.name)))],
        ['private subnets', listInWords(zones.map((zone) => named(zone.privateCidr, zone.name)))],
        ['pods', podCidr],
        ['Services', `${serviceCidr}; DNS is ${clusterDns}`],
        ['allowed to the ingress load balancer', listInWords([...plan.environment.ingress.allowFrom].sort())],
      ],
    ),
  };
}

function clusterView(plan: EnvironmentPlan): Record<string, unknown> {
  const { version, image, etcdBackup } = plan.environment.cluster;
  const control = countControl(plan);
  const seed = plan.nodeGroups.flatMap(({ scalingGroups }) => scalingGroups).find((group) => group.seed === true);
  return {
    k3sVersion: version,
    imagePinned: image ?? false,
    imageMoves: image === undefined,
    controlIsAlone: control === 1,
    controlIsMany: control > 1,
    controlText:
      control === 1 ? 'the others join it' : `the other ${control - 1} control nodes and the workers join it`,
    seedGroup: seed?.name ?? '',
    ...firstBootView(plan),
    hasBackup: etcdBackup !== undefined,
    ...(etcdBackup === undefined
      ? {}
      : {
          backupBucket: etcdBackup.bucket,
          backupEndpoint: etcdBackup.endpoint,
          backupRegion: etcdBackup.region,
          backupFolder: backupFolder(etcdBackup.folder, plan.name),
          backupMarker: `rootstock/${backupFolder(etcdBackup.folder, plan.name)}/initialized`,
          backupRetention: String(etcdBackup.retention),
        }),
    tokenWarning: [
      etcdBackup === undefined
        ? 'Without the cluster token no etcd snapshot can be restored.'
        : `Without the cluster token no snapshot in \`${etcdBackup.bucket}\` can be restored.`,
      ...(canUnseal(plan)
        ? ['Without the sealing key a new cluster can open no SealedSecret of this repository.']
        : []),
    ].join(' '),
  };
}

function backupFolder(folder: string | undefined, environment: string): string {
  return folder?.replace(/\/+$/, '') ?? environment;
}

/** The same names that the seed waits for and marks. @see blueprints/terraform/cluster/files/first-boot.sh */
function firstBootView(plan: EnvironmentPlan): Record<string, unknown> {
  const installed = plan.apps.map(({ blueprint }) => blueprint).filter(({ firstBoot }) => firstBoot !== undefined);
  return {
    firstBootScript: firstBootScript(plan, nodeShell(plan)),
    endSync: formatEndSync('NAME'),
    firstBootApplications: listInWords([...installed.map(({ name }) => code(name)), code('projects')]),
    firstBootCharts: installed.map(({ name, releaseName }) => releaseName ?? name).join(' '),
  };
}

function describeScaling(plan: EnvironmentPlan): string {
  const workers = plan.nodeGroups.filter(({ role }) => role === 'worker');
  const ranges = listInWords(workers.map(({ name, min, max }) => `\`${name}\` from ${min} to ${max}`));
  if (plan.apps.some(({ blueprint }) => blueprint.name === 'cluster-autoscaler'))
    return `The cluster autoscaler moves ${ranges}, by what pods request.`;
  return `Nothing in this cluster scales the groups by load: they start at \`desired\`, and stay there until you raise \`min\`. Bounds: ${ranges}.`;
}

function countControl(plan: EnvironmentPlan): number {
  return plan.nodeGroups.filter(({ role }) => role === 'control').reduce((sum, { max }) => sum + max, 0);
}

/** `1 node`, `3 nodes`. */
export function countWord(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
