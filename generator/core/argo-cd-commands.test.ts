import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatEndSync, formatSync } from './argo-cd-commands.ts';

/** What a shell makes of the command's last word. */
function patchOf(command: string): unknown {
  const words = execFileSync('sh', [
    '-c',
    `kubectl() { for word; do last=$word; done; printf %s "$last"; }; ${command}`,
  ]);
  return JSON.parse(words.toString());
}

describe('generator/core/argo-cd-commands', () => {
  it('starts a sync with the options that the Application has, over no sync that runs, and without what the last one left', () => {
    const patch = patchOf(formatSync('opensearch'));

    expect(formatSync('opensearch')).toContain(' application opensearch --type json ');
    expect(patch).toEqual([
      { op: 'test', path: '/operation', value: null },
      { op: 'remove', path: '/status/operationState' },
      { op: 'add', path: '/operation', value: { initiatedBy: { username: 'runbook' }, sync: { prune: true } } },
      { op: 'copy', from: '/spec/syncPolicy/syncOptions', path: '/operation/sync/syncOptions' },
      { op: 'copy', from: '/spec/syncPolicy/retry', path: '/operation/retry' },
    ]);
  });

  it('ends a sync that runs, and leaves one alone that has ended', () => {
    const patch = patchOf(formatEndSync('onyx'));

    expect(patch).toEqual([
      { op: 'test', path: '/status/operationState/phase', value: 'Running' },
      { op: 'replace', path: '/status/operationState/phase', value: 'Terminating' },
    ]);
  });
});
