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
  const { missing, extra, changed } = compareWithGoldens(folder, files);
  const how = 'after a change that was meant: npm run golden';
  expect.soft(missing, `files without a golden in ${folder}; ${how}`).toEqual([]);
  expect.soft(extra, `goldens without a file in ${folder}; ${how}`).toEqual([]);
  const goldens = readFolder(folder);
  for (const path of changed.slice(0, MOST_SHOWN)) {
    expect.soft(files.get(path), `${join(folder, path)} differs; ${how}`).toBe(goldens.get(path));
  }
  expect.soft(changed.slice(MOST_SHOWN), `further files that differ in ${folder}`).toEqual([]);
}

/** Paths that differ between files and goldens, each list sorted. */
export interface GoldenDifferences {
  /** Files without a golden. */
  readonly missing: readonly string[];
  /** Goldens without a file. */
  readonly extra: readonly string[];
  readonly changed: readonly string[];
}

/** Compares files with the goldens of a folder. */
export function compareWithGoldens(folder: string, files: ReadonlyMap<string, string>): GoldenDifferences {
  const goldens = readFolder(folder);
  return {
    missing: [...files.keys()].filter((path) => !goldens.has(path)).sort(),
    extra: [...goldens.keys()].filter((path) => !files.has(path)).sort(),
    changed: [...files.keys()].filter((path) => goldens.has(path) && goldens.get(path) !== files.get(path)).sort(),
  };
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

/** Replaces a folder of goldens by the given files. */
export function writeGoldens(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
