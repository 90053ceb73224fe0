// What writeRepository would do to a folder, decided by the same merge, with nothing written.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH } from '../core/lock.ts';
import { compareText, fail, makeProblem, type Outcome, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { type BesideFiles, planBesideFiles } from './beside-files.ts';
import { INTERRUPTED, UNWRITABLE } from './io-problems.ts';
import { type MergedFile, mergeNothing, mergeRepository, type RepositoryMerge } from './merge-repository.ts';
import { findOutputFolder } from './output-folder.ts';
import { foreignProblem, isEmptyOrAbsent, isForeign } from './repository-folder.ts';
import { isInterrupted } from './write-journal.ts';

export interface Preview {
  readonly folder: string;
  /** One entry per file, in order of the paths. */
  readonly files: readonly MergedFile[];
  /** True if render would write or delete a file. */
  readonly isDifferent: boolean;
  /** As `git diff` prints it and `git apply` takes it; without the records under `.rootstock`. */
  readonly patch: string;
}

/** Previews a write. Codes: those of writeRepository, and IO-010 for a run that was interrupted. */
export function previewRepository(
  folder: string,
  tree: VerifiedTree,
  beside: BesideFiles = { writes: [], deletes: [] },
): Outcome<Preview> {
  try {
    const output = findOutputFolder(folder);
    if (!output.ok) return output;
    const target = output.value;
    if (isEmptyOrAbsent(target)) return succeed(makePreview(target, mergeNothing(tree.files)));
    if (isForeign(target)) return fail([foreignProblem(folder, target)]);
    if (isInterrupted(target)) {
      const message = `A run in ${target} was interrupted; some files are old and some are new.`;
      const hint = formatCommand('rootstock', 'render', '-e', 'FILE', '-o', folder);
      return fail([makeProblem(INTERRUPTED, { place: { file: folder }, message, hint })]);
    }
    const merged = mergeRepository(target, tree.files);
    if (!merged.ok) return merged;
    const more = planBesideFiles(target, beside);
    if (!more.ok) return more;
    const { files, steps, contents } = merged.value;
    const merge = {
      files: [...files, ...more.value.files].sort((a, b) => compareText(a.path, b.path)),
      steps: [...steps, ...more.value.steps],
      contents: new Map([...contents, ...more.value.contents]),
    };
    return succeed(makePreview(target, merge), merged.problems);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === undefined || cause.syscall === undefined) throw error;
    return fail([
      makeProblem(UNWRITABLE, {
        place: { file: cause.path ?? folder },
        message: `${cause.syscall} failed: ${cause.code}.`,
        hint: 'check that git can be run, and that there is space for temporary files',
      }),
    ]);
  }
}

function makePreview(folder: string, merge: RepositoryMerge): Preview {
  return { folder, files: merge.files, isDifferent: merge.steps.length > 0, patch: makePatch(folder, merge) };
}

/** What is left out of a patch: the records that render keeps for itself. */
function isRecord(path: string): boolean {
  return path === LOCK_PATH || path.startsWith(BASE_FOLDER);
}

/** Lays both states of what would be written side by side, for Git to compare. */
function makePatch(folder: string, { steps, contents }: RepositoryMerge): string {
  const shown = steps.filter(({ path }) => !isRecord(path));
  if (shown.length === 0) return '';
  const work = mkdtempSync(join(tmpdir(), 'rootstock-diff-'));
  try {
    for (const side of ['a', 'b']) mkdirSync(join(work, side));
    for (const { path, action } of shown) {
      const isRun = action !== 'create' && (statSync(join(folder, path)).mode & 0o111) !== 0;
      if (action !== 'create') lay(join(work, 'a', path), readFileSync(join(folder, path)), isRun);
      const written = contents.get(path);
      if (action !== 'delete' && written !== undefined)
        lay(join(work, 'b', path), written.content, isRun || written.executable === true);
    }
    // Of a file that is on one side alone, Git names that side twice.
    return compareFolders(work).replace(/^diff --git [ab]\/(.*) [ab]\/\1$/gm, 'diff --git a/$1 b/$1');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function lay(file: string, content: string | Buffer, isRun: boolean): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: isRun ? 0o755 : 0o644 });
}

const MAX_BYTES = 256 * 1024 * 1024;

/** Outside of any repository and without the user's settings, so that the patch is the same everywhere. */
function compareFolders(work: string): string {
  const words = ['-c', 'core.quotePath=false', 'diff', '--no-index', '--no-color', '--no-ext-diff', '--no-prefix'];
  const quiet = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: work,
    LC_ALL: 'C',
  };
  const env = { PATH: process.env['PATH'] ?? '', ...quiet };
  const options = { cwd: work, encoding: 'utf8', stdio: 'pipe', maxBuffer: MAX_BYTES, env } as const;
  try {
    return execFileSync('git', [...words, '--no-renames', '--', 'a', 'b'], options);
  } catch (error) {
    const { status, stdout } = error as { readonly status?: number | null; readonly stdout?: string };
    // 1: there is a difference.
    if (status === 1 && stdout !== undefined) return stdout;
    throw error;
  }
}

/** Lines that came and went, by file, as `git diff --stat` counts them. */
export function countLines(
  patch: string,
): { readonly path: string; readonly added: number; readonly removed: number }[] {
  return patch
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', ...hunks] = part.split(/^(?=@@ )/m);
      const lines = hunks.flatMap((hunk) => hunk.split('\n'));
      return {
        path: /^diff --git a\/(.*) b\/\1$/m.exec(head)?.[1] ?? '',
        added: lines.filter((line) => line.startsWith('+')).length,
        removed: lines.filter((line) => line.startsWith('-')).length,
      };
    });
}
