import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith } from '../../testing/argo-tree.ts';
import { app, planOf, SMALL } from '../../testing/plan-builder.ts';
import { syncWaves } from './sync-waves.ts';

const ROOT = 'clusters/lab/root.yaml';
const SHOP = 'clusters/lab/apps/shop.yaml';
const ARGO = 'clusters/lab/apps/argo-cd.yaml';
const VALUES = 'clusters/lab/values/argo-cd.yaml';

describe('generator/verify/checks/sync-waves.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(syncWaves.run(inputWith())).toEqual([]);
  });

  it.each([
    ['a number without quotes', '10', 'write "10"'],
    ['a word', 'last', 'write a whole number in quotes'],
    ['a fraction', '"1.5"', 'write a whole number in quotes'],
    ['nothing', '""', 'write "0"'],
  ])('refuses %s as a wave', (_, wave, hint) => {
    const problems = syncWaves.run(inputAfter(SHOP, 'sync-wave: "10"', `sync-wave: ${wave}`));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-220',
        place: expect.objectContaining({ file: SHOP, line: 9 }),
        message: expect.stringContaining('Application shop has the wave'),
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  it('looks at the waves of manifests too', () => {
    const file = 'clusters/lab/manifests/shop/class.yaml';

    const problems = syncWaves.run(
      inputAfter(file, 'name: fast', 'name: fast\n  annotations:\n    argocd.argoproj.io/sync-wave: -5'),
    );

    expect(problems).toEqual([expect.objectContaining({ code: 'VER-220', hint: 'write "-5"' })]);
  });

  it.each([
    ['the same wave as', '"100"'],
    ['an earlier wave than', '"120"'],
  ])('refuses %s what an app needs', (_, wave) => {
    const needs = app({}, { name: 'shop', dependencies: () => ({ hard: ['argo-cd'] }) });
    const plan = planOf([SMALL], [needs, app({}, { name: 'argo-cd' })]);
    const input = inputAfter(ARGO, 'sync-wave: "100"', `sync-wave: ${wave}`);

    const problems = syncWaves.run({ ...input, plan });

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-221',
        place: expect.objectContaining({ file: SHOP }),
        message: `shop is in wave 10 but needs argo-cd, which is in wave ${wave.replaceAll('"', '')}.`,
        hint: `write a wave above ${wave}`,
      }),
    ]);
  });

  it('accepts a later wave than what an app needs', () => {
    const needs = app({}, { name: 'argo-cd', dependencies: () => ({ hard: ['shop'] }) });
    const plan = planOf([SMALL], [needs, app({}, { name: 'shop' })]);

    expect(syncWaves.run({ ...inputWith(), plan })).toEqual([]);
  });

  it.each([
    ['no health check', 'configs: {}\n'],
    [
      'the documented health check, which opens too early',
      'configs:\n  cm:\n    resource.customizations.health.argoproj.io_Application: return obj.status.health\n',
    ],
    ['no values', undefined],
  ])('refuses waves over an Argo CD with %s', (_, values) => {
    const problems = syncWaves.run(inputWith({ [VALUES]: values }));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-222',
        place: expect.objectContaining({ file: ARGO }),
        message: expect.stringContaining('3 Applications with waves do not wait'),
        hint: expect.stringContaining('resource.customizations.health.argoproj.io_Application'),
      }),
    ]);
  });

  it('refuses a root that waits for the child that owns it', () => {
    const problems = syncWaves.run(inputAfter(ROOT, 'ignore-healthcheck: "true"', 'ignore-healthcheck: "false"'));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-223',
        place: expect.objectContaining({ file: ROOT }),
        message: 'Application root waits for projects, which owns it and so waits for it.',
        hint: 'add the annotation argocd.argoproj.io/ignore-healthcheck: "true"',
      }),
    ]);
  });
});
