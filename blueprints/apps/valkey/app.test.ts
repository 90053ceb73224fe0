import { describe, expect, it } from 'vitest';
import { REDIS } from '../../../generator/core/data-services.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

function render(environment: string, inputs: PlainMap = {}) {
  const { plan } = renderCase('valkey', { name: 'case', environment, inputs }).app;
  return { plan, values: stripProvenance(plan.values ?? {}).plain as PlainMap };
}

describe('blueprints/apps/valkey/app.ts', () => {
  it('answers under the name that Onyx looks for, with the password of the Secret', () => {
    const { values, plan } = render('zcompute-single');

    expect(values).toMatchObject({
      fullnameOverride: REDIS.service,
      auth: {
        enabled: true,
        usersExistingSecret: REDIS.secret.name,
        aclUsers: { default: { passwordKey: REDIS.secret.password } },
      },
    });
    expect(plan.secrets).toMatchObject([{ name: REDIS.secret.name, namespace: 'onyx' }]);
    expect(JSON.stringify(values)).not.toContain('"password"');
  });

  it('keeps its data on a volume that stays, and gives it to one pod at a time', () => {
    expect(render('zcompute-single').values).toMatchObject({
      deploymentStrategy: 'Recreate',
      dataStorage: { enabled: true, className: 'gp3-retain', requestedSize: '8Gi', keepPvc: true },
    });
  });

  it('has room for all its data twice, and forgets none of it', () => {
    const { values, plan } = render('zcompute-single', { memoryMiB: 2048 });

    expect(values['valkeyConfig']).toContain('maxmemory 819mb\nmaxmemory-policy noeviction\n');
    expect(values['resources']).toMatchObject({ limits: { memory: '2048Mi' } });
    expect(plan.workloads).toMatchObject([{ replicas: 1, requests: { memoryMiB: 2048 } }]);
  });

  it.each([
    ['nothing where nothing is promised', 'zcompute-single', []],
    ['itself where the rest stays up', 'aws-high', [{ what: expect.stringContaining('onyx-redis') }]],
  ])('names as an exception %s', (_title, environment, exceptions) => {
    expect(render(environment).plan.exceptions).toMatchObject(exceptions);
  });
});
