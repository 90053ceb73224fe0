import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAKE_SECRETS, findPiece } from '../testing/fake-secrets.ts';
import { printStatus } from './terminal.ts';

afterEach(() => vi.restoreAllMocks());

describe('generator/cli/terminal', () => {
  it.each(FAKE_SECRETS)('keeps $what out of the status', ({ text }) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

    printStatus(`failed at ${text}`);

    const printed = String(write.mock.calls[0]?.[0]);
    expect(printed).toMatch(/^failed at .*hidden/);
    expect(findPiece(printed, text)).toBeUndefined();
  });
});
