import { describe, expect, it } from 'vitest';
import { findBasePath, parseBase, renderBases, writeBase } from './generated-base.ts';

const BASE = '["a.txt","1"]\n["c.txt","3"]\n';

describe('generator/core/generated-base', () => {
  it.each([
    ['of an environment', { environment: 'prod' }, '.rootstock/base/prod.jsonl'],
    ['that all share', {}, '.rootstock/base/_repository.jsonl'],
  ])('keeps a file %s in a base of its own', (_, group, path) => {
    const file = { path: 'a.txt', content: '1', kind: 'document', origin: '', ...group } as const;

    const bases = renderBases([file]);

    expect(bases).toMatchObject([
      { path, content: '["a.txt","1"]\n' },
      { path: '.rootstock/base/_pending.jsonl', content: '' },
    ]);
    expect(findBasePath(file)).toBe(path);
  });

  it('writes what it knows of a path besides its text, and reads it', () => {
    const entries = [
      { path: 'a.txt', content: '1' },
      { path: 'a.txt', content: '0', missed: 'ab' },
      { path: 'b.txt', content: '', gone: true, after: ['cd', '-'] },
      { path: 'c.txt', content: '3' },
    ] as const;

    const base = writeBase([...entries].reverse());

    expect(parseBase(base)).toEqual(expect.arrayContaining([...entries]));
    expect(base).toContain('["a.txt","0",{"missed":"ab"}]\n');
    expect(base).toContain('["b.txt","",{"gone":true,"after":["cd","-"]}]\n["c.txt","3"]\n');
  });

  it.each([
    ['no JSON', '<<<<<<< ours'],
    ['too short', '["b.txt"]'],
    ['too long', '["b.txt","2",{},{}]'],
    ['of a digest that is none', '["b.txt","2",{"missed":3}]'],
    ['of a history that is none', '["b.txt","2",{"after":[3]}]'],
    ['of what it does not know', '["b.txt","2",{"before":[]}]'],
    ['of another kind', '["b.txt","2",[]]'],
    ['of a path that leaves the repository', '["../b.txt","2"]'],
  ])('leaves out a line that is %s', (_, line) => {
    const entries = parseBase(`${line}\n${BASE}`);

    expect(entries.map(({ path }) => path)).toEqual(['a.txt', 'c.txt']);
  });
});
