import { describe, expect, it } from 'vitest';
import { catalog, listCatalogFacts, listInputSchemas } from '../../../generator/catalog/catalog.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import { stripProvenance } from '../../../generator/core/provenance.ts';
import { parseEnvironments } from '../../../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../../../generator/environment/schema/environment-schema.ts';
import type { PlannedApp } from '../../../generator/plan/plan.ts';
import { planRepository } from '../../../generator/plan/plan-repository.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf, requireValue } from '../../../generator/testing/plan-of.ts';

const OIDC = { issuer: 'https://login.example.com/realms/acme', clientId: 'platform', adminGroup: "the 'admins'" };

function monitoringOf(changes: PlainMap = {}, example = 'zcompute-high-wildcard'): PlannedApp {
  const app = planOf(environmentText(changes, example)).apps.find(({ blueprint }) => blueprint.name === 'monitoring');
  if (app === undefined) throw new Error('monitoring is not there');
  return app;
}

function valuesOf(changes: PlainMap = {}, example?: string): PlainMap {
  return stripProvenance(monitoringOf(changes, example).plan.values ?? {}).plain as PlainMap;
}

/** Plain objects by the names of their files. */
function manifestsOf(changes: PlainMap = {}, example?: string): ReadonlyMap<string, PlainMap> {
  const { manifests = [] } = monitoringOf(changes, example).plan;
  return new Map(manifests.map(({ file, object }) => [file, stripProvenance(object).plain as PlainMap]));
}

/** Code, key, message and hint of what planning refuses. */
function problemsOf(changes: PlainMap): readonly (readonly (string | undefined)[])[] {
  const texts = [{ file: 'environment.yaml', text: environmentText(changes, 'zcompute-high-wildcard') }];
  const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  const { problems } = planRepository(requireValue(parsed), catalog);
  return problems
    .filter(({ severity, key }) => severity === 'error' && key?.startsWith('apps.monitoring') === true)
    .map(({ code, key, message, hint }) => [code, key, message, hint]);
}

function receivers(...list: readonly PlainMap[]): PlainMap {
  return { apps: { monitoring: { receivers: [...list] } } };
}

const WEBHOOK = { name: 'desk', kind: 'webhook', host: 'desk.example.com:8443' };

