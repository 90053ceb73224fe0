// Secrets that apps read → what docs/<environment>/secrets.md shows, with commands that print no value.

import type { SecretKey, SecretNeed } from '../../core/blueprint.ts';
import { pathOfKey, pathOfVariable } from '../../core/secret-path.ts';
import { VERSION } from '../../core/version.ts';
import { type PlannedSecret, planSecrets } from '../../plan/pending.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { canUnseal } from '../../plan/sealing.ts';
import { listTerraformSecrets } from '../../plan/terraform-secrets.ts';
import { code, listInWords, markdownTable } from '../markdown.ts';
import { terraformSecretsScript } from './terraform-secrets.ts';

export function secretsView(plan: EnvironmentPlan): Record<string, unknown> {
  const secrets = planSecrets(plan);
  return {
    secretsScript: terraformSecretsScript(plan),
    storeScript: storeScript(plan, secrets),
    rotationTable: rotationTable(plan, secrets),
    commandTable: commandTable(plan),
    placeTable: placeTable(plan),
    variableTable: markdownTable(
      ['Variable', 'What it is', 'Where it comes from'],
      listTerraformSecrets(plan).map(({ variable, meaning, source }) => [
        code(variable),
        meaning,
        source.kind === 'file'
          ? code(source.path)
          : source.kind === 'asked'
            ? 'you are asked for it'
            : 'made by the commands',
      ]),
    ),
    hasSecrets: secrets.length > 0,
    canSeal: canUnseal(plan),
    sealFirst: canUnseal(plan) && secrets.some(({ sealed }) => !sealed),
    secretCount: String(secrets.length),
    secrets: secrets.map((secret) => ({
      namespace: secret.namespace,
      secret: secret.name,
      usedBy: secret.usedBy,
      sealed: secret.sealed,
      keyTable: markdownTable(
        ['Key', 'What it is'],
        secret.keys.map((key) => [code(key.key), describeKey(key)]),
      ),
      origins: listOrigins(secret),
      script: secretScript(secret),
      sealedFile: sealedFile(plan, secret),
      sealScript: sealScript(plan, secret),
    })),
  };
}

function describeKey({ meaning, optional }: SecretKey): string {
  return optional === true ? `${meaning} Not needed: leave it empty.` : meaning;
}

/** What has to be typed once: everything that can be made is made, everything else is asked for. */
function storeScript(plan: EnvironmentPlan, secrets: readonly PlannedSecret[]): string {
  const run = (command: string, ...words: readonly string[]) => storeCommand(plan, command, ...words);
  const ofApps = secrets.flatMap((secret) =>
    secret.sealed ? [] : secret.keys.flatMap((key) => (isGiven(key) ? [run('set', pathOfKey(secret, key.key))] : [])),
  );
  const ofTerraform = listTerraformSecrets(plan).flatMap(({ variable, source }) => {
    if (source.kind === 'asked') return [run('set', pathOfVariable(variable))];
    return source.kind === 'file' ? [`${run('set', pathOfVariable(variable))} --from-file ${source.path}`] : [];
  });
  const sets = [...ofTerraform, ...(canUnseal(plan) ? ofApps : [])];
  return [run('init'), run('generate'), ...sets, run('export-tfvars')].join('\n');
}

function storeCommand({ name }: EnvironmentPlan, command: string, ...words: readonly string[]): string {
  return ['npx', `rootstock@${VERSION}`, 'secrets', command, '.', ...words, '-e', name].join(' ');
}

function commandTable(plan: EnvironmentPlan): string {
  const row = (purpose: string, command: string, ...words: readonly string[]) => [
    purpose,
    code(storeCommand(plan, command, ...words)),
  ];
  return markdownTable(
    ['To', 'Type'],
    [
      row('see what is missing', 'list'),
      row('give or change a value', 'set', 'SECRET'),
      row('have a new value made', 'rotate', 'SECRET'),
      row('read a value', 'get', 'SECRET'),
      row('let a colleague in', 'share', '--add', 'age1…'),
      row('keep a copy elsewhere', 'backup', '-o', 'COPY.age'),
    ],
  );
}

/** Every place that has a secret, and who reads it there. */
function placeTable(plan: EnvironmentPlan): string {
  const { name, environment } = plan;
  const { state } = environment;
  const [stateFile, stateReaders] =
    state.kind === 'local'
      ? ['state of the cluster project', `who can read \`terraform/${name}/\` on this machine`]
      : [`state of the cluster project, \`${name}/cluster.tfstate\``, `who can read the bucket \`${state.bucket}\``];
  const sealed = ['sealed files of apps', 'what apps read, sealed', 'the cluster, and who has `sealing_private_key`'];
  return markdownTable(
    ['Place', 'What it holds', 'Who can read it'],
    [
      [code(`secrets/${name}.age`), 'everything', 'who has one of its keys, or its passphrase'],
      ...(canUnseal(plan) ? [sealed] : []),
      ['`secrets.auto.tfvars.json`', 'Terraform variables, open', 'who can read your files on this machine'],
      [stateFile, 'the same, open', stateReaders],
      [
        'user data of control nodes',
        'the same, open',
        'who may describe them in the cloud account; their administrators',
      ],
      ['user data of workers', '`agent_token` alone, open', 'who may describe them; pods on these nodes'],
      [
        'etcd and its snapshots',
        'Secrets of the cluster',
        'administrators of control nodes; with `cluster_token`, who has a snapshot',
      ],
    ],
  );
}

