import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TreeFile } from '../../../generator/core/file-tree.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import { findCertificateRoom, USER_DATA_LIMIT as ROOM_LIMIT } from '../../../generator/environment/user-data-room.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { environmentText, mergeDeep } from '../../../generator/testing/environment-text.ts';
import { listExamples } from '../../../generator/testing/examples.ts';
import { planOf, renderOf } from '../../../generator/testing/plan-of.ts';
import { makeSizedCertificate } from '../../../generator/testing/sized-certificate.ts';
import { evaluateOutputs, hasTerraform } from '../../../generator/testing/terraform.ts';
import { USER_DATA_LIMIT } from './user-data.ts';

interface CloudConfig {
  readonly write_files: readonly {
    readonly path: string;
    readonly permissions?: string;
    readonly append?: boolean;
    readonly content: string;
  }[];
  readonly runcmd: readonly (readonly string[])[];
}

/** User data by the name of its local, e.g. `control_1_user_data`. */
type UserData = Readonly<Record<string, { readonly bytes: number; readonly config: CloudConfig }>>;

/** As long and as random as secrets get: gzip can do nothing with them. */
const SECRETS: Readonly<Record<string, string>> = {
  cluster_token: randomBytes(64).toString('hex'),
  agent_token: randomBytes(64).toString('hex'),
  etcd_s3_access_key: randomBytes(48).toString('base64'),
  etcd_s3_secret_key: randomBytes(96).toString('base64'),
  argocd_ssh_private_key: pem('OPENSSH PRIVATE KEY', 2400),
  argocd_repository_username: 'rootstock-reader',
  argocd_repository_password: randomBytes(192).toString('base64'),
  argocd_github_app_id: '1234567',
  argocd_github_app_installation_id: '12345678',
  argocd_github_app_private_key: pem('RSA PRIVATE KEY', 1200),
  // What openssl makes of RSA 4096: 2376 and 1308 bytes.
  sealing_certificate: pem('CERTIFICATE', 1308),
  sealing_private_key: pem('PRIVATE KEY', 2376),
};