describe('blueprints/apps/monitoring/app.ts', () => {
  it('is there unless the file says no', () => {
    const names = (changes: PlainMap) =>
      planOf(environmentText(changes, 'zcompute-single')).apps.map(({ blueprint }) => blueprint.name);

    expect(names({})).toContain('monitoring');
    expect(names({ apps: { monitoring: { enabled: false } } })).not.toContain('monitoring');
  });

  it('fetches nothing at run time', () => {
    const values = valuesOf() as { readonly grafana: { readonly 'grafana.ini': PlainMap } };

    expect(values).toMatchObject({
      syncJob: { enabled: false },
      defaultDashboards: { enabled: false },
      defaultRules: { enabled: false },
      grafana: { 'grafana.ini': { plugins: { preinstall_disabled: true }, analytics: { check_for_updates: false } } },
    });
  });

  it('keeps each sample twice in high, and one store in single', () => {
    const [high, single] = [valuesOf(), valuesOf({}, 'zcompute-single')];

    expect(high).toMatchObject({
      vmsingle: { enabled: false },
      vmcluster: { enabled: true, spec: { replicationFactor: 2, vmstorage: { replicaCount: 3 } } },
      vmagent: { spec: { replicaCount: 2 } },
    });
    expect(single).toMatchObject({ vmsingle: { enabled: true }, vmagent: { spec: { replicaCount: 1 } } });
    expect(single).not.toHaveProperty('vmcluster');
  });

  it('deletes what waits for the operator before the operator', () => {
    const wave = { annotations: { 'argocd.argoproj.io/sync-wave': '1' } };

    const [high, single] = [valuesOf(), valuesOf({}, 'zcompute-single')];

    expect(high).toMatchObject({ alertmanager: wave, vmagent: wave, vmalert: wave, vmcluster: wave });
    expect(single).toMatchObject({ vmsingle: wave, grafana: { ...wave, persistence: wave } });
    expect(high['victoria-metrics-operator']).not.toHaveProperty('annotations');
  });

  it('has a budget for each replicated workload, by the labels that the operator gives its pods', () => {
    const { plan } = monitoringOf();

    const budgets = [...manifestsOf()].filter(([file]) => file.endsWith('-budget')).map(([, { metadata }]) => metadata);

    const kept = (plan.workloads ?? []).filter(({ hasBudget }) => hasBudget).map(({ name }) => name);
    expect(budgets.map((metadata) => (metadata as PlainMap)['name'])).toEqual(kept);
    expect(kept).toContain('vmstorage-monitoring');
    expect(manifestsOf().get('vmagent-monitoring-budget')).toMatchObject({
      spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'vmagent', 'managed-by': 'vm-operator' } } },
    });
  });

  it.each([
    { app: 'external-dns', there: 'zcompute-high-cloudflare', away: 'zcompute-single' },
    { app: 'cluster-autoscaler', there: 'zcompute-single', away: undefined },
  ])('scrapes $app where it is', ({ app, there, away }) => {
    const scrape = `scrape-${app}`;

    expect(manifestsOf({}, there).has(scrape)).toBe(true);
    if (away !== undefined) expect(manifestsOf({}, away).has(scrape)).toBe(false);
  });

  it('speaks of GPUs only where there are some', () => {
    const none = { cluster: { nodeGroups: { gpu: null } }, apps: { ollama: null } };

    const [without, withGpus] = [manifestsOf(none, 'zcompute-single'), manifestsOf({}, 'zcompute-single')];

    expect([...withGpus.keys()]).toEqual(
      expect.arrayContaining(['dashboard-gpus', 'rules-gpus', 'scrape-dcgm-exporter']),
    );
    expect([...without.keys()].filter((file) => file.includes('gpu'))).toEqual([]);
    expect(JSON.stringify([...without.values()])).not.toContain('DCGM');
  });

  it('asks for snapshots in the bucket only where they go there', () => {
    const [without, withBucket] = [manifestsOf({}, 'zcompute-single'), manifestsOf()].map((manifests) =>
      JSON.stringify(manifests.get('rules-backups')),
    );

    expect(withBucket).toContain('bucket!=');
    expect(withBucket).toContain('EtcdSnapshotMissing');
    expect(without).not.toContain('bucket!=');
  });

  it('looks at the snapshots of OpenSearch under the names that OpenSearch has for them', () => {
    const onyx = {
      objectStorage: { kind: 's3', bucket: 'acme-files', region: 'eu-central-1' },
      backup: { bucket: 'acme-backup', region: 'eu-central-1' },
    };
    const { apps } = planOf(environmentText(onyx, 'aws-high'));

    const text = (app: string) =>
      JSON.stringify(
        (apps.find(({ blueprint }) => blueprint.name === app)?.plan.manifests ?? []).map(
          ({ object }) => stripProvenance(object).plain,
        ),
      );

    const names = (app: string) =>
      [...text(app).matchAll(/"name":"(INDICES|REPOSITORY)","value":"([^"]+)"/g)].map(String);
    const unique = (app: string) => [...new Set(names(app))].sort();
    expect(unique('monitoring')).toHaveLength(2);
    expect(unique('opensearch')).toEqual(unique('monitoring'));
    expect(text('monitoring')).toContain('PostgresBackupOld');
    expect(text('monitoring')).toContain('onyx-files-backup');
  });

  it.each([
    [
      'one node, without a backup',
      'zcompute-single',
      ['search-readable-job'],
      ['SearchUnreadable', 'SearchVolumeFull'],
    ],
    [
      'three nodes, without a backup',
      'zcompute-high-wildcard',
      ['search-all-copies-job', 'search-readable-job'],
      ['RedisWithoutMaster', 'SearchCopiesMissing', 'SearchUnreadable', 'SearchVolumeFull', 'SentinelsWithoutMajority'],
    ],
  ])('looks at the data services of Onyx, on %s', (_title, example, jobs, alerts) => {
    const changes = { backup: null, objectStorage: { kind: 's3', bucket: 'acme-files', region: 'eu-central-1' } };
    const { apps } = planOf(environmentText(changes, example));
    const { plan } = apps.find(({ blueprint }) => blueprint.name === 'monitoring')!;

    const manifests = (plan.manifests ?? []).map(({ file, object }) => ({ file, text: JSON.stringify(object) }));

    const rules = manifests.find(({ file }) => file === 'rules-data-services')?.text ?? '';
    expect(
      manifests
        .filter(({ text }) => text.includes('"CronJob"'))
        .map(({ file }) => file)
        .sort(),
    ).toEqual(jobs);
    expect([...new Set([...rules.matchAll(/"alert":"(\w+)"/g)].map(([, name]) => name))].sort()).toEqual(alerts);
    expect(plan.otherNamespaces).toContain('onyx');
    expect(manifests.find(({ file }) => file === 'rules-storage')?.text).toContain('persistentvolumeclaim!~');
  });

  it('draws dashboards that Grafana can read', () => {
    const dashboards = [...manifestsOf()].filter(([file]) => file.startsWith('dashboard-'));

    const titles = dashboards.map(([, { data }]) => {
      const [text = ''] = Object.values(data as Readonly<Record<string, string>>);
      return (JSON.parse(text) as { readonly title: string }).title;
    });

    expect(titles).toEqual(['Nodes', 'Platform', 'Workloads', 'GPUs']);
  });
});