function isGiven({ make, optional }: SecretKey): boolean {
  return make === undefined && optional !== true;
}

/** How the store comes to each value, one sentence for a Secret. */
function listOrigins(secret: PlannedSecret): string {
  const paths = (keys: readonly SecretKey[]) => listInWords(keys.map(({ key }) => code(pathOfKey(secret, key))));
  const given = secret.keys.filter(({ make }) => make === undefined);
  const made = secret.keys.filter(({ make }) => make !== undefined && make.kind !== 'text');
  const derived = secret.keys.filter(({ make }) => make?.kind === 'text');
  return [
    given.length === 0 ? '' : `\`secrets set\` takes ${paths(given)}.`,
    made.length === 0 ? '' : `\`secrets generate\` makes ${paths(made)}.`,
    derived.length === 0 ? '' : `${paths(derived)} ${derived.length === 1 ? 'follows' : 'follow'} from other values.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** Values whose change takes more than sealing; without one, a sentence. */
function rotationTable(plan: EnvironmentPlan, secrets: readonly PlannedSecret[]): string {
  const ofApps = secrets.flatMap(({ namespace, name, rotation }) => describeRotation(`${namespace}/${name}`, rotation));
  const ofTerraform = listTerraformSecrets(plan).flatMap(({ variable, rotation }) =>
    describeRotation(pathOfVariable(variable), rotation),
  );
  return markdownTable(['Secret', 'What a new value takes'], [...ofApps, ...ofTerraform]);
}

function describeRotation(name: string, rotation: SecretNeed['rotation']): string[][] {
  if (rotation === undefined) return [];
  return [[code(name), rotation.kind === 'refused' ? `It must not change. ${rotation.text}` : rotation.text]];
}

function secretScript(secret: PlannedSecret): string {
  const { namespace, keys } = secret;
  return [
    '(',
    ...askFor(keys),
    `  kubectl create namespace ${namespace} --dry-run=client --output yaml | kubectl apply --server-side --filename -`,
    ...createSecret(secret),
    '    kubectl apply --server-side --force-conflicts --filename -',
    ')',
  ].join('\n');
}

/** Beside the other manifests of the app: that folder its Application reads already. */
function sealedFile(plan: EnvironmentPlan, { app, name }: PlannedSecret): string {
  return `clusters/${plan.name}/manifests/${app}/sealed-${name}.yaml`;
}

/** Asks no cluster anything: the certificate is all that sealing needs. */
function sealScript(plan: EnvironmentPlan, secret: PlannedSecret): string {
  const { keys } = secret;
  const file = sealedFile(plan, secret);
  return [
    '(',
    ...askFor(keys),
    '  certificate=$(mktemp) && trap \'rm -rf "$folder" "$certificate"\' EXIT',
    `  jq --raw-output .sealing_certificate terraform/${plan.name}/cluster/secrets.auto.tfvars.json > "$certificate"`,
    ...createSecret(secret),
    `    kubeseal --cert "$certificate" --format yaml > ${file}.new && mv ${file}.new ${file}`,
    ')',
  ].join('\n');
}

/** Prints the Secret, with its type and its labels; asks no cluster. */
function createSecret({ name, namespace, type, labels = {} }: PlannedSecret): string[] {
  const ofType = type === undefined ? '' : ` --type ${type}`;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${String(value)}`);
  return [
    `  kubectl create secret generic ${name} --namespace ${namespace}${ofType} --from-file "$folder" --dry-run=client --output yaml |`,
    ...(pairs.length === 0 ? [] : [`    kubectl label --local --filename - ${pairs.sort().join(' ')} --output yaml |`]),
  ];
}

/** Values go through files that only the user can read: arguments of a command are visible to everybody on the machine. */
function askFor(keys: PlannedSecret['keys']): string[] {
  return [
    '  umask 077 && folder=$(mktemp -d) && trap \'rm -rf "$folder"\' EXIT',
    ...keys.map(({ key, optional }) => {
      const unlessEmpty = optional === true ? '[ -z "$value" ] || ' : '';
      return `  printf '${key}: '; IFS= read -rs value; echo; ${unlessEmpty}printf %s "$value" > "$folder/${key}"`;
    }),
  ];
}
