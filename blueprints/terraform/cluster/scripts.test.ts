import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('files', import.meta.url));

const SETTINGS: Readonly<Record<string, string>> = {
  ENVIRONMENT: 'lab',
  PLATFORM: 'zcompute',
  ROLE: 'control',
  SEED: 'true',
  API_HOST: 'kapi.internal',
  K3S_VERSION: 'v1.35.9+k3s1',
  K3S_SERVICE: 'k3s.service',
  GPU_COUNT: '0',
  FIRST_BOOT_APPLICATIONS: 'argo-cd root',
  FIRST_BOOT_CHARTS: 'argocd',
  ETCD_BUCKET: 'backups',
  ETCD_ENDPOINT: 's3.example.com',
  ETCD_REGION: 'us-east-1',
  ETCD_FOLDER: 'lab',
  ETCD_ACCESS_KEY: 'AKIDEXAMPLE',
  ETCD_SECRET_KEY: 'top/secret+key',
};

/** Answers of the world, by a word that the URL contains: HTTP status and body; the last one repeats. */
type Answers = Readonly<Record<string, readonly { readonly status: number; readonly body?: string }[]>>;

/**
 * A curl that answers from files: `<n>.status` and `<n>.body` in a folder per word. Like the real one it prints the
 * status for --write-out, fails with --fail, and cannot connect when the status is 0.
 */
const CURL = `#!/usr/bin/env bash
set -u
stdin=""
for argument; do
  [[ $argument == - && $previous == --config ]] && stdin=$(cat)
  [[ \${previous:-} == --output ]] && output=$argument
  [[ \${previous:-} == --write-out ]] && write_out=1
  [[ $argument == --fail ]] && fail=1
  url=$argument previous=$argument
done
url=""
for argument; do [[ $argument == http*://* ]] && url=$argument; done
printf '%s\\n' "$*" >>"$WORLD/calls"
printf '%s\\n' "$stdin" >>"$WORLD/stdin"
for folder in "$WORLD"/answers/*; do
  word=$(<"$folder/word")
  [[ $url == *"$word"* ]] || continue
  turn=$(($(cat "$folder/turn" 2>/dev/null || echo 0) + 1))
  [[ -e $folder/$turn.status ]] || turn=$((turn - 1))
  echo "$turn" >"$folder/turn"
  status=$(<"$folder/$turn.status")
  break
done
if [[ \${status:-0} == 0 ]]; then
  [[ -n \${write_out:-} ]] && printf 000
  exit 7
fi
if [[ -n \${fail:-} ]] && ((status >= 400)); then exit 22; fi
if [[ -n \${output:-} && $output != /dev/null ]]; then cp "$folder/$turn.body" "$output"; elif [[ -z \${output:-} ]]; then cat "$folder/$turn.body"; fi
[[ -n \${write_out:-} ]] && printf '%s' "$status"
exit 0
`.replace('set -u\n', 'set -u\nprevious=""\n');

let root = '';
let world = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootstock-node-'));
  world = mkdtempSync(join(tmpdir(), 'rootstock-world-'));
  put('etc/resolv.conf', 'nameserver 10.0.0.2\nsearch vpc.internal\n');
  fake('curl', CURL);
  fake('sleep', '#!/usr/bin/env bash\necho "$1" >>"$WORLD/sleeps"\n');
  configure({});
});

afterEach(() => {
  rmSync(root, { recursive: true });
  rmSync(world, { recursive: true });
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function fake(name: string, script: string): void {
  mkdirSync(join(world, 'bin'), { recursive: true });
  writeFileSync(join(world, 'bin', name), script, { mode: 0o755 });
}

function configure(changes: Readonly<Record<string, string>>): void {
  const lines = Object.entries({ ...SETTINGS, ...changes }).map(([name, value]) => `${name}='${value}'\n`);
  put('etc/rootstock/node.env', lines.join(''));
}

function answer(answers: Answers): void {
  for (const [index, [word, turns]] of Object.entries(answers).entries()) {
    const folder = join(world, 'answers', String(index));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'word'), word);
    for (const [turn, { status, body = '' }] of turns.entries()) {
      writeFileSync(join(folder, `${turn + 1}.status`), String(status));
      writeFileSync(join(folder, `${turn + 1}.body`), body);
    }
  }
}

function run(script: string, ...args: readonly string[]) {
  return spawnSync('bash', [resolve(SCRIPTS, script), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: `${join(world, 'bin')}:${process.env['PATH']}`, ROOTSTOCK_ROOT: root, WORLD: world },
  });
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const seen = (name: string): string => (existsSync(join(world, name)) ? readFileSync(join(world, name), 'utf8') : '');