describe('blueprints/apps/monitoring/app.ts: receivers', () => {
  it('reads what is secret from files', () => {
    const mail = {
      name: 'mail',
      kind: 'email',
      to: 'a@b.example',
      from: 'c@d.example',
      smarthost: 'mail.example.com:587',
    };

    const changes = receivers(WEBHOOK, { ...mail, username: 'alerts' }, { name: 'page', kind: 'pagerduty' });

    const { plan } = monitoringOf(changes);
    const secret = plan.secrets?.find(({ name }) => name === 'alert-receivers');
    expect(secret?.keys.map(({ key }) => key)).toEqual(['desk', 'mail', 'page']);
    expect(valuesOf(changes)).toMatchObject({
      alertmanager: {
        spec: { secrets: ['alert-receivers'] },
        config: {
          receivers: [
            { name: 'nobody' },
            { name: 'desk', webhook_configs: [{ url_file: '/etc/vm/secrets/alert-receivers/desk' }] },
            { name: 'mail', email_configs: [{ auth_password_file: '/etc/vm/secrets/alert-receivers/mail' }] },
            { name: 'page', pagerduty_configs: [{ routing_key_file: '/etc/vm/secrets/alert-receivers/page' }] },
          ],
        },
      },
    });
  });

  it('mounts no Secret where nothing is secret', () => {
    const mail = {
      name: 'mail',
      kind: 'email',
      to: 'a@b.example',
      from: 'c@d.example',
      smarthost: 'mail.example.com:587',
    };

    const { plan } = monitoringOf(receivers(mail));

    expect(plan.secrets?.map(({ name }) => name)).toEqual(['grafana-admin']);
    expect(valuesOf(receivers(mail))['alertmanager']).not.toHaveProperty('spec.secrets');
  });

  it('lists the hosts that alerts go to', () => {
    const mail = {
      name: 'mail',
      kind: 'email',
      to: 'a@b.example',
      from: 'c@d.example',
      smarthost: 'mail.example.com:587',
    };

    const { egress = [] } = monitoringOf(receivers(WEBHOOK, mail, { name: 'chat', kind: 'slack' })).plan;

    expect(egress).toEqual(
      expect.arrayContaining([
        { host: 'hooks.slack.com', port: 443, purpose: 'alerts to chat' },
        { host: 'desk.example.com', port: 8443, purpose: 'alerts to desk' },
        { host: 'mail.example.com', port: 587, purpose: 'alerts to mail' },
      ]),
    );
  });

  it('gives the heartbeat nothing but the alert that always fires, and that to nobody else', () => {
    const alive = { name: 'alive', kind: 'heartbeat', host: 'hc.example.com' };

    const { alertmanager } = valuesOf(receivers(WEBHOOK, alive)) as {
      readonly alertmanager: { readonly config: { readonly route: { readonly routes: readonly PlainMap[] } } };
    };

    expect(alertmanager.config.route.routes.map(({ receiver, matchers }) => [receiver, matchers])).toEqual([
      ['alive', ['alertname = Watchdog']],
      ['nobody', ['alertname = Watchdog']],
      ['desk', ['severity =~ "warning|critical"']],
    ]);
  });

  it.each([
    {
      name: 'a webhook without its host',
      list: [{ name: 'desk', kind: 'webhook' }],
      key: 'apps.monitoring.receivers[0]',
      says: 'the receiver desk has no host, which one of kind webhook needs.',
      hint: 'add host: hooks.example.com, which is the host of its URL',
    },
    {
      name: 'a mail address for a webhook',
      list: [{ ...WEBHOOK, to: 'a@b.example' }],
      key: 'apps.monitoring.receivers[0].to',
      says: 'a receiver of kind webhook has no use for to: a@b.example.',
      hint: 'remove to',
    },
    {
      name: 'two of one name',
      list: [WEBHOOK, { ...WEBHOOK }],
      key: 'apps.monitoring.receivers[1].name',
      says: 'two receivers are called desk.',
      hint: 'write name: desk-2',
    },
  ])('refuses $name', ({ list, key, says, hint }) => {
    const problems = problemsOf(receivers(...list));

    expect(problems).toEqual([[expect.any(String), key, expect.stringContaining(says), hint]]);
  });
});

