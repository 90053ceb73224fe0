// Years of a repository in a second each: random edits, renders and rewritten histories, in a real Git repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatedTree } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import type { FileAction } from './merge-repository.ts';
import { writeRepository } from './repository-folder.ts';

/** CI runs all of them; a shorter look is enough before a commit. */
const RUNS = Number(process.env['HISTORIES'] ?? 150);
/** Lines of a generated file that versions change; between them are lines that never do. */
const PLACES = 4;
const FILES = ['apps/a.yaml', 'values/b.yaml', 'c.tf', 'docs/d.md'] as const;

/** What each file says in a version of the environment; a file that is not there is not generated. */
type Version = readonly (readonly number[] | undefined)[];

type Step =
  | { readonly kind: 'edit'; readonly file: number; readonly place: number }
  | { readonly kind: 'delete'; readonly file: number }
  | { readonly kind: 'add' | 'bring back' }
  | { readonly kind: 'render'; readonly version: Version }
  | { readonly kind: 'squash' | 'rebase' | 'clone' | 'branch' };

const file = fc.option(fc.array(fc.nat({ max: 3 }), { minLength: PLACES, maxLength: PLACES }), {
  nil: undefined,
  freq: 8,
});
const version: fc.Arbitrary<Version> = fc.array(file, { minLength: FILES.length, maxLength: FILES.length });
const index = fc.nat({ max: FILES.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), file: index, place: fc.nat({ max: PLACES }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), file: index }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'bring back' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'add' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('render' as const), version }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('squash', 'rebase', 'clone', 'branch') }) },
);
const history = fc.record({ first: version, steps: fc.array(step, { minLength: 2, maxLength: 8 }) });

const top = makeTemporaryFolder();
let count = 0;

describe('generator/io: histories', () => {
  it(`loses nothing in ${RUNS} of them`, { timeout: 1_800_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ first, steps }) => {
        const repository = new Repository(join(top, `history-${count++}`));
        await repository.render(first);
        for (const next of steps) await repository.take(next);
        await repository.checkFixpoint();
        rmSync(repository.folder, { recursive: true });
      }),
      { numRuns: RUNS, seed: 20261122 },
    );
  });
});

const attempt = fc.constantFrom('ours', 'theirs');
/** Two branches of one state, edited before they part, and what is generated once they are one. */
const merge = fc.record({
  first: version,
  edits: fc.uniqueArray(fc.record({ file: index, place: fc.nat({ max: PLACES - 1 }) }), {
    maxLength: 4,
    selector: ({ file, place }) => `${file} ${place}`,
  }),
  ours: version,
  theirs: version,
  lock: attempt,
  files: attempt,
  last: fc.oneof(fc.constantFrom('ours' as const, 'theirs' as const), version) as fc.Arbitrary<
    'ours' | 'theirs' | Version
  >,
});

/** Each takes three renders and a merge. */
const MERGES = Math.ceil(RUNS / 4);

describe('generator/io: branches', () => {
  it(`loses nothing where two come together, in ${MERGES} of them`, { timeout: 1_800_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(merge, async (branches) => {
        const { first, edits, ours, theirs } = branches;
        const repository = new Repository(join(top, `branches-${count++}`));
        await repository.renderWith(first);
        for (const { file, place } of edits) repository.editBetween(FILES[file]!, place);
        repository.commit();
        repository.git('checkout', '-q', '-b', 'theirs');
        await repository.renderWith(theirs);
        repository.commit();
        repository.git('checkout', '-q', 'main');
        await repository.renderWith(ours);
        repository.commit();
        const resolved = repository.merge(branches.files, branches.lock);
        const last = branches.last === 'ours' ? ours : branches.last === 'theirs' ? theirs : branches.last;

        const actions = await repository.renderWith(last);

        for (const [number, path] of FILES.entries()) {
          const values = last[number];
          const mine = edits.flatMap(({ file, place }) =>
            file === number && first[file] !== undefined ? [place] : [],
          );
          // Where one branch deleted what the other changed, Git asks a person; that one kept the file.
          const expected = values === undefined ? (mine.length > 0 ? 'orphan' : 'gone') : textOf(path, values, mine);
          const found = existsSync(repository.at(path)) ? repository.read(path) : 'gone';
          const isRight =
            found === expected || (expected === 'orphan' && (actions.get(path) === 'orphan' || found === 'gone'));
          if (!isRight && !resolved.has(path))
            throw new Error(`${path} is ${actions.get(path)}:\n${found}\nand not\n${expected}`);
        }
        rmSync(repository.folder, { recursive: true });
      }),
      { numRuns: MERGES, seed: 20261123 },
    );
  });
});

