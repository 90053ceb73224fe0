import { describe, expect, it } from 'vitest';
import type { BaseEntry } from '../core/generated-base.ts';
import type { Lock } from '../core/lock.ts';
import { joinRecords, listStates } from './last-run.ts';
import { digest } from './write-journal.ts';

const LOCK: Lock = { generator: '1.0.0', environments: {}, files: {} };
const write = (...entries: readonly (readonly unknown[])[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const shared = (...entries: readonly (readonly unknown[])[]) =>
  new Map([['.rootstock/base/_repository.jsonl', write(...entries)]]);
const id = (text: string) => digest(text).slice(0, 12);
const lockOf = (files: Readonly<Record<string, string>>): Lock => ({
  ...LOCK,
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, digest(text)])),
});

describe('generator/io/last-run', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly (readonly unknown[])[], readonly string[], string]>([
    ['the only base, which the lock confirms', { a: '1' }, [['a', '1']], ['1'], '1'],
    ['the only base, of another branch than the lock', { a: '0' }, [['a', '1']], ['1'], '1'],
    [
      'the base that the lock confirms, first',
      { a: '2' },
      [
        ['a', '1'],
        ['a', '2'],
      ],
      ['2', '1'],
      '2',
    ],
    ['what a base says of a file that the lock does not know', {}, [['a', '1']], ['1'], '1'],
  ])('takes %s', (_, files, bases, contents, generated) => {
    const { entries, lock } = joinRecords(lockOf(files), shared(...bases));

    expect(entries.get('a')?.map(({ content }) => content)).toEqual(contents);
    expect(lock.files['a']).toBe(digest(generated));
  });

  it('keeps what only the lock knows, and takes nothing for generated that is generated no more', () => {
    const { lock, entries } = joinRecords(lockOf({ b: '2' }), shared(['a', '1', { gone: true }]));

    expect(lock.files).toEqual({ b: digest('2') });
    expect(entries.get('a')).toEqual<BaseEntry[]>([{ path: 'a', content: '1', gone: true }]);
  });

  it('knows the environment of a branch whose lock was not the one to stay', () => {
    const files = lockOf({ 'environments/prod.yaml': 'p' }).files;
    const lock = {
      ...LOCK,
      environments: { prod: { file: 'environments/prod.yaml', charts: { onyx: '1.0.0' } } },
      files,
    };
    const bases = new Map([
      ['.rootstock/base/prod.jsonl', write(['environments/prod.yaml', 'p'])],
      ['.rootstock/base/staging.jsonl', write(['environments/staging.yaml', 's'])],
      ['.rootstock/base/other.jsonl', write(['docs/other/a.md', 'o'])],
    ]);

    expect(joinRecords(lock, bases).lock.environments).toEqual({
      ...lock.environments,
      staging: { file: 'environments/staging.yaml', charts: {} },
    });
  });

  it('tells every state that came together, the one of the lock first', () => {
    const bases = shared(
      ['a', '1'],
      ['a', '2'],
      ['b', 'b'],
      ['c', 'old', { missed: digest('new') }],
      ['c', 'new'],
      ['d', 'd', { gone: true }],
    );

    const states = listStates(joinRecords(lockOf({ a: '2', c: 'new' }), bases));

    expect(states.map(({ files }) => Object.fromEntries(files))).toEqual([
      { a: '2', b: 'b', c: 'new' },
      { a: '1', b: 'b', c: 'new' },
    ]);
  });

  it.each([
    [
      'a text that another one replaced',
      [
        ['a', '1'],
        ['a', '2', { after: [id('1')] }],
      ],
      ['2'],
    ],
    [
      'a text that is generated no more',
      [
        ['a', '1'],
        ['a', '', { gone: true, after: [id('1')] }],
      ],
      [''],
    ],
    [
      'a mark of what is generated again',
      [
        ['a', '', { gone: true, after: [id('1')] }],
        ['a', '1', { after: [id('1'), '-'] }],
      ],
      ['1'],
    ],
    [
      'a text before it was generated once more',
      [
        ['a', '2', { after: [id('1')] }],
        ['a', '1', { after: [id('1'), id('2')] }],
      ],
      ['1'],
    ],
    [
      'nothing of two branches',
      [
        ['a', '2', { after: [id('1')] }],
        ['a', '3', { after: [id('1')] }],
      ],
      ['2', '3'],
    ],
    [
      'nothing that waits for a file to come back',
      [
        ['a', '1', { missed: digest('2') }],
        ['a', '2', { after: [id('1')] }],
      ],
      ['1', '2'],
    ],
  ])('leaves out %s', (_, bases, contents) => {
    const { entries } = joinRecords(LOCK, shared(...bases));

    expect(entries.get('a')?.map(({ content }) => content)).toEqual(contents);
  });

  it('believes no run that was interrupted', () => {
    const bases = new Map([
      [
        '.rootstock/base/_pending.jsonl',
        write(['a', '2', { after: [id('1')] }], ['b', '', { gone: true, after: [id('1')] }]),
      ],
      ['.rootstock/base/_repository.jsonl', write(['a', '1'], ['b', '1'])],
    ]);

    const { entries, lock } = joinRecords(LOCK, bases);

    expect(['a', 'b'].map((path) => entries.get(path)?.map(({ content }) => content))).toEqual([
      ['1', '2'],
      ['1', ''],
    ]);
    expect(lock.files).toEqual({ a: digest('1'), b: digest('1') });
  });

  it('has one state where nothing is known', () => {
    expect(listStates(joinRecords(LOCK, new Map()))).toEqual([{ lock: LOCK, files: new Map() }]);
  });
});