describe('blueprints/apps/monitoring/app.ts: Grafana', () => {
  it('is called grafana where apps are exposed, and is not by default', () => {
    const [silent, named] = [valuesOf(), valuesOf({ ingress: { expose: ['grafana'] } })];

    expect(silent['grafana']).not.toHaveProperty('ingress');
    expect(named['grafana']).toMatchObject({
      ingress: { enabled: true, hosts: ['grafana.ai.example.com'], tls: [{ hosts: ['grafana.ai.example.com'] }] },
    });
  });

  it('signs people in, with the group as role and its secret from a Secret', () => {
    const changes = { ingress: { expose: ['grafana'] }, auth: { oidc: OIDC } };

    const { grafana } = valuesOf(changes);

    const role = `"groups" && contains("groups", 'the \\'admins\\'') && 'Admin' || 'Viewer'`;
    expect(grafana).toMatchObject({
      env: {
        GF_AUTH_GENERIC_OAUTH_CLIENT_ID: 'platform',
        GF_AUTH_GENERIC_OAUTH_TOKEN_URL: 'https://login.example.com/realms/acme/protocol/openid-connect/token',
        GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH: role,
      },
      envValueFrom: {
        GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: { secretKeyRef: { name: 'grafana-oidc', key: 'client-secret' } },
      },
    });
    expect(monitoringOf(changes).plan.signOn).toEqual({
      clientId: 'platform',
      redirectUris: ['https://grafana.ai.example.com/login/generic_oauth'],
    });
  });

  it('has no sign-on without a public name that the issuer could send people back to', () => {
    const { plan } = monitoringOf({ auth: { oidc: OIDC } });

    expect(plan.signOn).toBeUndefined();
    expect(plan.secrets?.map(({ name }) => name)).toEqual(['grafana-admin']);
  });

  it.each([
    ['https://acme.eu.auth0.com/', 'https://acme.eu.auth0.com/oauth/token'],
    ['https://accounts.google.com', 'https://oauth2.googleapis.com/token'],
    ['https://gitlab.com', 'https://gitlab.com/oauth/token'],
    ['https://login.microsoftonline.com/tenant/v2.0', 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token'],
    ['https://acme.okta.com', 'https://acme.okta.com/oauth2/v1/token'],
    ['https://acme.okta.com/oauth2/default', 'https://acme.okta.com/oauth2/default/v1/token'],
    ['https://sso.example.com/auth/realms/a', 'https://sso.example.com/auth/realms/a/protocol/openid-connect/token'],
  ])('knows the endpoints of %s', (issuer, token) => {
    const { grafana } = valuesOf({ ingress: { expose: ['grafana'] }, auth: { oidc: { ...OIDC, issuer } } });

    expect(grafana).toHaveProperty('env.GF_AUTH_GENERIC_OAUTH_TOKEN_URL', token);
  });

  it('asks for the endpoints of an issuer that it does not know', () => {
    const oidc = { ...OIDC, issuer: 'https://dex.example.com' };
    const changes = { ingress: { expose: ['grafana'] }, auth: { oidc } };
    const oidcEndpoints = { authorization: 'https://dex.example.com/auth', token: 'https://dex.example.com/token' };

    expect(problemsOf(changes)).toEqual([
      [
        expect.any(String),
        'apps.monitoring.oidcEndpoints',
        expect.stringContaining('the endpoints of https://dex.example.com are not known'),
        'add oidcEndpoints with authorization, token and userinfo from /.well-known/openid-configuration of the issuer',
      ],
    ]);
    expect(problemsOf({ ...changes, apps: { monitoring: { oidcEndpoints } } })).toHaveLength(1);
    const all = { ...oidcEndpoints, userinfo: 'https://dex.example.com/userinfo' };
    expect(problemsOf({ ...changes, apps: { monitoring: { oidcEndpoints: all } } })).toEqual([]);
  });

  it('refuses endpoints that nobody uses', () => {
    const oidcEndpoints = { token: 'https://dex.example.com/token' };

    const problems = problemsOf({ apps: { monitoring: { oidcEndpoints } } });

    expect(problems).toEqual([
      [
        expect.any(String),
        'apps.monitoring.oidcEndpoints',
        expect.stringContaining('there is no auth.oidc'),
        'remove it, or add auth.oidc',
      ],
    ]);
  });
});

describe('blueprints/apps/monitoring/app.ts: the way out', () => {
  it('takes the proxy, the CAs and the pull secrets along', () => {
    const egress = {
      proxy: { url: 'http://proxy.example.com:3128' },
      caBundle: EXAMPLE_CA,
      pullSecrets: ['registry-login'],
    };

    const values = valuesOf({ egress, ...receivers(WEBHOOK) });

    const alertmanager = values['alertmanager'] as { readonly spec: { readonly extraEnvs: readonly PlainMap[] } };
    expect(values).toMatchObject({
      alertmanager: { config: { global: { http_config: { proxy_from_environment: true } } } },
      grafana: { env: { HTTPS_PROXY: 'http://proxy.example.com:3128' }, image: { pullSecrets: ['registry-login'] } },
      'kube-state-metrics': { imagePullSecrets: [{ name: 'registry-login' }] },
      vmagent: { spec: { imagePullSecrets: [{ name: 'registry-login' }] } },
    });
    expect(alertmanager.spec.extraEnvs.map(({ name }) => name)).toEqual([
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'NO_PROXY',
      'SSL_CERT_DIR',
    ]);
  });
});