const UP = { status: 200 };
const DOWN = { status: 0 };
const NO_KEY = { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
const JOIN_FILE = 'etc/rancher/k3s/config.yaml.d/80-join.yaml';

describe('blueprints/terraform/cluster/files: every script', () => {
  const scripts = readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh'));

  it.each(scripts)('%s is bash, and stops at the first failure', (name) => {
    const text = readFileSync(join(SCRIPTS, name), 'utf8');

    const syntax = spawnSync('bash', ['-n', join(SCRIPTS, name)], { encoding: 'utf8' });

    expect(syntax.stderr).toBe('');
    expect(text.startsWith('# shellcheck shell=bash') || text.includes('\nset -euo pipefail\n')).toBe(true);
  });

  it.each(scripts)('%s has no line inside a text that looks like a comment, since comments are taken out', (name) => {
    const text = readFileSync(join(SCRIPTS, name), 'utf8');

    const texts = [...text.matchAll(/<<-?'?([A-Z]+)'?[^\n]*\n([\s\S]*?)\n\1\n/g)].map(([, , inner = '']) => inner);

    expect(texts.filter((inner) => /^[ \t]*#/m.test(inner))).toEqual([]);
  });
});

describe('blueprints/terraform/cluster/files/join.sh: decision', () => {
  interface Case {
    readonly title: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly api: { readonly status: number };
    readonly marker?: { readonly status: number; readonly body?: string };
    readonly files?: readonly string[];
    readonly decision: string;
  }
  const worker = { ROLE: 'worker', SEED: 'false' };
  const cases: readonly Case[] = [
    { title: 'seed, API up: joins', api: UP, marker: NO_KEY, decision: 'join' },
    { title: 'seed, API down, no marker: makes the cluster', api: DOWN, marker: NO_KEY, decision: 'initialise' },
    { title: 'seed, API down, marker there: waits', api: DOWN, marker: { status: 200 }, decision: 'wait' },
    { title: 'seed, API down, store down: waits', api: DOWN, marker: DOWN, decision: 'wait' },
    { title: 'seed, API down, keys refused: waits', api: DOWN, marker: { status: 403 }, decision: 'wait' },
    { title: 'seed, API down, store broken: waits', api: DOWN, marker: { status: 503 }, decision: 'wait' },
    {
      title: 'seed, API down, bucket missing: waits',
      api: DOWN,
      marker: { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' },
      decision: 'wait',
    },
    {
      title: 'seed, API down, a proxy answers 404 with a page of its own: waits',
      api: DOWN,
      marker: { status: 404, body: '<html>not here</html>' },
      decision: 'wait',
    },
    {
      title: 'seed with data of its own, API down, marker there: starts as the member it is',
      api: DOWN,
      marker: { status: 200 },
      files: ['var/lib/rancher/k3s/server/db/etcd/member'],
      decision: 'start',
    },
    {
      title: 'seed without a bucket and without data: makes the cluster',
      settings: { ETCD_BUCKET: '' },
      api: DOWN,
      decision: 'initialise',
    },
    {
      title: 'seed without a bucket, with data: starts',
      settings: { ETCD_BUCKET: '' },
      api: DOWN,
      files: ['var/lib/rancher/k3s/server/db/etcd/member'],
      decision: 'start',
    },
    { title: 'another control node, API up: joins', settings: { SEED: 'false' }, api: UP, decision: 'join' },
    {
      title: 'another control node, API down, no marker: waits',
      settings: { SEED: 'false' },
      api: DOWN,
      marker: NO_KEY,
      decision: 'wait',
    },
    { title: 'worker, API up: starts', settings: worker, api: UP, decision: 'start' },
    { title: 'worker, API down: waits', settings: worker, api: DOWN, decision: 'wait' },
    {
      title: 'worker that joined before, API down: starts',
      settings: worker,
      api: DOWN,
      files: ['var/lib/rancher/k3s/agent/client-kubelet.crt'],
      decision: 'start',
    },
  ];

  it.each(cases)('$title', ({ settings = {}, api, marker, files = [], decision }) => {
    configure(settings);
    for (const file of files) put(file, '');
    answer({ cacerts: [api], initialized: marker === undefined ? [] : [marker] });

    const result = run('join.sh', 'decide');

    expect(result.stderr).not.toContain('line ');
    expect(result.stdout).toBe(`${decision}\n`);
  });

  it('looks at the API again after the marker: it may have come up meanwhile', () => {
    answer({ cacerts: [DOWN, UP], initialized: [NO_KEY] });

    const result = run('join.sh', 'decide');

    expect(result.stdout).toBe('join\n');
  });
});

describe('blueprints/terraform/cluster/files/join.sh', () => {
  it('waits, with pauses of different length, until there is an answer', () => {
    configure({ SEED: 'false' });
    answer({ cacerts: [DOWN, DOWN, DOWN, UP] });

    const result = run('join.sh');

    expect(result.status).toBe(0);
    expect(seen('sleeps').trim().split('\n')).toHaveLength(3);
    expect(read(JOIN_FILE)).toBe('server: "https://kapi.internal:6443"\n');
  });

  it('leaves a trace for the first boot when it makes the cluster', () => {
    answer({ cacerts: [DOWN], initialized: [NO_KEY] });

    const result = run('join.sh');

    expect(result.status).toBe(0);
    expect(read(JOIN_FILE)).toBe('cluster-init: true\n');
    expect(existsSync(join(root, 'var/lib/rootstock/initialising'))).toBe(true);
  });

  it('throws the first boot away, credential and all, when it joins', () => {
    put('var/lib/rootstock/first-boot/30-repository.yaml', 'secret');
    answer({ cacerts: [UP] });

    run('join.sh');

    expect(existsSync(join(root, 'var/lib/rootstock/first-boot'))).toBe(false);
  });

  it('asks the store with a signature, and shows its key to no process list', () => {
    answer({ cacerts: [DOWN], initialized: [NO_KEY] });

    run('join.sh', 'decide');

    expect(seen('calls')).toContain('--aws-sigv4 aws:amz:us-east-1:s3');
    expect(seen('calls')).toContain('https://s3.example.com/backups/rootstock/lab/initialized');
    expect(seen('calls')).not.toContain('top/secret+key');
    expect(seen('stdin')).toContain('user = "AKIDEXAMPLE:top/secret+key"');
  });
});

describe('blueprints/terraform/cluster/files/first-boot.sh', () => {
  const MANIFESTS = 'var/lib/rancher/k3s/server/manifests';

  /** A k3s whose Applications reach the given states one question after the other. */
  function fakeK3s(states: Readonly<Record<string, readonly string[]>>): void {
    for (const [name, turns] of Object.entries(states)) writeFileSync(join(world, `state-${name}`), turns.join('\n'));
    put('usr/local/bin/k3s', '');
    rmSync(join(root, 'usr/local/bin/k3s'));
    writeFileSync(
      join(root, 'usr/local/bin/k3s'),
      `#!/usr/bin/env bash
echo "$*" >>"$WORLD/kubectl"
case "$*" in
  *readyz*) exit 0 ;;
  *'get application '*)
    name=$(sed 's/.*get application \\([^ ]*\\).*/\\1/' <<<"$*")
    turn=$(($(cat "$WORLD/turn-$name" 2>/dev/null || echo 0) + 1))
    echo "$turn" >"$WORLD/turn-$name"
    state=$(sed -n "\${turn}p" "$WORLD/state-$name")
    [[ -n $state ]] || state=$(tail -n 1 "$WORLD/state-$name")
    [[ $state == none ]] && exit 1
    printf '%s' "$state"
    ;;
  *annotate*) ls "$ROOTSTOCK_ROOT/${MANIFESTS}" >"$WORLD/files-at-annotate" ;;
esac
`,
      { mode: 0o755 },
    );
  }

  function stage(): void {
    put('var/lib/rootstock/first-boot/40-argo-cd.yaml', 'chart');
    put('var/lib/rootstock/first-boot/60-root.yaml', 'root');
    put('var/lib/rootstock/initialising', 'v1.35.9+k3s1\n');
  }

  const DONE = 'Synced Succeeded Healthy';

  it('does nothing on a node that did not make the cluster', () => {
    put('var/lib/rootstock/first-boot/60-root.yaml', 'root');
    fakeK3s({});

    const result = run('first-boot.sh');

    expect(result.status).toBe(0);
    expect(existsSync(join(root, MANIFESTS))).toBe(false);
    expect(seen('calls')).toBe('');
  });

  it('hands over once Git owns everything, and leaves nothing that a restart would apply', () => {
    stage();
    answer({ initialized: [UP] });
    fakeK3s({ 'argo-cd': ['none', 'OutOfSync Running Progressing', DONE], root: ['Synced Succeeded Progressing'] });

    const result = run('first-boot.sh');

    expect(result.status).toBe(0);
    expect(seen('files-at-annotate')).toBe('40-argo-cd.yaml\n60-root.yaml\n');
    expect(seen('kubectl')).toContain('annotate helmchart argocd --overwrite helmcharts.helm.cattle.io/unmanaged=true');
    expect(readdirSync(join(root, MANIFESTS)).sort()).toEqual(['40-argo-cd.yaml.skip', '60-root.yaml.skip']);
    expect(existsSync(join(root, 'var/lib/rootstock/first-boot'))).toBe(false);
    expect(existsSync(join(root, 'var/lib/rootstock/initialising'))).toBe(false);
  });

  it('writes the marker before any manifest, and does not go on without it', () => {
    stage();
    answer({ initialized: [{ status: 503 }, { status: 503 }, UP] });
    fakeK3s({ 'argo-cd': [DONE], root: [DONE] });
    fake(
      'install',
      `#!/usr/bin/env bash\ngrep -c PUT "$WORLD/calls" >>"$WORLD/puts-at-install"\nexec /usr/bin/install "$@"\n`,
    );

    const result = run('first-boot.sh');

    expect(result.status).toBe(0);
    expect(seen('puts-at-install').split('\n')[0]).toBe('3');
  });

  it('needs no marker where there is no bucket', () => {
    stage();
    configure({ ETCD_BUCKET: '' });
    fakeK3s({ 'argo-cd': [DONE], root: [DONE] });

    const result = run('first-boot.sh');

    expect(result.status).toBe(0);
    expect(seen('calls')).toBe('');
  });

  it.each([
    ['the root is not synced', { 'argo-cd': [DONE], root: ['OutOfSync Running Healthy', DONE] }],
    ['an app is synced but not healthy', { 'argo-cd': ['Synced Succeeded Progressing', DONE], root: [DONE] }],
    ['the last operation of an app failed', { 'argo-cd': ['Synced Failed Healthy', DONE], root: [DONE] }],
  ])('waits while %s', (_title, states) => {
    stage();
    answer({ initialized: [UP] });
    fakeK3s(states);

    const result = run('first-boot.sh');

    expect(result.status).toBe(0);
    expect(seen('sleeps').trim().split('\n')).toHaveLength(1);
  });

  it('does not bring a released manifest back when it runs again', () => {
    stage();
    put(`${MANIFESTS}/40-argo-cd.yaml.skip`, '');
    answer({ initialized: [UP] });
    fakeK3s({ 'argo-cd': [DONE], root: [DONE] });

    run('first-boot.sh');

    expect(seen('files-at-annotate')).toBe('40-argo-cd.yaml.skip\n60-root.yaml\n');
  });
});

describe('blueprints/terraform/cluster/files/install-k3s.sh', () => {
  const binary = '#!/usr/bin/env bash\necho "k3s version v1.35.9+k3s1 (abcdef)"\n';
  const digest = createHash('sha256').update(binary).digest('hex');

  beforeEach(() => {
    fake('uname', '#!/usr/bin/env bash\necho x86_64\n');
  });

  it('installs what its checksum vouches for, and asks nobody the second time', () => {
    answer({ sha256sum: [{ status: 200, body: `${digest}  k3s\n` }], '/k3s': [{ status: 200, body: binary }] });

    const first = run('install-k3s.sh');
    const calls = seen('calls');
    const second = run('install-k3s.sh');

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(read('usr/local/bin/k3s')).toBe(binary);
    expect(calls).toContain('https://github.com/k3s-io/k3s/releases/download/v1.35.9%2Bk3s1/k3s');
    expect(seen('calls')).toBe(calls);
  });

  it.each([
    ['the checksum differs', `${'0'.repeat(64)}  k3s\n`, 'the checksum of k3s v1.35.9+k3s1 is wrong'],
    ['the checksums name other files only', `${'0'.repeat(64)}  k3s-arm64\n`, 'do not name k3s'],
  ])('installs nothing when %s', (_title, checksums, message) => {
    answer({ sha256sum: [{ status: 200, body: checksums }], '/k3s': [{ status: 200, body: binary }] });

    const result = run('install-k3s.sh');

    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
    expect(existsSync(join(root, 'usr/local/bin/k3s'))).toBe(false);
  });

  it('tries again when a download fails, and gives up in the end', () => {
    answer({ sha256sum: [{ status: 503 }] });

    const result = run('install-k3s.sh');

    expect(result.status).not.toBe(0);
    expect(seen('sleeps').trim().split('\n')).toHaveLength(9);
  });
});

describe('blueprints/terraform/cluster/files/prepare-node.sh', () => {
  const NODE_FILE = 'etc/rancher/k3s/config.yaml.d/90-node.yaml';

  it.each([
    ['zcompute', 'aws:///symphony/i-0abc'],
    ['aws', 'aws:///eu-central-1a/i-0abc'],
  ])('tells k3s who it is on %s', (platform, providerId) => {
    configure({ PLATFORM: platform });
    answer({
      'api/token': [{ status: 200, body: 'token-1' }],
      'instance-id': [{ status: 200, body: 'i-0abc' }],
      'availability-zone': [{ status: 200, body: 'eu-central-1a' }],
    });

    const result = run('prepare-node.sh');

    expect(result.stderr).toBe('');
    expect(read(NODE_FILE)).toBe(`node-name: "i-0abc"\nkubelet-arg+:\n  - "provider-id=${providerId}"\n`);
    expect(seen('calls').includes('X-aws-ec2-metadata-token: token-1')).toBe(platform === 'aws');
  });

  it("gives pods the node's name servers, and no search domain", () => {
    answer({ 'instance-id': [{ status: 200, body: 'i-0abc' }] });

    run('prepare-node.sh');

    expect(read('etc/rootstock/resolv.conf')).toBe('nameserver 10.0.0.2\nsearch .\n');
  });

  it('refuses what is no instance id', () => {
    answer({ 'instance-id': [{ status: 200, body: '<html>' }] });

    const result = run('prepare-node.sh');

    expect(result.status).toBe(1);
    expect(result.stderr).toContain('this is no instance id: <html>');
  });

  it('asks no metadata service after a reboot', () => {
    put(NODE_FILE, 'node-name: "i-0abc"\n');
    answer({});

    const result = run('prepare-node.sh');

    expect(result.status).toBe(0);
    expect(seen('calls')).toBe('');
  });
});

describe('blueprints/terraform/cluster/files/disks.sh: names', () => {
  it.each([
    ['a name of two letters after xvd', '78766462610000000000', 'xvdba'],
    ['a name that ends in a digit zero of its last letter', '78766461700000000000', 'xvdap'],
    ['a short name', '76646200000000000000', 'vdb'],
    ['digits with dashes between them', '78766462-6100-00000000', 'xvdba'],
    ['capital digits', '7876646A000000000000', 'xvdj'],
  ])('reads %s', (_title, serial, name) => {
    const result = run('disks.sh', 'name', serial);

    expect(result.stdout).toBe(`${name}\n`);
    expect(result.status).toBe(0);
  });

  it.each([
    ['the start of a volume id', '0fab1d5e3f72a5e23000'],
    ['no serial number', ''],
    ['a name without its end', '7876646261'],
    ['a name outside /dev', '2e2e2f6574630000'],
    ['what is no disk', '6c6f6f7030000000'],
    ['other characters', 'QM00001'],
  ])('gives no name for %s, so that no link is made', (_title, serial) => {
    const result = run('disks.sh', 'name', serial);

    expect(result.stdout).toBe('');
    expect(result.status).toBe(1);
  });
});

describe('blueprints/terraform/cluster/files/disks.sh', () => {
  const RULE = 'etc/udev/rules.d/61-rootstock-disks.rules';

  beforeEach(() => fake('udevadm', '#!/usr/bin/env bash\necho "udevadm $*" >>"$WORLD/udev"\n'));

  it('lets udev name the disks, those that are there already too', () => {
    const result = run('disks.sh');

    expect(result.stderr).toBe('');
    expect(read(RULE)).toContain('KERNEL=="vd*[!0-9]"');
    expect(read(RULE)).toContain(`PROGRAM="/usr/local/lib/rootstock/disks.sh name '$attr{serial}'", SYMLINK+="%c"`);
    expect(seen('udev').trim().split('\n')).toEqual([
      'udevadm control --reload',
      'udevadm trigger --subsystem-match=block',
    ]);
  });

  it('keeps snapd from mounting new disks', () => {
    run('disks.sh');

    expect(readlinkSync(join(root, 'etc/udev/rules.d/66-snapd-autoimport.rules'))).toBe('/dev/null');
  });

  it('changes nothing when it runs again', () => {
    run('disks.sh');
    run('disks.sh');

    expect(seen('udev').trim().split('\n')).toHaveLength(2);
  });
});

describe('blueprints/terraform/cluster/files/nvme.sh: disks', () => {
  interface Disk {
    readonly name: string;
    readonly model: string;
    readonly partitions?: number;
    readonly signature?: string;
  }
  const INSTANCE = 'Amazon EC2 NVMe Instance Storage';

  function fakeDisks(disks: readonly Disk[]): void {
    for (const { name, model, partitions = 0, signature = '' } of disks) {
      mkdirSync(join(world, 'disks', name), { recursive: true });
      writeFileSync(join(world, 'disks', name, 'model'), `${model}   \n`);
      writeFileSync(join(world, 'disks', name, 'names'), `${name}\n`.repeat(partitions + 1));
      writeFileSync(join(world, 'disks', name, 'signature'), signature);
    }
    fake(
      'lsblk',
      `#!/usr/bin/env bash
last="\${!#}"
case "$*" in
  *--paths*) for disk in "$WORLD"/disks/*; do echo "/dev/\${disk##*/}"; done ;;
  *MODEL*) cat "$WORLD/disks/\${last##*/}/model" ;;
  *) cat "$WORLD/disks/\${last##*/}/names" ;;
esac
`,
    );
    fake('wipefs', '#!/usr/bin/env bash\ndisk="${!#}"\ncat "$WORLD/disks/${disk##*/}/signature"\n');
  }

  const cases: readonly {
    readonly title: string;
    readonly platform: string;
    readonly disks: readonly Disk[];
    readonly taken: readonly string[];
  }[] = [
    {
      title: 'takes every blank local disk on AWS, and never the root volume',
      platform: 'aws',
      disks: [
        { name: 'nvme0n1', model: 'Amazon Elastic Block Store', partitions: 2 },
        { name: 'nvme1n1', model: INSTANCE },
        { name: 'nvme2n1', model: INSTANCE },
      ],
      taken: ['/dev/nvme1n1', '/dev/nvme2n1'],
    },
    {
      title: 'leaves a blank volume of the block store alone on AWS',
      platform: 'aws',
      disks: [{ name: 'nvme1n1', model: 'Amazon Elastic Block Store' }],
      taken: [],
    },
    {
      title: 'takes the passed-through disk on zCompute, and never the virtual root disk',
      platform: 'zcompute',
      disks: [
        { name: 'nvme0n1', model: 'SAMSUNG MZQL21T9HCJR' },
        { name: 'vda', model: '' },
      ],
      taken: ['/dev/nvme0n1'],
    },
    {
      title: 'leaves disks with partitions or a filesystem alone',
      platform: 'zcompute',
      disks: [
        { name: 'nvme0n1', model: 'SAMSUNG', partitions: 1 },
        { name: 'nvme1n1', model: 'SAMSUNG', signature: '0x438 uuid label ext4\n' },
      ],
      taken: [],
    },
  ];

  it.each(cases)('$title', ({ platform, disks, taken }) => {
    configure({ PLATFORM: platform });
    fakeDisks(disks);

    const result = run('nvme.sh', 'list');

    expect(result.stdout.split('\n').filter(Boolean)).toEqual(taken);
  });
});

describe('blueprints/terraform/cluster/files/nvme.sh', () => {
  const FSTAB = [
    'LABEL=rootstock-nvme ROOT/var/lib/rootstock/ephemeral ext4 defaults,noatime,nofail,x-systemd.device-timeout=30s 0 2',
    'ROOT/var/lib/rootstock/ephemeral/models ROOT/var/lib/rootstock/models none bind,nofail,x-systemd.requires-mounts-for=ROOT/var/lib/rootstock/ephemeral 0 0',
  ];

  function fakeTools(disks: readonly string[]): void {
    put('etc/fstab', 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n');
    mkdirSync(join(root, 'dev/disk/by-label'), { recursive: true });
    fake(
      'lsblk',
      `#!/usr/bin/env bash\ncase "$*" in *--paths*) printf '%s\\n' ${disks.join(' ')} ;; *) echo one ;; esac\n`,
    );
    const record = '#!/usr/bin/env bash\necho "$(basename "$0") $*" >>"$WORLD/tools"\n';
    for (const name of ['wipefs', 'udevadm', 'systemctl']) fake(name, '#!/usr/bin/env bash\n');
    fake('mdadm', record);
    fake('mount', `${record}touch "$WORLD/mounted-$(basename "$1")"\n`);
    fake('mountpoint', '#!/usr/bin/env bash\n[[ -e $WORLD/mounted-$(basename "$2") ]]\n');
    fake('mkfs.ext4', `${record}touch "$ROOTSTOCK_ROOT/dev/disk/by-label/rootstock-nvme"\n`);
  }

  const fstab = () => read('etc/fstab').replaceAll(root, 'ROOT').trim().split('\n').slice(1);

  it('stripes several disks, mounts them by label, and puts the models there', () => {
    fakeTools(['/dev/nvme0n1', '/dev/nvme1n1']);

    const result = run('nvme.sh');

    expect(result.status).toBe(0);
    expect(seen('tools')).toContain('--level=0 --raid-devices=2 /dev/nvme0n1 /dev/nvme1n1');
    expect(seen('tools')).toContain('mkfs.ext4 -q -m 0 -L rootstock-nvme /dev/md/rootstock');
    expect(fstab()).toEqual(FSTAB);
    expect(existsSync(join(root, 'var/lib/rootstock/ephemeral/models'))).toBe(true);
  });

  it('looks for packages anew before it installs mdadm, and tries again', () => {
    fakeTools(['/dev/nvme0n1', '/dev/nvme1n1']);
    rmSync(join(world, 'bin/mdadm'));
    fake(
      'apt-get',
      `#!/usr/bin/env bash
echo "apt-get $*" >>"$WORLD/tools"
[[ $* == *update* ]] && exit 0
if [[ -e $WORLD/tried ]]; then printf '#!/usr/bin/env bash\\n' >"$WORLD/bin/mdadm"; chmod +x "$WORLD/bin/mdadm"; exit 0; fi
touch "$WORLD/tried"
exit 100
`,
    );

    const result = run('nvme.sh');

    expect(result.status).toBe(0);
    const words = [...seen('tools').matchAll(/apt-get .*?(update|install)/g)].map(([, word]) => word);
    expect(words).toEqual(['update', 'install', 'update', 'install']);
  });

  it('takes a single disk as it is', () => {
    fakeTools(['/dev/nvme0n1']);

    run('nvme.sh');

    expect(seen('tools')).toContain('mkfs.ext4 -q -m 0 -L rootstock-nvme /dev/nvme0n1');
    expect(seen('tools')).not.toContain('--create');
  });

  it('changes nothing when it runs again', () => {
    fakeTools(['/dev/nvme0n1']);
    run('nvme.sh');
    const tools = seen('tools');

    const again = run('nvme.sh');

    expect(again.status).toBe(0);
    expect(seen('tools')).toBe(tools);
    expect(fstab()).toEqual(FSTAB);
  });

  it('leaves the models on the root volume where there is no local disk', () => {
    fakeTools(['/dev/vda']);

    const result = run('nvme.sh');

    expect(result.status).toBe(0);
    expect(result.stderr).toContain('models go to the root volume');
    expect(existsSync(join(root, 'var/lib/rootstock/models'))).toBe(true);
    expect(fstab()).toEqual([]);
  });
});

describe('blueprints/terraform/cluster/files/gpu.sh', () => {
  const CUDA_KEY = 'EB693B3035CD5710E231E123A4B469963BF863CC';
  const TOOLKIT_KEY = 'C95B321B61E88C1809C4F759DDCAE044F796ECB0';
  const GPU = { vendor: '0x10de', class: '0x030200' };
  const NVSWITCH = { vendor: '0x10de', class: '0x068000' };
  const NETWORK = { vendor: '0x1af4', class: '0x020000' };

  /** A GPU node: its devices, the keys that the servers hand out, the GPUs that the driver will show. */
  function fakeNode(node: {
    readonly devices: readonly { readonly vendor: string; readonly class: string }[];
    readonly gpus: number;
    readonly keys?: { readonly cuda: readonly string[]; readonly toolkit: readonly string[] };
    readonly installed?: boolean;
  }): void {
    configure({ ROLE: 'worker', SEED: 'false', GPU_COUNT: '2' });
    for (const [index, device] of node.devices.entries()) {
      put(`sys/bus/pci/devices/0000:00:0${index}.0/vendor`, `${device.vendor}\n`);
      put(`sys/bus/pci/devices/0000:00:0${index}.0/class`, `${device.class}\n`);
    }
    put('etc/os-release', 'ID=ubuntu\nVERSION_ID="24.04"\n');
    const { cuda, toolkit } = node.keys ?? { cuda: [CUDA_KEY], toolkit: [TOOLKIT_KEY] };
    answer({
      '3bf863cc.pub': [{ status: 200, body: cuda.join('\n') }],
      gpgkey: [{ status: 200, body: toolkit.join('\n') }],
    });
    fake(
      'gpg',
      `#!/usr/bin/env bash
if [[ $1 == --show-keys ]]; then
  while read -r key || [[ -n $key ]]; do printf 'pub:-:4096:1:x:1::::\\nfpr:::::::::%s:\\nuid:::\\nsub:::\\nfpr:::::::::SUBKEY:\\n' "$key"; done <"\${!#}"
else cat; fi
`,
    );
    const record = '#!/usr/bin/env bash\necho "$(basename "$0") $*" >>"$WORLD/tools"\n';
    for (const name of ['systemctl', 'modprobe', 'apt-mark']) fake(name, record);
    fake('uname', '#!/usr/bin/env bash\n[[ $1 == -r ]] && echo 6.8.0-1 || echo x86_64\n');
    fake('dpkg', '#!/usr/bin/env bash\necho amd64\n');
    fake(
      'dpkg-query',
      `#!/usr/bin/env bash\nprintf '%s\\n' 'ii  linux-image-6.8.0-1' 'ii  bash' 'rc  linux-image-6.5.0-1' 'ii  cuda-drivers-580'\n`,
    );
    const smi = `#!/usr/bin/env bash\nfor ((n = 0; n < ${node.gpus}; n++)); do echo "GPU $n: NVIDIA L4"; done\n`;
    writeFileSync(join(world, 'smi'), smi, { mode: 0o755 });
    fake(
      'apt-get',
      `${record}[[ $* == *install* ]] && cp "$WORLD/smi" "$WORLD/bin/nvidia-smi" && cp "$WORLD/smi" "$WORLD/bin/nvidia-container-runtime"\nexit 0\n`,
    );
    if (node.installed) for (const name of ['nvidia-smi', 'nvidia-container-runtime']) fake(name, smi);
  }

  it('installs driver and toolkit from NVIDIA, and holds what may not change underneath', () => {
    fakeNode({ devices: [NETWORK, GPU, GPU], gpus: 2 });

    const result = run('gpu.sh');

    expect(result.stderr).toContain('2 GPUs ready');
    expect(result.status).toBe(0);
    expect(seen('tools')).toContain('install linux-headers-6.8.0-1 cuda-drivers-580 nvidia-container-toolkit');
    expect(seen('tools')).toContain('apt-mark hold linux-image-6.8.0-1 cuda-drivers-580\n');
    expect(read('etc/apt/sources.list.d/nvidia-cuda.list')).toBe(
      'deb [signed-by=/usr/share/keyrings/nvidia-cuda.gpg] https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2404/x86_64/ /\n',
    );
  });

  it('brings the fabric manager where GPUs are joined by NVSwitch', () => {
    fakeNode({ devices: [GPU, GPU, NVSWITCH], gpus: 2 });

    run('gpu.sh');

    expect(seen('tools')).toContain('cuda-drivers-fabricmanager-580');
    expect(seen('tools')).toContain('systemctl enable --now nvidia-fabricmanager.service');
  });

  it('installs nothing twice', () => {
    fakeNode({ devices: [GPU, GPU], gpus: 2, installed: true });

    const result = run('gpu.sh');

    expect(result.status).toBe(0);
    expect(seen('tools')).not.toContain('apt-get');
    expect(seen('calls')).toBe('');
  });

  it('holds what an interrupted run has installed and not held', () => {
    fakeNode({ devices: [GPU, GPU], gpus: 2, installed: true });

    run('gpu.sh');
    run('gpu.sh');

    const holds = seen('tools').match(/apt-mark hold linux-image-6\.8\.0-1 cuda-drivers-580\n/g);
    expect(holds).toHaveLength(2);
  });

  it('finishes what an interrupted run has unpacked, before it installs', () => {
    fakeNode({ devices: [GPU, GPU], gpus: 2 });
    fake('dpkg', '#!/usr/bin/env bash\necho "dpkg $*" >>"$WORLD/tools"\necho amd64\n');

    run('gpu.sh');

    expect(seen('tools')).toMatch(/dpkg --configure -a\n[\s\S]*apt-get .*install linux-headers/);
  });

  it.each([
    ['there is no GPU', { devices: [NETWORK], gpus: 0 }, 'this node has no NVIDIA GPU'],
    ['the driver shows fewer GPUs', { devices: [GPU, GPU], gpus: 1 }, 'nvidia-smi shows 1 of 2 GPUs'],
    [
      'a key is another',
      { devices: [GPU], gpus: 2, keys: { cuda: ['0'.repeat(40)], toolkit: [TOOLKIT_KEY] } },
      `the key of nvidia-cuda is ${'0'.repeat(40)} instead of ${CUDA_KEY}`,
    ],
    [
      'a second key comes along',
      { devices: [GPU], gpus: 2, keys: { cuda: [CUDA_KEY, '0'.repeat(40)], toolkit: [TOOLKIT_KEY] } },
      'the key of nvidia-cuda is',
    ],
  ])('fails when %s', (_title, node, message) => {
    fakeNode(node);

    const result = run('gpu.sh');

    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
  });
});

describe('blueprints/terraform/cluster/files/boot.sh', () => {
  /** boot.sh among steps that only say that they ran. */
  function fakeSteps(): string {
    const folder = join(world, 'scripts');
    mkdirSync(folder);
    for (const name of ['boot.sh', 'library.sh'])
      writeFileSync(join(folder, name), readFileSync(join(SCRIPTS, name)), { mode: 0o755 });
    for (const name of ['prepare-node', 'disks', 'nvme', 'gpu', 'install-k3s', 'join'])
      writeFileSync(join(folder, `${name}.sh`), `#!/usr/bin/env bash\necho ${name} >>"$WORLD/steps"\n`, {
        mode: 0o755,
      });
    fake('systemctl', '#!/usr/bin/env bash\necho "systemctl $*" >>"$WORLD/steps"\n');
    return join(folder, 'boot.sh');
  }

  it.each([
    ['control', {}, ['prepare-node', 'install-k3s', 'join', 'systemctl start k3s.service']],
    [
      'zCompute worker',
      { ROLE: 'worker' },
      ['prepare-node', 'disks', 'install-k3s', 'join', 'systemctl start k3s.service'],
    ],
    [
      'zCompute GPU',
      { ROLE: 'worker', GPU_COUNT: '1' },
      ['prepare-node', 'disks', 'nvme', 'gpu', 'install-k3s', 'join', 'systemctl start k3s.service'],
    ],
    [
      'AWS GPU',
      { ROLE: 'worker', PLATFORM: 'aws', GPU_COUNT: '1' },
      ['prepare-node', 'nvme', 'gpu', 'install-k3s', 'join', 'systemctl start k3s.service'],
    ],
  ])('takes the steps of a %s node in order', (_title, settings, steps) => {
    configure(settings);

    const result = run(fakeSteps());

    expect(result.status).toBe(0);
    expect(seen('steps').trim().split('\n')).toEqual(steps);
  });

  it('starts the first boot where the cluster was made, and only there', () => {
    put('var/lib/rootstock/initialising', '');

    run(fakeSteps());

    expect(seen('steps').trim().split('\n').at(-1)).toBe('systemctl start --no-block rootstock-first-boot.service');
  });
});

describe('blueprints/terraform/cluster/files: behind a proxy', () => {
  it('hands the proxy to what the scripts start', () => {
    put('etc/rootstock/proxy.env', 'HTTPS_PROXY=http://proxy.example.com:3128\nNO_PROXY=.svc,10.0.0.0/16\n');
    fake('curl', '#!/usr/bin/env bash\nprintf "%s|%s\\n" "$HTTPS_PROXY" "$NO_PROXY" >>"$WORLD/proxies"\n');

    run('join.sh', 'decide');

    expect(seen('proxies').split('\n')[0]).toBe('http://proxy.example.com:3128|.svc,10.0.0.0/16');
  });

  it('shares all CAs that the node trusts with the jobs that fetch charts', () => {
    put('etc/ssl/certs/ca-certificates.crt', 'all of them');
    put('usr/local/bin/k3s', '');
    rmSync(join(root, 'usr/local/bin/k3s'));
    writeFileSync(
      join(root, 'usr/local/bin/k3s'),
      '#!/usr/bin/env bash\necho "$*" >>"$WORLD/kubectl"\n[[ $2 == apply ]] && cat >"$WORLD/applied"\n[[ $2 == create ]] && echo made\nexit 0\n',
      { mode: 0o755 },
    );

    const result = run('share-trust.sh');

    expect(result.status).toBe(0);
    expect(seen('kubectl')).toContain('create configmap node-trust --namespace kube-system');
    expect(seen('kubectl')).toContain(`--from-file ${root}/etc/ssl/certs/ca-certificates.crt`);
    expect(seen('applied')).toBe('made\n');
  });
});
