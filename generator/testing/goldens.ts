// Golden files: output as real files that people read in review. Written on purpose (`npm run golden`), compared by tests.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect } from 'vitest';

/** More differing files than this are counted, not shown: the first few tell what changed. */
const MOST_SHOWN = 5;

/**
 * Holds files (content by path inside the folder) against the golden files of a folder. A golden that is missing,
 * too much or different fails. With `GOLDEN=write` it writes the folder instead.
 */
export function expectGoldens(folder: string, files: ReadonlyMap<string, string>): void {
  if (process.env['GOLDEN'] === 'write') writeGoldens(folder, files);
  const goldens = readFolder(folder);
  const missing = [...files.keys()].filter((path) => !goldens.has(path)).sort();
  const extra = [...goldens.keys()].filter((path) => !files.has(path)).sort();
  const changed = [...files].filter(([path, content]) => goldens.has(path) && goldens.get(path) !== content);
  const how = 'after a change that was meant: npm run golden';
  expect.soft(missing, `files without a golden in ${folder}; ${how}`).toEqual([]);
  expect.soft(extra, `goldens without a file in ${folder}; ${how}`).toEqual([]);
  for (const [path, content] of changed.slice(0, MOST_SHOWN)) {
    expect.soft(content, `${join(folder, path)} differs; ${how}`).toBe(goldens.get(path));
  }
  expect
    .soft(
      changed.slice(MOST_SHOWN).map(([path]) => path),
      `further files that differ in ${folder}`,
    )
    .toEqual([]);
}

/** Reads all files below a folder, by path with forward slashes; empty if there is no such folder. */
export function readFolder(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [relative(folder, file).split(sep).join('/'), readFileSync(file, 'utf8')];
    }),
  );
}

function writeGoldens(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
