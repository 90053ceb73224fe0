import { describe, expect, it } from 'vitest';
import { stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/argo-cd/app.ts', () => {
  it('waits for a whole bring-up and compares on the server', () => {
    const values = valuesOf({});

    expect(values).toMatchObject({
      configs: {
        params: {
          'controller.diff.server.side': 'true',
          'controller.sync.timeout.seconds': '7200',
          'server.insecure': 'true',
        },
      },
    });
  });

  it('brings its own health check of Applications, without which no wave waits', () => {
    const values = valuesOf({});

    const check = path(values, ['configs', 'cm', 'resource.customizations.health.argoproj.io_Application']);
    expect(check).toContain('return verdict("Progressing", "never synced")');
  });

  it('stays off control nodes, whose instance profile may do everything', () => {
    const values = valuesOf({});

    expect(path(values, ['global', 'tolerations'])).toBeUndefined();
  });

  it('keeps one of two servers and repo-servers through a drain, on nodes of their own, if availability is high', () => {
    const values = valuesOf(HIGH);

    for (const component of ['server', 'repoServer'])
      expect(path(values, [component])).toMatchObject({
        replicas: 2,
        pdb: { enabled: true, minAvailable: 1 },
        topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
      });
    expect(path(values, ['controller', 'replicas'])).toBe(1);
  });

  it('has one of each and no budget, which would block every drain, if availability is single', () => {
    const values = valuesOf({});

    for (const component of ['server', 'repoServer']) {
      expect(path(values, [component, 'replicas'])).toBe(1);
      expect(path(values, [component, 'pdb'])).toBeUndefined();
      expect(path(values, [component, 'topologySpreadConstraints'])).toBeUndefined();
    }
  });

  it('names what stays single in high availability', () => {
    const exceptions = planned(HIGH).exceptions ?? [];

    expect(exceptions.map(({ what }) => what).join()).toMatch(/application controller.*Redis/);
  });

  it('is reached at its own name with a TLS entry for the default certificate', () => {
    const values = valuesOf({ ingress: { domain: 'ai.example.com', expose: ['argo-cd'] } });

    expect(path(values, ['global', 'domain'])).toBe('argocd.ai.example.com');
    expect(path(values, ['server', 'ingress'])).toEqual({
      enabled: true,
      ingressClassName: 'traefik',
      hostname: 'argocd.ai.example.com',
      extraTls: [{ hosts: ['argocd.ai.example.com'] }],
    });
  });

  it('is not exposed unless the environment says so', () => {
    const values = valuesOf({ ingress: { domain: 'ai.example.com' } });

    expect(path(values, ['server', 'ingress'])).toBeUndefined();
    expect(path(values, ['global', 'domain'])).toBe('argocd.invalid');
  });

  it('knows what GitHub sends by a secret that is sealed elsewhere, if a webhook is wanted', () => {
    const inputs = { apps: { 'argo-cd': { webhook: true } } };
    const { secrets } = planned(inputs);
    const values = valuesOf(inputs);

    expect(path(values, ['configs', 'secret'])).toEqual({ githubSecret: '$argocd-webhook:github' });
    expect(secrets).toMatchObject([
      { name: 'argocd-webhook', namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
    ]);
    expect(path(valuesOf({}), ['configs', 'secret'])).toBeUndefined();
  });

  it('adds the host keys of a Git server of one’s own, sorted', () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB';

    const values = valuesOf({
      apps: { 'argo-cd': { knownHosts: [`git.b ssh-ed25519 ${key}`, `git.a ssh-ed25519 ${key}`] } },
    });

    expect(path(values, ['configs', 'ssh', 'extraHosts'])).toBe(`git.a ssh-ed25519 ${key}\ngit.b ssh-ed25519 ${key}\n`);
  });
});

const HIGH = {
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

function planned(changes: object) {
  const [only] = planOne({ ...SMALL, ...changes }, [app]).apps;
  if (only === undefined) throw new Error('argo-cd was not planned');
  return only.plan;
}

function valuesOf(changes: object): YamlMap {
  return stripProvenance(planned(changes).values ?? {}).plain as YamlMap;
}

function path(values: unknown, keys: readonly string[]): unknown {
  return keys.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], values);
}
