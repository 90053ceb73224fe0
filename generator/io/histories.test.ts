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
  /** A file came back since the last render. */
  hasReturned = false;
  edits = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    this.git('init', '-q', '-b', 'main');
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
    this.hasReturned = true;
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
    this.hasReturned = false;
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
    // What came back is brought up to date first.
    if (this.hasReturned) await this.render(this.version);
    this.commit();
    const outcome = await writeRepository(this.folder, generatedTree(contentsOf(this.version)));

    expect(outcome.problems).toEqual([]);
    const actions = new Set(outcome.ok ? outcome.value.files.map(({ action }) => action) : []);
    expect([...actions].filter((action) => !['same', 'keep', 'absent'].includes(action))).toEqual([]);
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
function textOf(path: string, values: readonly number[]): string {
  const blocks = values.map((value, place) => `${place}: ${value}\n${path} ${place} first\n${path} ${place} second\n`);
  return `# ${path}\n${blocks.join('')}`;
}
