import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportBug } from './report-bug.ts';

afterEach(() => vi.restoreAllMocks());

describe('generator/cli/report-bug.ts', () => {
  it.each([
    ['an error', new Error('no such wave\n  with more lines')],
    ['anything else that is thrown', 'no such wave'],
  ])('says that %s is ours, without a stack, and nothing on stdout', (_title, thrown) => {
    const { out, err } = watch();

    const code = reportBug(thrown, {});

    expect(code).toBe(4);
    expect(out()).toBe('');
    expect(err()).toMatch(/failed\. This is a bug of ours, not of your input: no such wave\nPlease report it/);
  });

  it('--json: one document with a code and where to report it', () => {
    const { out } = watch();

    reportBug(new Error('no such wave'), { json: true });

    expect(JSON.parse(out())).toEqual({
      ok: false,
      problems: [
        {
          code: 'BUG-001',
          severity: 'error',
          message: 'no such wave',
          hint: expect.stringMatching(/^report it: https:\/\//),
        },
      ],
    });
  });
});

function watch(): { readonly out: () => string; readonly err: () => string } {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const text = (spy: typeof out) => () => spy.mock.calls.map(([part]) => String(part)).join('');
  return { out: text(out), err: text(err) };
}
