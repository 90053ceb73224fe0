import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/sealed-secrets/app.ts', () => {
  it('is where kubeseal looks for it', () => {
    expect(planApp('zcompute-single').values['fullnameOverride']).toBe('sealed-secrets-controller');
    expect(app.namespace).toEqual({ name: 'kube-system' });
  });

  it('never makes a key of its own', () => {
    // A number would be written without quotes, and an empty text means thirty days.
    expect(planApp('zcompute-single').values['keyrenewperiod']).toBe('0');
  });

  it('runs on control nodes, since it may read every Secret', () => {
    expect(planApp('zcompute-single').values).toMatchObject({
      nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    });
  });

  it('lets no account of the cluster through to the controller', () => {
    expect(planApp('zcompute-single').values['rbac']).toEqual({ serviceProxier: { create: false } });
  });

  it.each(['zcompute-single', 'aws-high'])(
    'says that it has one replica, and has no budget that would block (%s)',
    (example) => {
      const { workloads, exceptions, values } = planApp(example);

      expect(workloads.map(({ name, replicas, hasBudget }) => [name, replicas, hasBudget])).toEqual([
        ['sealed-secrets-controller', 1, false],
      ]);
      expect(values).not.toHaveProperty('pdb');
      expect(exceptions.map(({ what }) => what)).toEqual([
        'The controller of Sealed Secrets has one replica: its chart knows no other number.',
      ]);
    },
  );
});

function planApp(example: string) {
  const environment = parse(environmentText({ apps: null }, example)) as object;
  const { values = {}, workloads = [], exceptions = [] } = planOne(environment, [app]).apps[0]!.plan;
  return { values: stripProvenance(values).plain as PlainMap, workloads, exceptions };
}
