import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import type { Manifest } from '../../../generator/core/blueprint.ts';
import { OPENSEARCH } from '../../../generator/core/data-services.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { type RenderedCase, renderCase } from '../../../generator/testing/app-cases.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';

const BACKUP = { endpoint: 'https://s3.example.com:9000', bucket: 'copies' };

interface JobWithPods {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
      };
    };
  };
}

/** Without a backup, unless the test has one. */
function render(environment: string, overrides: PlainMap = {}, inputs: PlainMap = {}): RenderedCase {
  return renderCase('opensearch', { name: 'case', environment, overrides: { backup: null, ...overrides }, inputs });
}

function valuesOf({ app }: RenderedCase): PlainMap {
  return stripProvenance(app.plan.values ?? {}).plain as PlainMap;
}

function manifestsOf({ app }: RenderedCase): PlainMap[] {
  return (app.plan.manifests ?? []).map(({ object }: Manifest) => stripProvenance(object).plain as PlainMap);
}

function settingsOf(rendered: RenderedCase): PlainMap {
  const { config } = valuesOf(rendered) as { readonly config: PlainMap };
  return parse(String(config['opensearch.yml'])) as PlainMap;
}

describe('blueprints/apps/opensearch/app.ts', () => {
  it.each([
    ['one node', 'zcompute-single', 1, undefined, undefined],
    ['three nodes on hosts of their own', 'zcompute-high-wildcard', 3, 'hard', 1],
    ['three nodes over zones', 'aws-high', 3, 'hard', 2],
  ])('runs %s (%s)', (_title, environment, replicas, antiAffinity, spreads) => {
    const rendered = render(environment);

    const values = valuesOf(rendered);
    expect([values['replicas'], values['antiAffinity']]).toEqual([replicas, antiAffinity]);
    expect((values['topologySpreadConstraints'] as unknown[] | undefined)?.length).toBe(spreads);
    expect(values['singleNode']).toBeUndefined();
    expect(rendered.app.plan.workloads).toMatchObject([
      { replicas, hasBudget: replicas > 1 },
      { name: 'onyx-search-copies', kind: 'Job' },
    ]);
  });

  it('answers under the name that Onyx looks for', () => {
    expect(valuesOf(render('zcompute-single'))).toMatchObject({
      masterService: OPENSEARCH.service,
      fullnameOverride: OPENSEARCH.service,
    });
  });

  it('installs no demo configuration and knows nodes by a certificate of its own', () => {
    const rendered = render('zcompute-single');

    expect(valuesOf(rendered)['extraEnvs']).toContainEqual({ name: 'DISABLE_INSTALL_DEMO_CONFIG', value: 'true' });
    expect(settingsOf(rendered)).toMatchObject({
      'plugins.security.nodes_dn': ['CN=onyx-search-node'],
      'plugins.security.ssl.http.enabled': true,
      'plugins.security.ssl.transport.pemkey_filepath': 'certs/tls.key',
    });
    const certificate = manifestsOf(rendered).find(
      ({ kind, metadata }) => kind === 'Certificate' && (metadata as PlainMap)['name'] === OPENSEARCH.tls.secret,
    );
    expect(certificate).toMatchObject({
      spec: {
        commonName: 'onyx-search-node',
        privateKey: { encoding: 'PKCS8' },
        dnsNames: expect.arrayContaining([OPENSEARCH.service, OPENSEARCH.host]),
      },
    });
  });

  it('takes the password from the Secret and from nowhere else', () => {
    const rendered = render('zcompute-single');

    const users = manifestsOf(rendered).find(({ metadata }) => (metadata as PlainMap)['name'] === 'onyx-search-users');
    expect(parse((users!['data'] as Record<string, string>)['internal_users.yml']!)).toEqual({
      _meta: { type: 'internalusers', config_version: 2 },
      admin: {
        hash: ['$', '{envbc.ADMIN_PASSWORD}'].join(''),
        reserved: true,
        backend_roles: ['admin'],
        description: 'Onyx and administrators',
      },
    });
    expect(valuesOf(rendered)['extraEnvs']).toContainEqual({
      name: 'ADMIN_PASSWORD',
      valueFrom: { secretKeyRef: { name: OPENSEARCH.secret.name, key: OPENSEARCH.secret.password } },
    });
    expect(rendered.app.plan.secrets).toMatchObject([
      {
        name: OPENSEARCH.secret.name,
        keys: [{ make: { kind: 'text', text: 'admin' } }, { make: { kind: 'strong-password' } }],
      },
    ]);
  });

  it('has twice the heap as memory, in the values and in the capacity', () => {
    const rendered = render('zcompute-single', {}, { heapGiB: 6 });

    expect(valuesOf(rendered)).toMatchObject({
      opensearchJavaOpts: '-Xms6g -Xmx6g',
      resources: { requests: { memory: '12Gi' }, limits: { memory: '12Gi' } },
    });
    expect(rendered.app.plan.workloads).toMatchObject([{ requests: { memoryMiB: 12288 } }, {}]);
  });

  it('knows no S3 without a backup, because nodes without the plugin refuse such settings', () => {
    const rendered = render('zcompute-single');

    expect(Object.keys(settingsOf(rendered)).filter((name) => name.startsWith('s3.'))).toEqual([]);
    expect(valuesOf(rendered)).not.toHaveProperty('keystore');
    const files = manifestsOf(rendered).flatMap(({ data }) => Object.keys((data ?? {}) as PlainMap));
    expect(files).toEqual(['set-up-search.sh', 'internal_users.yml']);
    expect(rendered.app.plan.stores?.[0]?.losing).toContain('no snapshots');
  });

  it('writes snapshots into the folder of the environment, with keys in the names of the keystore', () => {
    const rendered = render('zcompute-single', { backup: BACKUP });

    expect(settingsOf(rendered)).toMatchObject({
      's3.client.default.endpoint': 's3.example.com:9000',
      's3.client.default.path_style_access': true,
      's3.client.default.protocol': 'https',
    });
    expect(rendered.app.plan.secrets?.map(({ name, keys }) => [name, ...keys.map(({ key }) => key)])).toEqual([
      ['onyx-search-admin', 'opensearch_admin_username', 'opensearch_admin_password'],
      ['backup-storage', 'ACCESS_KEY_ID', 'ACCESS_SECRET_KEY'],
      ['onyx-search-snapshots', 's3.client.default.access_key', 's3.client.default.secret_key'],
    ]);
    expect(rendered.app.plan.egress?.map(({ host, port }) => `${host}:${port}`)).toEqual([
      'registry-1.docker.io:443',
      'registry-1.docker.io:443',
      's3.example.com:9000',
      'artifacts.opensearch.org:443',
    ]);
  });

  it.each([
    ['with snapshots', { backup: BACKUP }, 'onyx-search-snapshots', 'backup'],
    ['without a backup', {}, 'onyx-search-copies', undefined],
  ])('runs the Job of the copies at each sync, after the nodes, %s', (_title, overrides, name, repository) => {
    const rendered = render('zcompute-high-wildcard', overrides);

    const job = manifestsOf(rendered).find(({ kind }) => kind === 'Job');
    const env = (job as unknown as JobWithPods).spec.template.spec.containers[0]!.env;
    expect(env.find((variable) => variable.name === 'REPLICAS')?.value).toBe('1');
    expect(env.find((variable) => variable.name === 'REPOSITORY')?.value).toBe(repository);
    expect(rendered.app.plan.workloads?.map((workload) => workload.name)).toContain(name);
    expect(rendered.app.plan.recovery?.join('\n')).toContain(`the Job \`${name}\` gives each index the copies`);
    expect(job).toMatchObject({
      metadata: {
        name,
        annotations: {
          'argocd.argoproj.io/hook': 'Sync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
          'argocd.argoproj.io/sync-wave': '1',
        },
      },
    });
  });

  it('is ready once it has joined and knows its users, which takes no login; not once all copies are back', () => {
    expect(valuesOf(render('zcompute-high-wildcard'))['readinessProbe']).toMatchObject({
      tcpSocket: null,
      httpGet: { path: '/_plugins/_security/health', port: 'http', scheme: 'HTTPS' },
    });
  });

  it('tells how to start again what Argo CD has given up, where something waits for a backup', () => {
    const told = (overrides: PlainMap) => render('zcompute-single', overrides).app.plan.recovery?.join('\n') ?? '';

    expect(told({ backup: BACKUP })).toContain('cronjob/argo-cd-resume');
    expect(told({})).not.toContain('cronjob/argo-cd-resume');
  });

  it('restores by hand only while neither Argo CD nor Onyx can make an index', () => {
    const told = render('zcompute-single', { backup: BACKUP }).app.plan.recovery?.join('\n') ?? '';

    const steps = [
      'SNAPSHOT=',
      'scale statefulset argocd-application-controller --replicas=0',
      'scale deployment --selector app.kubernetes.io/instance=onyx --replicas=0',
      '--request DELETE',
      '/_restore',
      'scale statefulset argocd-application-controller --replicas=1',
    ].map((step) => told.indexOf(step));
    expect(steps).toEqual(steps.toSorted((left, right) => left - right));
    expect(steps).not.toContain(-1);
  });

  it.each([
    ['with snapshots', { backup: BACKUP }],
    ['without a backup', {}],
  ])('tells how its Job runs where nothing in Git has changed, %s', (_title, overrides) => {
    const { plan } = render('zcompute-single', overrides).app;

    expect(plan.recovery).toContain(formatSync('opensearch'));
    expect(plan.stores?.[0]?.losing).not.toContain('an empty cluster restores');
  });

  it('fetches no plugin for an image that has it', () => {
    const image = 'registry.example.com:5000/search:3.6.0';

    const rendered = render('zcompute-single', { backup: BACKUP }, { image });

    expect(valuesOf(rendered)).not.toHaveProperty('extraInitContainers');
    expect(valuesOf(rendered)['image']).toEqual({ repository: 'registry.example.com:5000/search', tag: '3.6.0' });
    expect(rendered.app.plan.egress?.map(({ host, port }) => `${host}:${port}`)).toEqual([
      'registry.example.com:5000',
      'registry-1.docker.io:443',
      's3.example.com:9000',
    ]);
  });

  it.each([
    ['through the proxy', [], 'proxy.example.com'],
    ['directly, where the file says so', ['.example.com'], undefined],
  ])('writes snapshots %s', (_title, noProxy, host) => {
    const egress = { proxy: { url: 'http://proxy.example.com:3128', noProxy } };

    const rendered = render('zcompute-single', { backup: BACKUP, egress });

    expect(settingsOf(rendered)['s3.client.default.proxy.host']).toBe(host);
    const [installer] = valuesOf(rendered)['extraInitContainers'] as PlainMap[];
    expect(installer!['env']).toContainEqual({
      name: 'OPENSEARCH_JAVA_OPTS',
      value: '-Dhttps.proxyHost=proxy.example.com -Dhttps.proxyPort=3128',
    });
  });

  it('trusts the CAs of the company, for the plugin as for the store', () => {
    const rendered = render('zcompute-single', { backup: BACKUP, egress: { caBundle: EXAMPLE_CA } });

    const trustStore = '-Djavax.net.ssl.trustStore=/usr/share/opensearch/config/trust/cacerts';
    const [trust, installer] = valuesOf(rendered)['extraInitContainers'] as PlainMap[];
    expect(valuesOf(rendered)['opensearchJavaOpts']).toContain(`-Xmx4g ${trustStore}`);
    expect([trust?.['name'], installer?.['name']]).toEqual(['trust-ca', 'install-plugin']);
    expect(installer?.['env']).toContainEqual({
      name: 'OPENSEARCH_JAVA_OPTS',
      value: expect.stringContaining(trustStore),
    });
    expect(valuesOf(rendered)['extraVolumeMounts']).toContainEqual({
      name: 'trust',
      mountPath: '/usr/share/opensearch/config/trust',
      readOnly: true,
    });
    expect(JSON.stringify(manifestsOf(rendered))).toContain('MIIBrjCCAVOgAwIBAgIUfFCO');
  });

  it('lets the file add settings and change ours', () => {
    const settings = { 'http.max_content_length': '200mb', 'plugins.security.restapi.roles_enabled': 'all_access' };

    expect(settingsOf(render('zcompute-single', {}, { settings }))).toMatchObject(settings);
  });
});
