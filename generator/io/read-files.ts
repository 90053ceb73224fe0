// Environment files and whole repositories, from disk into memory.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileKind, type FileTree, makeFileTree, type TreeFile } from '../core/file-tree.ts';
import {
  compareText,
  fail,
  hasErrors,
  makeProblem,
  type Outcome,
  type Problem,
  sortProblems,
  succeed,
} from '../core/problem.ts';
import { LINKED, NOT_READ, UNREADABLE } from './io-problems.ts';
import { findMarkers } from './merge-text.ts';
import { unresolvedProblem } from './user-files.ts';

/** Larger files are not environment files; the parser says so without having them in memory twice. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Below a file there is nothing either. */
const NOTHING_THERE: readonly string[] = ['ENOENT', 'ENOTDIR'];

/** Reads environment files. Code: IO-001 for each that cannot be read. */
export function readEnvironmentFiles(
  files: readonly string[],
): Outcome<readonly { readonly file: string; readonly text: string }[]> {
  const problems: Problem[] = [];
  const texts: { file: string; text: string }[] = [];
  for (const file of files) {
    try {
      const stat = lstatSync(file);
      if (stat.isDirectory())
        problems.push(unreadable(file, 'it is a folder', `name a file, for example ${join(file, 'prod.yaml')}`));
      else texts.push({ file, text: readFileSync(file).subarray(0, MAX_BYTES).toString('utf8') });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      problems.push(
        NOTHING_THERE.includes(code)
          ? unreadable(file, 'it does not exist', 'rootstock init writes one to start from')
          : unreadable(file, code),
      );
    }
  }
  return problems.length > 0 ? fail(problems) : succeed(texts);
}

function unreadable(file: string, reason: string, hint?: string): Problem {
  return makeProblem(UNREADABLE, { place: { file }, message: `${file} cannot be read: ${reason}.`, hint });
}

const SKIPPED = new Set(['.git', '.terraform', 'node_modules']);

/** What Terraform keeps beside its files and Git ignores: it holds open secrets on purpose, and is no part of the repository. */
const LOCAL = /^terraform\/.*(?:\.auto\.tfvars(?:\.json)?(?:\.new)?|\.tfstate(?:\..+)?|\.tfplan)$/;

/** False for folders that tools keep beside generated files, for what Terraform keeps to itself, and for records. */
export function isPartOfRepository(path: string): boolean {
  const [top, ...parts] = path.split('/');
  return top !== '.rootstock' && ![top, ...parts].some((part) => SKIPPED.has(part ?? '')) && !LOCAL.test(path);
}

/**
 * Reads a generated repository as a tree, edited or not, without the folders that tools keep beside generated files.
 * Codes: IO-001 for what cannot be read, IO-008 for links where generated files belong, IO-012 for what else is no
 * ordinary file and was left out.
 * @param generated paths of the generated files, relative to the folder
 */
export function readRepositoryTree(folder: string, generated: readonly string[]): Outcome<FileTree> {
  const files: TreeFile[] = [];
  const problems: Problem[] = [];
  const walk = (relative: string): void => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (!isPartOfRepository(path)) continue;
      if (!entry.isDirectory() && !entry.isFile()) problems.push(notFollowed(folder, path, generated));
      else
        attempt(folder, path, problems, () => {
          if (entry.isDirectory()) walk(path);
          else {
            const file = readTreeFile(folder, path);
            const [line] = generated.includes(path) ? findMarkers(file.content, path) : [];
            if (line !== undefined) problems.push(unresolvedProblem(folder, path, line));
            files.push(file);
          }
        });
    }
  };
  attempt(folder, '', problems, () => walk(''));
  return hasErrors(problems) ? fail(sortProblems(problems)) : succeed(makeFileTree(files), sortProblems(problems));
}

/** Manifests of all apps of a folder, generated or not; none where there is no such folder. Codes: IO-001, IO-012. */
export function readManifestFiles(folder: string): Outcome<FileTree> {
  const files: TreeFile[] = [];
  const problems: Problem[] = [];
  for (const environment of listFolders(folder, 'clusters'))
    for (const app of listFolders(folder, `${environment}/manifests`))
      for (const { name, isFile } of listEntries(folder, app)) {
        const path = `${app}/${name}`;
        if (!name.endsWith('.yaml')) continue;
        if (isFile) attempt(folder, path, problems, () => files.push(readTreeFile(folder, path)));
        else problems.push(notFollowed(folder, path, []));
      }
  return hasErrors(problems) ? fail(sortProblems(problems)) : succeed(makeFileTree(files), sortProblems(problems));
}

/** Folders in a folder, as paths; links are none. */
function listFolders(folder: string, relative: string): readonly string[] {
  return listEntries(folder, relative).flatMap(({ name, isFolder }) => (isFolder ? [`${relative}/${name}`] : []));
}

function listEntries(folder: string, relative: string) {
  const path = join(folder, relative);
  if (!isFolder(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .map((entry) => ({ name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() }))
    .sort((a, b) => compareText(a.name, b.name));
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch (error) {
    if (NOTHING_THERE.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function attempt(folder: string, path: string, problems: Problem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    problems.push(unreadable(join(folder, path), code, 'check its permissions'));
  }
}

/** A link, a pipe, a socket: an error where a generated file belongs, since that one was not proven then. */
function notFollowed(folder: string, path: string, generated: readonly string[]): Problem {
  const place = { file: join(folder, path) };
  const what = lstatSync(join(folder, path)).isSymbolicLink() ? 'a symbolic link' : 'no ordinary file';
  const hidden = generated.find((file) => file === path || file.startsWith(`${path}/`));
  if (hidden === undefined) {
    const message = `${path} is ${what}: nothing in it was checked.`;
    return makeProblem(NOT_READ, { place, message, hint: `put what ${path} stands for in its place` });
  }
  const message = `${path} is ${what}${hidden === path ? '' : ` on the way to ${hidden}`}.`;
  return makeProblem(LINKED, { place, message, hint: `replace ${path} by a ${hidden === path ? 'file' : 'folder'}` });
}

function readTreeFile(folder: string, path: string): TreeFile {
  return makeReadFile(path, readFileSync(join(folder, path), 'utf8'));
}

/** A file of a repository that was read, and not rendered. */
export function makeReadFile(path: string, content: string): TreeFile {
  const environment = /^(?:clusters|terraform|docs)\/([^/]+)\//.exec(path)?.[1];
  return { path, content, kind: kindOf(path), origin: '', ...(environment === undefined ? {} : { environment }) };
}

/** By path, the way `render` lays files out. */
function kindOf(path: string): FileKind {
  if (/^environments\/.*\.ya?ml$/.test(path)) return 'environment';
  if (path.startsWith('terraform/')) return 'terraform';
  if (/^clusters\/[^/]+\/(?:root\.yaml$|apps\/)/.test(path)) return 'application';
  if (/^clusters\/[^/]+\/projects\//.test(path)) return 'project';
  if (/^clusters\/[^/]+\/values\//.test(path)) return 'values';
  if (path.startsWith('clusters/')) return 'manifest';
  return path.startsWith('.github/') || path === 'renovate.json' ? 'workflow' : 'document';
}
