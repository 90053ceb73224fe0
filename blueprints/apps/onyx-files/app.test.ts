import { describe, expect, it } from 'vitest';
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import { BACKUP_STORAGE, OBJECT_STORAGE } from '../../../generator/core/data-services.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

const BUCKETS = {
  objectStorage: { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'files', region: 'here' },
  backup: { bucket: 'copies', region: 'eu-central-1', retentionDays: 5 },
};

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: PlainMap }[];
}

function render(overrides: PlainMap = {}, inputs: PlainMap = {}) {
  const environment = 'zcompute-single';
  const { app } = renderCase('onyx-files', {
    name: 'case',
    environment,
    overrides: { ...BUCKETS, ...overrides },
    inputs,
  });
  const manifests = new Map(
    (app.plan.manifests ?? []).map(({ file, object }) => [file, stripProvenance(object).plain as PlainMap]),
  );
  return { app, plan: app.plan, manifests, variables: variablesOf(containerOf(manifests.get('restore'))) };
}

function containerOf(job: PlainMap | undefined): Container {
  const { spec } = job as unknown as { spec: { template: { spec: { containers: Container[] } } } };
  return spec.template.spec.containers[0]!;
}

function variablesOf({ env }: Container): Record<string, string> {
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => {
      const secret = valueFrom?.['secretKeyRef'] as PlainMap | undefined;
      return [name, value ?? `${secret?.['name']}/${secret?.['key']}`];
    }),
  );
}

describe('blueprints/apps/onyx-files/app.ts', () => {
  it('knows both buckets, with keys from their Secrets only', () => {
    const { variables } = render();

    expect(variables).toMatchObject({
      SOURCE: 'files:files',
      RCLONE_CONFIG_FILES_ENDPOINT: 'https://s3.example.com',
      RCLONE_CONFIG_FILES_FORCE_PATH_STYLE: 'true',
      RCLONE_CONFIG_FILES_SECRET_ACCESS_KEY: `${OBJECT_STORAGE.secret.name}/${OBJECT_STORAGE.secret.secretKey}`,
      COPIES: 'backup:copies/lab/files',
      RCLONE_CONFIG_BACKUP_PROVIDER: 'AWS',
      RCLONE_CONFIG_BACKUP_ACCESS_KEY_ID: `${BACKUP_STORAGE.secret.name}/${BACKUP_STORAGE.secret.accessKey}`,
      RETENTION_DAYS: '5',
    });
  });

  it('copies from the store in the cluster, whose keys it leaves to that store', () => {
    const { app, variables, plan } = render({
      objectStorage: { kind: 'in-cluster', bucket: null, endpoint: null, region: null },
    });

    expect([app.hard, app.soft]).toEqual([[], ['seaweedfs']]);
    expect(variables).toMatchObject({
      SOURCE: `files:${OBJECT_STORAGE.bucket}`,
      RCLONE_CONFIG_FILES_ENDPOINT: `http://${OBJECT_STORAGE.host}:${OBJECT_STORAGE.port}`,
      RCLONE_CONFIG_FILES_PROVIDER: 'SeaweedFS',
    });
    expect(plan.secrets?.map(({ name }) => name)).toEqual([BACKUP_STORAGE.secret.name]);
    expect(plan.egress?.map(({ host }) => host)).toEqual(['registry-1.docker.io', 's3.eu-central-1.amazonaws.com']);
  });

  it.each([
    [
      'of the store in the cluster, which a sync makes',
      { kind: 'in-cluster', bucket: null, endpoint: null, region: null },
      true,
    ],
    ['outside', BUCKETS.objectStorage, false],
  ])('tells how to fill a new bucket %s', (_title, objectStorage, makesBucket) => {
    const told = render({ objectStorage }).plan.recovery ?? [];

    const sync = told.indexOf(formatSync('seaweedfs'));
    expect(sync !== -1).toBe(makesBucket);
    expect(told.findIndex((line) => line.includes('delete job'))).toBeGreaterThan(sync);
  });

  it('copies when the file says so, and never twice at the same time', () => {
    const { manifests } = render({}, { schedule: '0 * * * *' });

    expect(manifests.get('backup')).toMatchObject({
      kind: 'CronJob',
      spec: { schedule: '0 * * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' },
    });
  });

  it('restores into a new bucket without keeping a sync waiting, and by hand from a CronJob that never runs by itself', () => {
    const { app, manifests } = render();

    expect(app.blueprint.lastWave).toBe(true);
    expect(manifests.get('restore')).toMatchObject({
      kind: 'Job',
      metadata: { name: expect.stringMatching(/^onyx-files-restore-[0-9a-f]{8}$/) },
      spec: { backoffLimit: 1000 },
    });
    expect(manifests.get('restore')?.['spec']).not.toHaveProperty('activeDeadlineSeconds');
    expect(containerOf(manifests.get('restore')).command).toEqual(['/bin/sh', '/scripts/restore-files.sh']);
    expect(manifests.get('restore-by-hand')).toMatchObject({ spec: { suspend: true } });
  });

  it.each<[string, PlainMap, PlainMap]>([
    ['days to keep copies', { backup: { ...BUCKETS.backup, retentionDays: 6 } }, {}],
    ['a proxy', { egress: { proxy: { url: 'http://proxy.example.com:3128' } } }, {}],
    ['memory', {}, { memoryMiB: 1024 }],
  ])('names the restore after its pods, which cannot be changed: %s', (_, overrides, inputs) => {
    const nameOf = (job: PlainMap | undefined) => (job?.['metadata'] as PlainMap | undefined)?.['name'];

    const [before, again, after] = [render(), render(), render(overrides, inputs)].map(({ manifests }) =>
      nameOf(manifests.get('restore')),
    );

    expect(again).toBe(before);
    expect(after).not.toBe(before);
  });

  it('goes out as the environment does', () => {
    const { variables, manifests } = render({ egress: { proxy: { url: 'http://proxy.example.com:3128' } } });

    expect(variables['HTTPS_PROXY']).toBe('http://proxy.example.com:3128');
    expect([...manifests.keys()].sort()).toEqual(['backup', 'restore', 'restore-by-hand', 'scripts']);
  });
});
