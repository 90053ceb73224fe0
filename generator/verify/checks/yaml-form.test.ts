import { describe, expect, it } from 'vitest';
import type { TreeFile } from '../../core/file-tree.ts';
import { readYamlFile } from './yaml-form.ts';

const path = 'clusters/lab/values/shop.yaml';

describe('generator/verify/checks/yaml-form.ts', () => {
  it.each([
    ['one document', 'a: 1\n', [{ a: 1 }]],
    ['two documents', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['empty documents, which are dropped', '---\n---\na: 1\n---\n', [{ a: 1 }]],
    ['nothing but a comment', '# nothing\n', []],
    ['no text at all', '', []],
    ['an alias', 'a: &x 1\nb: *x\n', [{ a: 1, b: 1 }]],
  ])('reads %s', (_title, content, documents) => {
    expect(readYamlFile(fileOf(content))).toEqual({ ok: true, documents });
  });

  it.each([
    ['a value that is never closed', 'a: 1\nb: "2\n', 3, 1, /^Missing closing "quote/],
    ['a bracket that is never closed', 'a: 1\nb: [1, 2\n', 3, 1, /^Flow sequence in block collection must be/],
    ['a key written twice', 'a: 1\nb: 2\na: 3\n', 3, 1, /^Map keys must be unique/],
    ['an indentation of tabs', 'a:\n\tb: 1\n', 2, 1, /^Tabs are not allowed as indentation/],
    ['a fault in the second document', 'a: 1\n---\nb: "2\n', 4, 1, /^Missing closing "quote/],
    ['an alias of nothing', 'a: 1\nb: *x\n', 2, 4, /^The alias \*x stands for nothing\.$/],
    ['aliases that explode', explosive(), 1, 1, /^Excessive alias count/],
  ])('VER-001: refuses %s, at its place', (_title, content, line, column, message) => {
    const reading = readYamlFile(fileOf(content));

    expect(reading).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'VER-001',
          severity: 'error',
          place: { file: path, line, column },
          message: expect.stringMatching(message),
          hint: `git diff -- ${path}`,
        },
      ],
    });
  });

  it('tells every fault of a file at once', () => {
    const reading = readYamlFile(fileOf('a: 1\na: 2\n---\nb: 1\nb: 2\n'));

    expect(reading.ok ? [] : reading.problems.map(({ place }) => place?.line)).toEqual([2, 5]);
  });
});

function fileOf(content: string): TreeFile {
  return { path, content, kind: 'values', origin: '' };
}

/** Nine levels of nine aliases each: some 400 million nodes. */
function explosive(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? '"x"' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array(9).fill(item).join(', ')}]\n`;
  });
  return levels.join('');
}
