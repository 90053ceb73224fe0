import { describe, expect, it } from 'vitest';
import { stripProvenance } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf } from '../../../generator/testing/plan-of.ts';

const NAME = 'aws-load-balancer-controller';

function plan(example: string, changes: object = {}) {
  return planOf(environmentText({ apps: { [NAME]: { enabled: true } }, ...changes }, example));
}

function find(example: string, changes: object = {}) {
  return plan(example, changes).apps.find(({ blueprint }) => blueprint.name === NAME);
}

const valuesOf = (example: string, changes: object = {}) =>
  stripProvenance(find(example, changes)?.plan.values ?? {}).plain as Readonly<Record<string, unknown>>;

describe('blueprints/apps/aws-load-balancer-controller/app.ts', () => {
  it.each(['aws-high', 'zcompute-single'])('is not there unless asked for (%s)', (example) => {
    expect(find(example, { apps: null })).toBeUndefined();
  });

  it.each([
    ['aws-high', '3.5.0', 'v3.5.0'],
    ['zcompute-high-wildcard', '1.8.4', 'v2.8.3'],
  ])('%s gets chart %s', (example, version, appVersion) => {
    expect(find(example)?.blueprint.chart).toMatchObject({ name: NAME, version, appVersion });
  });

  it.each(['aws-high', 'zcompute-single'])(
    'takes over neither Services nor the default class of Ingresses (%s)',
    (example) => {
      expect(valuesOf(example)).toMatchObject({
        enableCertManager: true,
        enableServiceMutatorWebhook: false,
        ingressClassConfig: { default: false },
      });
    },
  );

  it('does not stand between Traefik and its Ingresses on AWS', () => {
    expect(valuesOf('aws-high')).toMatchObject({ webhookConfig: { disableIngressValidation: true } });
    expect(find('aws-high')?.plan.exceptions).toEqual([]);
  });

  it('says that it does on zCompute, whose version has no switch for it', () => {
    expect(valuesOf('zcompute-single')).not.toHaveProperty('webhookConfig');
    expect(find('zcompute-single')?.plan.exceptions).toMatchObject([
      { what: expect.stringContaining('every Ingress') },
    ]);
  });

  it('asks the API of the site on zCompute, by the names that v2.8 knows services by', () => {
    const site = 'https://compute.example.com/api/v2/aws';

    const values = valuesOf('zcompute-single', { platform: { endpoint: 'https://compute.example.com/' } });

    expect(values['awsApiEndpoints']).toBe(
      `acm=${site}/acm,ec2=${site}/ec2,elasticloadbalancing=${site}/elbv2,sts=${site}/sts`,
    );
  });

  it('waits for the CRD of certificates, and nothing waits for it', () => {
    const app = find('aws-high');

    expect(app?.hard).toEqual(['cert-manager']);
    expect(app?.blueprint.lastWave).toBe(true);
  });

  it('runs on control nodes only, two of them apart with a budget in high', () => {
    const values = valuesOf('aws-high');

    expect(values).toMatchObject({
      replicaCount: 2,
      podDisruptionBudget: { maxUnavailable: 1 },
      nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    });
    expect(values['topologySpreadConstraints']).not.toEqual([]);
  });

  it('runs once without a budget in single', () => {
    const values = valuesOf('zcompute-single');

    expect(values).toMatchObject({ replicaCount: 1 });
    expect(values).not.toHaveProperty('podDisruptionBudget');
  });
});
