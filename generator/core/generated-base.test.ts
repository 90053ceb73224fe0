import { describe, expect, it } from 'vitest';
import { addToBase, findBasePath, parseBase, renderBases } from './generated-base.ts';

const BASE = '["a.txt","1"]\n["c.txt","3"]\n';

describe('generator/core/generated-base', () => {
  it.each([
    ['of an environment', { environment: 'prod' }, '.rootstock/base/prod.jsonl'],
    ['that all share', {}, '.rootstock/base/_repository.jsonl'],
  ])('keeps a file %s in a base of its own', (_, group, path) => {
    const file = { path: 'a.txt', content: '1', kind: 'document', origin: '', ...group } as const;

    const bases = renderBases([file]);

    expect(bases).toMatchObject([{ path, content: '["a.txt","1"]\n' }]);
    expect(findBasePath(file)).toBe(path);
  });

  it('puts what a file missed behind what was generated last, and reads both', () => {
    const base = addToBase(BASE, [{ path: 'a.txt', content: '0', missed: 'ab' }]);

    expect(base).toBe('["a.txt","1"]\n["a.txt","0","ab"]\n["c.txt","3"]\n');
    expect(parseBase(base)).toEqual([
      { path: 'a.txt', content: '1' },
      { path: 'a.txt', content: '0', missed: 'ab' },
      { path: 'c.txt', content: '3' },
    ]);
  });

  it.each([
    ['no JSON', '<<<<<<< ours'],
    ['too short', '["b.txt"]'],
    ['too long', '["b.txt","2","ab","cd"]'],
    ['of a digest that is none', '["b.txt","2",3]'],
    ['of a path that leaves the repository', '["../b.txt","2"]'],
  ])('leaves out a line that is %s', (_, line) => {
    const entries = parseBase(`${line}\n${BASE}`);

    expect(entries.map(({ path }) => path)).toEqual(['a.txt', 'c.txt']);
  });
});
