// Environment files and whole repositories, from disk into memory.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileKind, type FileTree, makeFileTree, type TreeFile } from '../core/file-tree.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { UNREADABLE } from './io-problems.ts';

/** Larger files are not environment files; the parser says so without having them in memory twice. */
const MAX_BYTES = 16 * 1024 * 1024;

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
        unreadable(
          file,
          code === 'ENOENT' ? 'it does not exist' : code,
          code === 'ENOENT' ? 'rootstock init writes one to start from' : undefined,
        ),
      );
    }
  }
  return problems.length > 0 ? fail(problems) : succeed(texts);
}

function unreadable(file: string, reason: string, hint?: string): Problem {
  return makeProblem(UNREADABLE, { place: { file }, message: `${file} cannot be read: ${reason}.`, hint });
}

const SKIPPED = new Set(['.git', '.terraform', 'node_modules']);

/** Reads a generated repository as a tree, edited or not. Links and folders that hold no generated files are left out. */
export function readRepositoryTree(folder: string): FileTree {
  const files: TreeFile[] = [];
  const walk = (relative: string): void => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && path !== '.rootstock') walk(path);
      else if (entry.isFile()) files.push(readTreeFile(folder, path));
    }
  };
  walk('');
  return makeFileTree(files);
}

function readTreeFile(folder: string, path: string): TreeFile {
  const environment = /^(?:clusters|terraform|docs)\/([^/]+)\//.exec(path)?.[1];
  return {
    path,
    content: readFileSync(join(folder, path), 'utf8'),
    kind: kindOf(path),
    origin: '',
    ...(environment === undefined ? {} : { environment }),
  };
}

/** By path, the way `render` lays files out. */
function kindOf(path: string): FileKind {
  if (path.startsWith('environments/')) return 'environment';
  if (path.startsWith('terraform/')) return 'terraform';
  if (/^clusters\/[^/]+\/(?:root\.yaml$|apps\/)/.test(path)) return 'application';
  if (/^clusters\/[^/]+\/projects\//.test(path)) return 'project';
  if (/^clusters\/[^/]+\/values\//.test(path)) return 'values';
  if (path.startsWith('clusters/')) return 'manifest';
  return path.startsWith('.github/') || path === 'renovate.json' ? 'workflow' : 'document';
}