function pem(label: string, bytes: number): string {
  const lines =
    randomBytes(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const environments = listExamples().flatMap((example) => {
  const files = [...renderOf(example.texts).values()];
  const names = new Set(files.flatMap(({ environment }) => environment ?? []));
  return [...names].map((name) => ({ name, files: projectFiles(files, name) }));
});

function projectFiles(files: readonly TreeFile[], environment: string): Record<string, string> {
  const folder = `terraform/${environment}/cluster/`;
  return Object.fromEntries(
    files
      .filter(({ path }) => path.startsWith(folder))
      .map(({ path, content }) => [path.slice(folder.length), content]),
  );
}

/** Lets the real terraform evaluate the project's own locals; only the load balancer's name is put in. */
function evaluateUserData(
  files: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = SECRETS,
): UserData {
  const groups = Object.entries(files).filter(([path]) => path.startsWith('nodegroup-'));
  const locals = groups.flatMap(([, text]) => text.match(/^locals \{\n[\s\S]*?^\}$/gm) ?? []).join('\n');
  const names = [...locals.matchAll(/^ {2}(\w+_user_data) =/gm)].map(([, name = '']) => name);
  const outputs = names.map((name) => `output "${name}" {\n  value     = local.${name}\n  sensitive = true\n}\n`);
  const main = [files['user-data.tf'], locals, 'locals {\n  api_host = "elb-1.internal.example.com"\n}', ...outputs]
    .join('\n')
    .replaceAll('aws_lb.kapi.dns_name', 'local.api_host');
  const plain = Object.entries(files).filter(([path]) => !path.endsWith('.tf') || path === 'variables.tf');
  const declared = Object.entries(secrets).filter(([name]) => files['variables.tf']?.includes(`variable "${name}"`));
  const evaluated = evaluateOutputs(main, {
    ...Object.fromEntries(plain),
    'terraform.tfvars.json': JSON.stringify(Object.fromEntries(declared)),
  });
  return Object.fromEntries(
    Object.entries(evaluated).map(([name, value]) => {
      const gzipped = Buffer.from(String(value), 'base64');
      const text = gunzipSync(gzipped).toString();
      return [name, { bytes: gzipped.length, config: parse(text) as CloudConfig }];
    }),
  );
}

function fileIn(config: CloudConfig, path: string): string {
  const file = config.write_files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`no ${path} among ${config.write_files.map((one) => one.path).join(', ')}`);
  return file.content;
}

describe.skipIf(!hasTerraform).each(environments)(
  'blueprints/terraform/cluster/user-data.ts: $name',
  ({ name, files }) => {
    const userData = hasTerraform ? evaluateUserData(files) : {};
    const seed = userData['control_1_user_data'];
    const workers = Object.entries(userData).filter(([local]) => !local.startsWith('control'));

    it('fits into what the cloud takes', () => {
      const sizes = Object.fromEntries(Object.entries(userData).map(([local, { bytes }]) => [local, bytes]));

      expect(seed?.bytes).toBeGreaterThan(4096);
      expect(Math.max(...Object.values(sizes))).toBeLessThanOrEqual(USER_DATA_LIMIT);
      if (process.env['PRINT_SIZES'] !== undefined) process.stdout.write(`${name} ${JSON.stringify(sizes)}\n`);
    });

    it('gives all control nodes the same k3s configuration', () => {
      const controls = Object.entries(userData).filter(([local]) => local.startsWith('control'));

      const configs = new Set(controls.map(([, { config }]) => fileIn(config, '/etc/rancher/k3s/config.yaml')));

      expect(configs.size).toBe(1);
    });

    it('gives workers no secret but the agent token', () => {
      for (const [, { config }] of workers) {
        const text = JSON.stringify(config);

        expect(text).toContain(SECRETS['agent_token']);
        for (const [secret, value] of Object.entries(SECRETS)) {
          if (secret !== 'agent_token' && value.length > 20)
            expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
        }
      }
    });

    it('gives the first boot to the seed alone', () => {
      const others = Object.entries(userData).filter(([local]) => local !== 'control_1_user_data');
      const isFirstBoot = ({ path }: { readonly path: string }) => /first-boot/.test(path);

      expect(others.flatMap(([, { config }]) => config.write_files.filter(isFirstBoot))).toEqual([]);
      expect(seed?.config.write_files.filter(isFirstBoot).length).toBeGreaterThan(4);
    });

    it('writes the manifests byte for byte, readable by root alone', () => {
      const manifests = Object.entries(files).filter(([path]) => path.startsWith('files/first-boot/'));

      expect(manifests.length).toBeGreaterThan(2);
      for (const [path, content] of manifests) {
        const target = path.replace('files/first-boot', '/var/lib/rootstock/first-boot');
        const written = seed?.config.write_files.find((file) => file.path === target);
        expect(written).toMatchObject({ content, permissions: '0600' });
      }
    });

    it('writes scripts without their comments that bash can read', () => {
      for (const [, { config }] of Object.entries(userData)) {
        const scripts = config.write_files.filter(({ path }) => path.endsWith('.sh'));
        expect(scripts.length).toBeGreaterThan(4);
        for (const { path, content } of scripts) {
          const source = files[path.replace('/usr/local/lib/rootstock', 'files')] ?? '';
          const wanted = source.split('\n').filter((line) => !/^[ \t]*#[^!]/.test(line));
          expect(content).toBe(wanted.join('\n'));
          expect(spawnSync('bash', ['-n'], { input: content, encoding: 'utf8' }).stderr).toBe('');
        }
      }
    });

    it('writes settings that a shell reads as they are', () => {
      for (const [local, { config }] of Object.entries(userData)) {
        const settings = fileIn(config, '/etc/rootstock/node.env');
        const read = execFileSync('bash', ['-c', `${settings}\nprintf '%s|' "$ENVIRONMENT" "$SEED" "$API_HOST"`]);

        expect(read.toString()).toBe(`${name}|${local === 'control_1_user_data'}|elb-1.internal.example.com|`);
      }
    });

    it('starts one service and does not wait for it', () => {
      for (const { config } of Object.values(userData)) {
        expect(config.runcmd.at(-1)).toEqual(['systemctl', 'start', '--no-block', 'rootstock-boot.service']);
      }
    });
  },
);

describe.skipIf(!hasTerraform)('blueprints/terraform/cluster/user-data.ts: too much', () => {
  it('is refused before anything is made', () => {
    const [{ files } = { files: {} }] = environments;
    const incompressible = { 'files/first-boot/90-more.yaml': randomBytes(12_000).toString('base64') };

    expect(() => evaluateUserData({ ...files, ...incompressible })).toThrow('longer than 16384 bytes');
  });
});

describe.skipIf(!hasTerraform)('blueprints/terraform/cluster/user-data.ts: behind a proxy', () => {
  const { files } = environments.find(({ name }) => name === 'inner') ?? { files: {} };
  const userData = hasTerraform ? evaluateUserData(files) : {};

  it.each(Object.entries(userData))(
    '%s knows the proxy, and the load balancer as something near',
    (_local, { config }) => {
      const variables = fileIn(config, '/etc/rootstock/proxy.env');

      expect(variables).toMatch(/^HTTPS_PROXY=http:\/\/proxy\.corp\.example\.com:3128$/m);
      expect(variables).toMatch(/^NO_PROXY=.*,169\.254\.169\.254,.*,elb-1\.internal\.example\.com$/m);
      expect(fileIn(config, '/etc/apt/apt.conf.d/90rootstock-proxy')).toBe(
        'Acquire::http::Proxy "http://proxy.corp.example.com:3128";\nAcquire::https::Proxy "http://proxy.corp.example.com:3128";\n',
      );
      expect(config.write_files).toContainEqual({ path: '/etc/environment', append: true, content: variables });
      expect(JSON.stringify(config)).toContain('EnvironmentFile=/etc/rootstock/proxy.env');
    },
  );

  it.each(Object.entries(userData))('%s trusts the CA before anything is downloaded', (_local, { config }) => {
    expect(fileIn(config, '/usr/local/share/ca-certificates/rootstock.crt')).toBe(EXAMPLE_CA);
    expect(config.runcmd[0]).toEqual(['update-ca-certificates']);
  });

  it.each(Object.entries(userData))('%s asks mirrors first, and the other nodes before them', (_local, { config }) => {
    expect(parse(fileIn(config, '/etc/rancher/k3s/registries.yaml'))).toEqual({
      mirrors: {
        '*': {},
        'docker.io': { endpoint: ['https://mirror.corp.example.com/v2/docker.io'] },
        'quay.io': { endpoint: ['https://mirror.corp.example.com/v2/quay.io'] },
      },
    });
  });
});

const HOSTS = Array.from({ length: 40 }, () => `${randomBytes(5).toString('hex')}.corp.example.com`);
const GITHUB_APP = { url: 'https://github.com/acme/ai-inner.git', access: 'githubApp' };
const DEPLOY_KEY = { url: 'git@git.corp.example.com:platform/ai-inner.git', access: 'deployKey' };

describe.skipIf(!hasTerraform)(
  'blueprints/terraform/cluster/user-data.ts: as many CAs as the rules let pass (needs terraform)',
  () => {
    it.each<{ name: string; example: string; changes: PlainMap }>([
      { name: 'GitHub App', example: 'zcompute-behind-proxy', changes: { repository: GITHUB_APP } },
      {
        name: 'GitHub App on a host of its own',
        example: 'zcompute-behind-proxy',
        changes: { repository: { access: 'githubApp' } },
      },
      { name: 'deploy key', example: 'zcompute-behind-proxy', changes: { repository: DEPLOY_KEY } },
      { name: 'token', example: 'zcompute-behind-proxy', changes: {} },
      { name: 'public', example: 'zcompute-behind-proxy', changes: { repository: { access: 'public' } } },
      { name: 'GitHub App on a single zCompute', example: 'zcompute-single', changes: { repository: GITHUB_APP } },
      { name: 'GitHub App on AWS', example: 'aws-high', changes: { repository: GITHUB_APP } },
      {
        name: 'many hosts beside the proxy, and a GitHub App',
        example: 'zcompute-behind-proxy',
        changes: { repository: GITHUB_APP, egress: { proxy: { noProxy: HOSTS.slice(0, 12) } } },
      },
      {
        name: 'many hosts beside the proxy',
        example: 'zcompute-behind-proxy',
        changes: { egress: { proxy: { noProxy: HOSTS } } },
      },
      {
        name: 'many labels, and a long known host',
        example: 'zcompute-behind-proxy',
        changes: {
          repository: DEPLOY_KEY,
          apps: { 'argo-cd': { knownHosts: [`git.corp.example.com ssh-rsa ${randomBytes(279).toString('base64')}`] } },
          cluster: {
            nodeGroups: {
              control: { labels: Object.fromEntries(HOSTS.slice(0, 8).map((host) => [`${host}/x`, 'y'])) },
            },
          },
        },
      },
      {
        name: 'many pull secrets and mirrors',
        example: 'zcompute-behind-proxy',
        changes: {
          egress: {
            pullSecrets: HOSTS.slice(0, 8).map((host) => `login-${host.slice(0, 10)}`),
            registryMirrors: Object.fromEntries(HOSTS.slice(0, 6).map((host) => [host, [`https://mirror.${host}/v2`]])),
          },
        },
      },
    ])('fit: $name', async ({ name, example, changes }) => {
      const change = (caBundle: string) => environmentText(mergeDeep(changes, { egress: { caBundle } }), example);
      const { environment } = planOf(change(EXAMPLE_CA));
      const room = findCertificateRoom(environment);
      const bundle = await makeSizedCertificate(room);
      const files = [...renderOf([{ file: 'full.yaml', text: change(bundle) }]).values()];

      const { control_1_user_data: seed } = evaluateUserData(projectFiles(files, environment.metadata.name), {
        ...SECRETS,
        argocd_ssh_private_key: pem('OPENSSH PRIVATE KEY', 290),
        argocd_repository_password: randomBytes(75).toString('base64'),
      });

      expect(seed?.config.write_files).toContainEqual(expect.objectContaining({ content: bundle }));
      expect(seed?.bytes).toBeLessThanOrEqual(USER_DATA_LIMIT);
      // Numbers that were measured long ago would leave out what still fits.
      expect(seed?.bytes).toBeGreaterThan(USER_DATA_LIMIT - 600);
      if (process.env['PRINT_SIZES'] !== undefined) process.stdout.write(`${name}: room ${room}, ${seed?.bytes}\n`);
    });

    it('are measured against the same limit', () => {
      expect(ROOM_LIMIT).toBe(USER_DATA_LIMIT);
    });
  },
);
