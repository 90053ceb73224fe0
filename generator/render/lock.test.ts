import { describe, expect, it } from 'vitest';
import type { TreeFile } from '../core/file-tree.ts';
import { type Lock, parseLock } from '../core/lock.ts';
import { VERSION } from '../core/version.ts';
import { app, planOf, SMALL } from '../testing/plan-builder.ts';
import { renderLock } from './lock.ts';

const CHART = { name: 'demo', version: '1.2.3', repository: 'https://charts.example.com', appVersion: '7' };
const PLAN = planOf(
  [{ ...SMALL, versions: { newer: '2.0.0' } }],
  [app({}, { name: 'newer', chart: CHART }), app({}, { name: 'charted', chart: CHART }), app({}, { name: 'plain' })],
);

function file(path: string, content: string): TreeFile {
  return { path, content, kind: 'values', origin: '' };
}

function lockOf(files: readonly TreeFile[]): Lock | undefined {
  return parseLock(renderLock(PLAN, files).content);
}

describe('generator/render/lock.ts', () => {
  it('records generator and chart versions of each environment, pins included', () => {
    const lock = lockOf([]);

    expect(lock?.environments['lab']).toMatchObject({
      file: 'environments/lab.yaml',
      generator: VERSION,
      charts: { charted: '1.2.3', newer: '2.0.0' },
    });
  });

  it('records a digest of each app, which changes with its files alone', () => {
    const own = [file('clusters/lab/values/charted.yaml', 'a'), file('clusters/lab/manifests/charted/b.yaml', 'b')];
    const before = lockOf(own)?.environments['lab']?.digests;

    const after = lockOf([...own, file('clusters/lab/apps/plain.yaml', 'c'), file('docs/lab/runbook.md', 'd')]);

    expect(Object.keys(before ?? {})).toEqual(['charted', 'newer', 'plain']);
    expect(after?.environments['lab']?.digests).toEqual({ ...before, plain: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(after?.environments['lab']?.digests?.['plain']).not.toBe(before?.['plain']);
  });
});
