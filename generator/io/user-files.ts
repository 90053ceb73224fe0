// What people wrote where generated files belong → a Problem whose hint keeps every byte of theirs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeProblem, type Problem } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { EDITED, IN_THE_WAY, ORPHAN, UNRESOLVED } from './io-problems.ts';

/**
 * A generated file that somebody edited. Code: IO-002.
 * @param comesBack the next render writes the path anew by itself; else it has to be asked, since deleted files stay away
 */
export function editedProblem(folder: string, path: string, comesBack: boolean): Problem {
  const file = join(folder, path);
  const kept = findFreePath(`${file}.mine`);
  // Not `git diff`: before the first commit, and after the edit was committed, it shows nothing.
  const render = comesBack ? 'render again' : `render again with ${formatCommand('--restore', path)}`;
  return makeProblem(EDITED, {
    place: { file },
    message: `${path} was edited by hand since it was generated.`,
    hint: `${formatCommand('mv', file, kept)}, then ${render}, then ${formatCommand('diff', kept, file)}`,
  });
}

/** Something that Rootstock did not generate, at a path that it writes. Code: IO-003. */
export function inTheWayProblem(folder: string, path: string): Problem {
  const file = join(folder, path);
  return makeProblem(IN_THE_WAY, {
    place: { file },
    message: `${path} exists, and nothing in .rootstock says that Rootstock generated it.`,
    hint: `${formatCommand('mv', file, findFreePath(`${file}.mine`))}, then render again`,
  });
}

/** The path itself, or with the first number behind it that is not taken: `mv` would overwrite what is there. */
export function findFreePath(path: string): string {
  let free = path;
  for (let number = 2; existsSync(free); number++) free = `${path}-${number}`;
  return free;
}

/** Markers of a conflict in a generated file. Code: IO-013. */
export function unresolvedProblem(folder: string, path: string, line: number): Problem {
  return makeProblem(UNRESOLVED, {
    place: { file: join(folder, path), line, column: 1 },
    message: `${path} still has the markers of a conflict.`,
    hint: `edit ${path}, then run the same command again`,
  });
}

/** An edited file that stays although it is no longer generated. Code: IO-019, pending. */
export function orphanProblem(folder: string, path: string): Problem {
  const file = join(folder, path);
  return makeProblem(ORPHAN, {
    place: { file },
    message: `${path} is no longer generated, and stays because somebody edited it.`,
    hint: `${formatCommand('rm', file)}, or rename it to keep it`,
  });
}
