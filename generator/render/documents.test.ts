import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalog, listCatalogFacts, listInputSchemas } from '../catalog/catalog.ts';
import type { TreeFile } from '../core/file-tree.ts';
import { parseEnvironments } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { BASTION_ROOT_GIB } from '../plan/capacity.ts';
import type { RepositoryPlan } from '../plan/plan.ts';
import { planRepository } from '../plan/plan-repository.ts';
import { EXAMPLE_CA } from '../testing/certificates.ts';
import { listExamples } from '../testing/examples.ts';
import { app, planOf, SMALL, SMALL_AWS } from '../testing/plan-builder.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { renderDocuments } from './documents.ts';
import { renderRepository } from './render-repository.ts';

const HIGH = {
  ...SMALL,
  availability: 'high',
  cluster: {
    ...SMALL.cluster,
    etcdBackup: { endpoint: 's3.example.com', bucket: 'etcd', region: 'us-east-1', folder: 'lab' },
    nodeGroups: {
      control: { role: 'control', instanceType: 'z4.large', size: 3 },
      worker: { role: 'worker', instanceType: 'z8.3xlarge', min: 3, max: 5 },
    },
  },
};
const examples = listExamples().map(({ name, texts }) => {
  const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const planned = planRepository(parsed.value, catalog);
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  return [name, planned.value] as const;
});
const read = (files: readonly TreeFile[], path: string): string => {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} was not rendered`);
  return file.content;
};
const readmeOf = (environment: object, catalogOf = [app({})]) =>
  read(renderDocuments(planOf([environment], catalogOf)), 'README.md');
const markdown = (plan: RepositoryPlan) => renderDocuments(plan).filter(({ path }) => path.endsWith('.md'));

const folder = makeTemporaryFolder();
const hasTools = ['openssl', 'jq'].every((tool) => spawnSync(tool, ['--help']).error === undefined);

/** Terraform names that a document speaks of, with the project they belong to. */
function terraformOutputs(text: string): string[] {
  return [...text.matchAll(/-chdir=(terraform\/\S+) output (?:-raw )?([a-z_]+)/g)].map(
    ([, project, name]) => `${project} ${name}`,
  );
}

describe('generator/render/documents', () => {
  describe.each(examples)('%s', (_, plan) => {
    const tree = renderRepository(plan);

    it('has aligned tables, no empty section, and no line that a template forgot', () => {
      for (const { path, content } of markdown(plan)) {
        expect(findRaggedTables(content), path).toEqual([]);
        expect(findEmptySections(content), path).toEqual([]);
        expect(content, path).not.toMatch(/\n{3,}|\{\{|undefined|\[object|NaN/);
        expect(content.endsWith('\n'), path).toBe(true);
      }
    });

    it('links only to files that are there', () => {
      for (const { path, content } of markdown(plan)) {
        for (const [, target = ''] of content.matchAll(/\]\(([^)]+)\)/g)) {
          if (/^https?:/.test(target)) continue;
          expect([...tree.keys()], `${path} links to ${target}`).toContain(posix.join(posix.dirname(path), target));
        }
      }
    });

    it('names only Terraform outputs and variables that the projects have', () => {
      const terraform = (folder: string, block: string) =>
        [...tree.values()]
          .filter(({ path }) => posix.dirname(path) === folder && path.endsWith('.tf'))
          .flatMap(({ content }) =>
            [...content.matchAll(new RegExp(`^${block} "([^"]+)"`, 'gm'))].map(([, name]) => name),
          );
      const files = markdown(plan);
      const outputs = files.flatMap(({ content }) => terraformOutputs(content));

      for (const output of outputs) {
        const [folder = '', name] = output.split(' ');
        expect(terraform(folder, 'output'), output).toContain(name);
      }
      for (const { name } of plan.environments) {
        const table = read(files, `docs/${name}/secrets.md`).split('## Secrets in the cluster')[0] ?? '';
        const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, variable]) => variable);
        expect(listed.sort()).toEqual(terraform(`terraform/${name}/cluster`, 'variable').sort());
      }
      expect(outputs.length).toBeGreaterThan(0);
    });

    it('writes a Renovate configuration and a workflow that parse', () => {
      const files = renderDocuments(plan);
      const renovate = JSON.parse(read(files, 'renovate.json')) as Readonly<Record<string, unknown>>;
      const workflow = parse(read(files, '.github/workflows/check.yaml'));

      expect(renovate['ignorePaths']).toEqual(['clusters/**']);
      expect(workflow.permissions).toEqual({ contents: 'read' });
      expect(workflow.on.push.branches).toEqual([plan.environments[0]?.environment.repository.branch]);
      for (const step of workflow.jobs.check.steps) if ('uses' in step) expect(step.uses).toMatch(/@v\d+\.\d+\.\d+$/);
    });

    it('writes commands that a shell can read', () => {
      const blocks = markdown(plan).flatMap(({ path, content }) =>
        [...content.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => ({ path, text })),
      );

      for (const { path, text } of blocks) {
        const { stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
        expect(stderr, `${path}:\n${text}`).toBe('');
      }
      expect(blocks.length).toBeGreaterThan(10);
    });

    it('lists every host that the boot scripts download from', () => {
      for (const { name } of plan.environments) {
        const scripts = [...tree.values()].filter(
          ({ path }) => path.startsWith(`terraform/${name}/cluster/files/`) && path.endsWith('.sh'),
        );
        const hosts = scripts.flatMap(({ content }) =>
          [...content.matchAll(/https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(([, host = '']) => host),
        );
        const boot = read(markdown(plan), `docs/${name}/egress.md`).split('### Later')[0] ?? '';

        for (const host of hosts) expect(boot, host).toContain(`| \`${host}\``);
        expect(hosts).toContain('github.com');
      }
    });

    it('counts the root volume that the bastion really gets', () => {
      const bastions = [...tree.values()].filter(({ path }) => path.endsWith('/infrastructure/bastion.tf'));

      for (const { content, path } of bastions)
        expect(content, path).toMatch(new RegExp(`volume_size +?= ${BASTION_ROOT_GIB}\\b`));
      expect(bastions.length).toBe(
        plan.environments.filter(({ environment }) => environment.network.bastion.enabled).length,
      );
    });

    it('gives the same bytes twice', () => {
      expect(renderDocuments(plan)).toEqual(renderDocuments(plan));
    });
  });

  it('puts the real names into the commands', () => {
    const readme = readmeOf(SMALL);

    for (const text of [
      'git clone https://github.com/acme/ai-lab.git\ncd ai-lab\n',
      'gh repo deploy-key add ~/.ssh/argocd-lab.pub --repo acme/ai-lab --title argocd-lab',
      'file=terraform/lab/cluster/secrets.auto.tfvars.json',
      'terraform -chdir=terraform/lab/infrastructure apply',
      '--endpoint-url https://compute.example.com/api/v2/aws/ec2',
      'look up the public address of `lab-ingress`',
    ])
      expect(readme).toContain(text);
  });

  it.each([
    ['a public repository', { access: 'public' }, 'Nothing is to be done', 'ssh-keygen'],
    ['a token', { access: 'token' }, 'Make a token on github.com that may read `acme/ai-lab`', 'ssh-keygen'],
    ['a GitHub App', { access: 'githubApp' }, 'argocd_github_app_private_key ~/.ssh/argocd-lab.pem', 'ssh-keygen'],
    ['a known Git server', { access: 'deployKey' }, 'ssh-keygen -t ed25519', 'ssh-keyscan'],
    [
      'a Git server of your own',
      { url: 'ssh://git@git.example.com:2222/a/b.git' },
      'ssh-keyscan -p 2222 -t ed25519 git.example.com',
      'gh repo',
    ],
  ])('explains the access of Argo CD: %s', (_, repository, present, absent) => {
    const readme = readmeOf({ ...SMALL, repository: { ...SMALL.repository, ...repository } });

    expect(readme).toContain(present);
    expect(readme).not.toContain(absent);
  });

  it.each([
    ['zCompute', SMALL, 'VM placement rules', 'resolves everywhere'],
    ['AWS', SMALL_AWS, 'This prints a name that resolves everywhere', 'VM placement rules'],
  ])('differs by platform: %s', (_, environment, present, absent) => {
    const readme = readmeOf(environment);

    expect(readme).toContain(present);
    expect(readme).not.toContain(absent);
  });

  it('tells the way into a network without a bastion', () => {
    const network = { bastion: { enabled: false }, privateAccess: 'VPN of the head office' };

    const files = renderDocuments(planOf([{ ...SMALL, network }]));

    expect(read(files, 'docs/lab/runbook.md')).toContain(
      'There is no bastion. Administrators reach the private network like this: VPN of the head office.',
    );
    expect(read(files, 'README.md')).toContain('kubectl config set-cluster default --server "$API"');
    expect(read(files, 'README.md')).not.toContain('bastion_public_ip');
  });

  it('names what k3s runs alone, in the runbook and in the capacity table', () => {
    const files = renderDocuments(planOf([SMALL]));

    expect(read(files, 'docs/lab/runbook.md')).toMatch(/\| k3s +\| metrics-server +\| 1 +\| control/);
    expect(read(files, 'docs/lab/runbook.md')).toContain('- k3s runs one coredns, whatever `availability` says.');
    expect(read(files, 'docs/lab/capacity.md')).toMatch(/\| k3s +\| coredns +\| Deployment/);
  });

  it('leaves CoreDNS to the app where there is one', () => {
    const runbook = read(renderDocuments(planOf([SMALL], [app({}, { name: 'coredns' })])), 'docs/lab/runbook.md');

    expect(runbook).not.toContain('k3s runs one coredns');
    expect(runbook).toContain('k3s runs one metrics-server');
  });

  it('forwards apps to their routes and to the Service that they name, and says who else may reach it', () => {
    const route = { subdomain: 'a', service: 'web', port: 80, byDefault: false };
    const forward = { service: 'api', port: 11434, note: 'Nobody else may.' };

    const runbook = read(
      renderDocuments(planOf([SMALL], [app({}, { name: 'b', forward }), app({}, { name: 'a', route })])),
      'docs/lab/runbook.md',
    );

    expect(runbook).toContain('kubectl --namespace demo port-forward service/web 8080:80');
    expect(runbook).toContain('kubectl --namespace demo port-forward service/api 11434:11434\n```\n\nNobody else may.');
  });

  it('renews the certificates of workers, too', () => {
    const runbook = read(renderDocuments(planOf([SMALL])), 'docs/lab/runbook.md');

    expect(runbook).toContain('"sudo systemctl restart k3s && sudo k3s certificate check"');
    expect(runbook).toContain('"sudo systemctl restart k3s-agent && sudo k3s certificate check"');
  });

  it('says of placement rules before it says to apply', () => {
    const readme = readmeOf(SMALL);

    const rules = readme.indexOf('VM placement rules');

    expect(rules).toBeGreaterThan(readme.indexOf('### 6. Cluster'));
    expect(rules).toBeLessThan(readme.indexOf('terraform -chdir=terraform/lab/cluster apply'));
  });

  it.each(examples)('%s: names the marker and the first boot as the scripts on the nodes do', (_, plan) => {
    const tree = renderRepository(plan);
    for (const { name, environment } of plan.environments) {
      const runbook = read([...tree.values()], `docs/${name}/runbook.md`);
      const nodes = [...tree.values()]
        .filter(({ path }) => path.startsWith(`terraform/${name}/cluster/`) && path.endsWith('.tf'))
        .map(({ content }) => content)
        .join('\n');
      const setting = (key: string) => new RegExp(`\\b${key} += "([^"]*)"`).exec(nodes)?.[1];

      if (environment.availability === 'high')
        expect(runbook).toContain(`annotate helmchart ${setting('FIRST_BOOT_CHARTS')} --overwrite`);
      if (environment.cluster.etcdBackup !== undefined)
        expect(runbook).toContain(`\`rootstock/${setting('ETCD_FOLDER')}/initialized\``);
      if (environment.availability === 'high')
        for (const waited of setting('FIRST_BOOT_APPLICATIONS')?.split(' ') ?? [])
          expect(runbook).toMatch(new RegExp(`^The loop ends.*\`${waited}\``, 'm'));
      expect(setting('FIRST_BOOT_CHARTS')).toContain('argocd');
    }
  });

  it.each([
    ['deployKey', 'sshPrivateKey: .argocd_ssh_private_key'],
    ['token', 'username: .argocd_repository_username, password: .argocd_repository_password'],
    ['githubApp', 'githubAppEnterpriseBaseUrl: "https://git.example.com/api/v3"'],
  ])('finishes a first boot by hand with the credential of %s', (access, expected) => {
    const repository = { url: 'https://git.example.com/a/b.git', access };

    const runbook = read(renderDocuments(planOf([{ ...HIGH, repository }])), 'docs/lab/runbook.md');

    expect(runbook).toContain(expected);
    expect(runbook).toContain('terraform/lab/cluster/files/first-boot; do sleep 15; done');
  });

  it('gives the jobs of a first boot by hand the trust that the seed would have given them', () => {
    const runbook = read(
      renderDocuments(planOf([{ ...HIGH, egress: { caBundle: EXAMPLE_CA } }])),
      'docs/lab/runbook.md',
    );

    expect(runbook).toMatch(
      /\$NODE" cat \/etc\/ssl\/certs\/ca-certificates\.crt \|\n {2}kubectl create configmap node-trust --namespace kube-system/,
    );
  });

  it('says what to register where people sign in, and nothing where they do not', () => {
    const oidc = { issuer: 'https://login.example.com', clientId: 'ai' };
    const signOn = { clientId: 'ai', redirectUris: ['https://demo.example.com/callback'] };

    const [without, signed] = [{}, { auth: { oidc } }].map((auth) =>
      read(
        renderDocuments(planOf([{ ...SMALL, ...auth }], [app('auth' in auth ? { signOn } : {})])),
        'docs/lab/runbook.md',
      ),
    );

    expect(without).not.toContain('Single sign-on');
    expect(signed).toMatch(/People sign in at `https:\/\/login\.example\.com`\./);
    expect(signed).toMatch(/\| Demo +\| `ai` +\| `https:\/\/demo\.example\.com\/callback` \|/);
  });

  it('says which way each host is reached behind a proxy', () => {
    const proxy = { url: 'http://proxy.example.com:3128', noProxy: ['.corp.example.com'] };
    const environment = { ...SMALL, egress: { proxy, pullSecrets: ['login'], registryMirrors: {} } };

    const [direct, proxied] = [SMALL, environment].map((one) =>
      read(renderDocuments(planOf([one])), 'docs/lab/egress.md'),
    );

    expect(direct).not.toContain('proxy `');
    expect(direct).not.toMatch(/\| Way +\|/);
    expect(proxied).toContain('Nodes and pods send HTTP and HTTPS to the proxy `http://proxy.example.com:3128`.');
    expect(proxied).toMatch(/\| `github\.com` +\| +443 \| TCP +\| proxy +\|/);
    expect(proxied).toMatch(/\| `ntp\.ubuntu\.com` +\| +123 \| UDP +\| direct +\|/);
    expect(proxied).toContain('`.corp.example.com`');
    expect(proxied).toContain('Images are pulled with `login`');
  });

  it('starts anew where the only control node was lost during the first boot', () => {
    const runbook = read(renderDocuments(planOf([SMALL])), 'docs/lab/runbook.md');

    expect(runbook).toContain('Start anew then: nothing of value is in the cluster yet.');
    expect(runbook).not.toContain('annotate helmchart');
  });

  it('warns of replacing the only control node where nothing is backed up', () => {
    const runbook = read(renderDocuments(planOf([SMALL])), 'docs/lab/runbook.md');

    expect(runbook).toContain('**Do not replace the control node like this.**');
  });

  it('asks for a secret without showing it, and says where it belongs', () => {
    const need = { name: 'dns', namespace: 'zone', keys: [{ key: 'token', meaning: 'API token.' }], usedBy: 'Demo' };

    const secrets = read(renderDocuments(planOf([SMALL], [app({ secrets: [need] })])), 'docs/lab/secrets.md');

    expect(secrets).toContain('printf \'token: \'; IFS= read -rs value; echo; printf %s "$value" > "$folder/token"');
    expect(secrets).toContain('kubectl create secret generic dns --namespace zone --from-file "$folder"');
  });

  it.skipIf(!hasTools)('makes a key pair that openssl and jq put into the variables file', () => {
    const readme = readmeOf(SMALL, [app({}, { name: 'sealed-secrets' })]);
    const [, script = ''] = /by hand\. They print[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    mkdirSync(join(folder, 'terraform/lab/cluster'), { recursive: true });
    mkdirSync(join(folder, '.ssh'));
    writeFileSync(join(folder, '.ssh/argocd-lab'), 'key\n');

    const ran = spawnSync('bash', ['-c', script.replace('rsa:4096', 'rsa:2048')], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
      encoding: 'utf8',
    });

    const file = join(folder, 'terraform/lab/cluster/secrets.auto.tfvars.json');
    const values = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const certificate = new X509Certificate(values['sealing_certificate'] ?? '');
    expect([ran.status, ran.stdout]).toEqual([0, '']);
    expect(certificate.checkPrivateKey(createPrivateKey(values['sealing_private_key'] ?? ''))).toBe(true);
    expect(certificate.subject).toBe('CN=sealed-secret');
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3650 * 24 * 3600 * 1000);
    expect(values['sealing_private_key']).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('seals a secret beside the manifests of its app, without a cluster', () => {
    const need = { name: 'dns', namespace: 'zone', keys: [{ key: 'token', meaning: 'API token.' }], usedBy: 'Demo' };
    const apps = [app({ secrets: [need] }), app({}, { name: 'sealed-secrets' })];

    const secrets = read(renderDocuments(planOf([SMALL], apps)), 'docs/lab/secrets.md');

    const file = 'clusters/lab/manifests/demo/sealed-dns.yaml';
    expect(secrets).toContain(`kubeseal --cert "$certificate" --format yaml > ${file}.new && mv ${file}.new ${file}`);
    expect(secrets).toContain('jq --raw-output .sealing_certificate terraform/lab/cluster/secrets.auto.tfvars.json');
  });

  it('shows capacity as a table that people can add up', () => {
    const capacity = read(renderDocuments(planOf([SMALL])), 'docs/lab/capacity.md');

    expect(capacity).toMatch(/\| control +\| z4\.large +\| +1 \| +2 \| +8 \|/);
    expect(capacity).toMatch(/\| \*\*total\*\* +\| +\| +4 \| +30 \| +220 \| +1 \| +25 \| +424 \| +7 \| +3 \|/);
    expect(capacity).toContain('expect at least 3 instances more than the table says');
  });

  it('describes every environment of a repository in one README', () => {
    const second = { ...SMALL, metadata: { name: 'prod' }, network: { ...SMALL.network, cidr: '10.9.0.0/16' } };

    const readme = read(renderDocuments(planOf([SMALL, second])), 'README.md');

    expect(readme).toContain('# AI platform: lab and prod');
    expect(readme).toContain('render -e environments/lab.yaml -e environments/prod.yaml -o .');
    expect([...readme.matchAll(/^## Bring up (.*)$/gm)].map(([, name]) => name)).toEqual(['lab', 'prod']);
  });
});

/** Rows of a table whose columns do not stand below each other. */
function findRaggedTables(content: string): string[] {
  const lines = content.split('\n');
  return lines.filter((line, index) => {
    const above = lines[index - 1] ?? '';
    return line.startsWith('|') && above.startsWith('|') && line.length !== above.length;
  });
}

/** Headings that are followed by a heading of the same or a higher level, or by nothing. */
function findEmptySections(content: string): string[] {
  const lines = content.split('\n').filter((line) => line !== '');
  let fenced = false;
  return lines.filter((line, index) => {
    if (line.startsWith('```')) fenced = !fenced;
    const level = /^(#+) /.exec(line)?.[1]?.length;
    if (fenced || level === undefined) return false;
    const next = lines[index + 1];
    const nextLevel = /^(#+) /.exec(next ?? '#')?.[1]?.length ?? (next === undefined ? 1 : undefined);
    return nextLevel !== undefined && nextLevel <= level;
  });
}
