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
  it('starts a sync with the options that the Application has, and only then', () => {
    const patch = patchOf(formatSync('opensearch'));

    expect(formatSync('opensearch')).toContain(' application opensearch --type json ');
    expect(patch).toEqual([
      expect.objectContaining({ op: 'add', path: '/operation' }),
      { op: 'copy', from: '/spec/syncPolicy/syncOptions', path: '/operation/sync/syncOptions' },
      { op: 'copy', from: '/spec/syncPolicy/retry', path: '/operation/retry' },
    ]);
  });

  it('ends a sync', () => {
    expect(patchOf(formatEndSync('onyx'))).toEqual({ status: { operationState: { phase: 'Terminating' } } });
  });
});