/** A repository, and what the test knows must be in it. */
class Repository {
  folder: string;
  /** What people wrote, by file; gone once they delete the file. */
  readonly written = new Map<string, Set<string>>();
  /** What people had written in files that they deleted. */
  readonly deleted = new Map<string, ReadonlySet<string>>();
  /** What was generated when a file was last written. */
  readonly taken = new Map<string, readonly number[]>();
  version: Version = [];
  /** Since the last render a file came back, or one is gone that was generated no more. */
  isBehind = false;
  edits = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    this.git('init', '-q', '-b', 'main');
  }

  /** Renders with the attributes of a repository; says what was done to each file. */
  async renderWith(next: Version): Promise<ReadonlyMap<string, FileAction>> {
    const contents = { '.gitattributes': '.rootstock/base/** merge=union\n', ...contentsOf(next) };
    const outcome = await writeRepository(this.folder, generatedTree(contents));
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    return new Map(outcome.value.files.map(({ path, action }) => [path, action]));
  }

  /** Writes over a line that versions neither change nor have for a neighbour of one that they change. */
  editBetween(path: string, place: number): void {
    if (!existsSync(this.at(path))) return;
    const line = `${path} ${place} second`;
    this.write(path, this.read(path).replace(`${line}\n`, `mine ${line}\n`));
  }

  /** Merges `theirs`; gives the files that one branch changed and the other deleted. */
  merge(files: 'ours' | 'theirs', lock: 'ours' | 'theirs'): ReadonlySet<string> {
    const resolved = new Set<string>();
    try {
      this.git('merge', '-q', '--no-commit', '-X', files, 'theirs');
    } catch {
      for (const line of this.git('status', '--porcelain').split('\n')) {
        if (!/^(?:DU|UD|AA|UU) /.test(line)) continue;
        const path = line.slice(3);
        if (/^(?:DU|UD) /.test(line)) resolved.add(path);
        this.git('add', '--', path);
      }
    }
    this.git('checkout', lock === 'ours' ? 'HEAD' : 'theirs', '--', '.rootstock/lock.json');
    this.commit();
    return resolved;
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'edit':
        return this.edit(FILES[next.file]!, next.place);
      case 'delete':
        return this.delete(FILES[next.file]!);
      case 'bring back':
        for (const path of [...this.deleted.keys()]) this.bringBack(path);
        return;
      case 'add':
        return this.add();
      case 'render':
        return await this.render(next.version);
      default:
        return this.rewrite(next.kind);
    }
  }

  /** Replaces a place, or writes below the end. */
  edit(path: string, place: number): void {
    if (!existsSync(this.at(path))) return;
    const mine = `mine ${this.edits++}`;
    const lines = this.read(path).split('\n');
    const at = lines.findIndex((line) => line.startsWith(`${place}: `));
    // Somebody who writes over an earlier edit of theirs means it.
    if (at === -1) lines.push(mine);
    else lines[at] = mine;
    this.write(path, lines.join('\n'));
    this.written.set(path, (this.written.get(path) ?? new Set()).add(mine));
  }

  delete(path: string): void {
    if (!existsSync(this.at(path))) return;
    rmSync(this.at(path));
    this.deleted.set(path, this.written.get(path) ?? new Set());
    this.written.delete(path);
    // A base forgets an edited file that was generated no more.
    if (this.version[FILES.indexOf(path as (typeof FILES)[number])] === undefined) this.isBehind = true;
  }

  /** As the last commit has it that had it, if one is left. */
  bringBack(path: string): void {
    const words = this.deleted.get(path);
    if (words === undefined || existsSync(this.at(path))) return;
    this.commit();
    const [gone] = this.git('log', '--format=%H', '--diff-filter=D', '--', path).split('\n');
    if (gone === undefined || gone === '') return;
    this.git('checkout', `${gone}^`, '--', path);
    this.deleted.delete(path);
    this.isBehind = true;
    const lines = this.read(path).split('\n');
    const found = new Set([...words].filter((word) => lines.includes(word)));
    if (found.size > 0) this.written.set(path, found);
  }

  add(): void {
    const path = `notes/${this.edits}.md`;
    const mine = `mine ${this.edits++}`;
    this.write(path, mine);
    this.written.set(path, new Set([mine]));
  }

  async render(next: Version): Promise<void> {
    this.commit();
    const outcome = await writeRepository(this.folder, generatedTree(contentsOf(next)));
    if (!outcome.ok) {
      // Refused, so nothing was written: it must be said why, and all files must be as they were.
      expect(outcome.problems.length).toBeGreaterThan(0);
      expect(this.git('status', '--porcelain', '--untracked-files=all')).toBe('');
      this.checkWritten();
      return;
    }
    this.version = next;
    this.isBehind = false;
    const actions = new Map(outcome.value.files.map(({ path, action }) => [path, action]));
    this.checkWritten();
    this.checkGenerated(actions);
    for (const [path, action] of actions) if (action === 'conflict') this.resolve(path);
    for (const path of [...this.deleted.keys()]) if (existsSync(this.at(path))) this.deleted.delete(path);
    for (const [number, path] of FILES.entries()) {
      const values = next[number];
      if (values !== undefined && actions.get(path) !== 'absent') this.taken.set(path, values);
    }
  }

  /** Keeps both sides, as a careful person would. */
  resolve(path: string): void {
    const markers = /^(<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)/;
    this.write(
      path,
      this.read(path)
        .split('\n')
        .filter((line) => !markers.test(line))
        .join('\n'),
    );
  }

  rewrite(kind: 'squash' | 'rebase' | 'clone' | 'branch'): void {
    if (kind !== 'squash') this.commit();
    if (kind === 'squash') {
      this.git('checkout', '-q', '--orphan', 'squashed');
      this.commit();
      this.git('branch', '-q', '-M', 'main');
    } else if (kind === 'rebase') {
      this.git(...AUTHOR, 'commit', '-q', '--amend', '--allow-empty', '-m', 'another message');
    } else if (kind === 'branch') {
      this.git('branch', '-q', '-M', `trunk-${this.edits}`);
      this.git('branch', '-q', '-M', 'main');
    } else {
      const clone = `${this.folder}-clone`;
      execFileSync('git', ['clone', '-q', '--depth', '1', `file://${this.folder}`, clone], { stdio: 'pipe' });
      rmSync(this.folder, { recursive: true });
      this.folder = clone;
    }
  }

  /** Every word of people is where they wrote it. */
  checkWritten(): void {
    for (const [path, texts] of this.written) {
      const lines = this.read(path).split('\n');
      for (const text of texts) if (!lines.includes(text)) throw new Error(`${text} is gone from ${path}`);
    }
  }

  /** Every change is there, or it was said that it is not. */
  checkGenerated(actions: ReadonlyMap<string, FileAction>): void {
    for (const [number, path] of FILES.entries()) {
      const next = this.version[number];
      const action = actions.get(path);
      if (this.deleted.has(path) && action === 'absent') {
        expect(existsSync(this.at(path))).toBe(false);
        continue;
      }
      if (next === undefined) continue;
      if (action === undefined) throw new Error(`nothing is said about ${path}`);
      if (action === 'conflict') continue;
      const lines = this.read(path).split('\n');
      for (const [place, value] of next.entries()) {
        const changed = this.taken.get(path)?.[place] !== value;
        // An unchanged line may have been edited away; a changed one must be there.
        if (changed && !lines.includes(`${place}: ${value}`) && action !== 'keep')
          throw new Error(`${action} lost ${place}: ${value} of ${path}`);
        if (changed && action === 'keep') throw new Error(`${path} was kept although ${place} changed`);
      }
    }
  }

  /** The same once more changes nothing at all. */
  async checkFixpoint(): Promise<void> {
    // The records are brought up to date first.
    if (this.isBehind) await this.render(this.version);
    this.commit();
    const outcome = await writeRepository(this.folder, generatedTree(contentsOf(this.version)));

    expect(outcome.problems).toEqual([]);
    const actions = new Set(outcome.ok ? outcome.value.files.map(({ action }) => action) : []);
    expect([...actions].filter((action) => !['same', 'keep', 'orphan', 'absent'].includes(action))).toEqual([]);
    expect(this.git('status', '--porcelain', '--untracked-files=all')).toBe('');
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  commit(): void {
    this.git('add', '--all');
    this.git(...AUTHOR, 'commit', '-q', '--allow-empty', '-m', 'a commit');
  }

  git(...words: readonly string[]): string {
    return execFileSync('git', ['-c', 'gc.auto=0', ...words], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' });
  }
}

const AUTHOR = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'] as const;

function contentsOf(version: Version): Record<string, string> {
  return Object.fromEntries(
    FILES.flatMap((path, number) => {
      const values = version[number];
      return values === undefined ? [] : [[path, textOf(path, values)]];
    }),
  );
}

/** Changing lines apart from each other, so that Git can merge a change here with an edit there. */
function textOf(path: string, values: readonly number[], mine: readonly number[] = []): string {
  const blocks = values.map((value, place) => {
    const second = `${mine.includes(place) ? 'mine ' : ''}${path} ${place} second`;
    return `${place}: ${value}\n${path} ${place} first\n${second}\n${path} ${place} third\n`;
  });
  return `# ${path}\n${blocks.join('')}`;
}
