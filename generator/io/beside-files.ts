// Files that are written in the same run as a repository and are no part of what is generated: sealed secrets.
import { join } from 'node:path';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { LINKED } from './io-problems.ts';
import type { MergedFile } from './merge-repository.ts';
import { digest, findDigest, findLink, type Step, type WrittenFile } from './write-journal.ts';

/** Neither lock nor merge knows them: without being named here, a file stays byte for byte. */
export interface BesideFiles {
  readonly writes: readonly { readonly path: string; readonly content: string }[];
  readonly deletes: readonly string[];
}

/** What a write has to do for them, in the form of a merge. */
export interface BesideSteps {
  readonly files: readonly MergedFile[];
  readonly steps: readonly Step[];
  readonly contents: ReadonlyMap<string, WrittenFile>;
}

/** Decides what is done, and does nothing. Code: IO-008. */
export function planBesideFiles(folder: string, { writes, deletes }: BesideFiles): Outcome<BesideSteps> {
  const problems = [...writes.map(({ path }) => path), ...deletes].flatMap((path) => findLinked(folder, path));
  if (problems.length > 0) return fail(problems);
  const written = writes.flatMap(({ path, content }) => planWrite(folder, path, content));
  const deleted = deletes.flatMap((path) => planDelete(folder, path));
  const steps = [...written, ...deleted];
  return succeed({
    steps,
    files: steps.map(({ path, action }) => ({ path, action, kind: 'manifest' })),
    contents: new Map(writes.map(({ path, content }) => [path, { content }])),
  });
}

function planWrite(folder: string, path: string, content: string): Step[] {
  const before = findDigest(join(folder, path));
  const after = digest(content);
  if (before === after) return [];
  return [before === undefined ? { path, action: 'create', after } : { path, action: 'update', before, after }];
}

function planDelete(folder: string, path: string): Step[] {
  const before = findDigest(join(folder, path));
  return before === undefined ? [] : [{ path, action: 'delete', before }];
}

function findLinked(folder: string, path: string): Problem[] {
  const link = findLink(folder, path);
  if (link === undefined) return [];
  const message = `${link} is a symbolic link on the way to ${path}.`;
  const hint = `put what ${link} leads to in its place`;
  return [makeProblem(LINKED, { place: { file: join(folder, link) }, message, hint })];
}
