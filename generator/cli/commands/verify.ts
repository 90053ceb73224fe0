// rootstock verify: proves a repository folder, generated or edited by hand.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import { LOCK_PATH } from '../../core/lock.ts';
import { makeProblem } from '../../core/problem.ts';
import { INTERRUPTED, NOT_GENERATED } from '../../io/io-problems.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { isInterrupted, readGeneratedFolder } from '../../io/repository-folder.ts';
import { verify } from '../../verify/verify.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printStatus } from '../terminal.ts';

export async function runVerify(folder: string, options: OutputOptions): Promise<ExitCode> {
  if (!existsSync(join(folder, LOCK_PATH))) {
    const message = `${folder} holds no ${LOCK_PATH}.`;
    return failWith(
      [makeProblem(NOT_GENERATED, { place: { file: folder }, message, hint: `rootstock render -e FILE -o ${folder}` })],
      options,
    );
  }
  if (isInterrupted(folder)) {
    const message = `A run in ${folder} was interrupted; some files are old and some are new.`;
    return failWith(
      [makeProblem(INTERRUPTED, { place: { file: folder }, message, hint: `rootstock render -e FILE -o ${folder}` })],
      options,
    );
  }
  // A lock that cannot be read is no proof of anything.
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return failWith(existing.problems, options);
  const tree = readRepositoryTree(folder);
  const verified = verify(tree, await loadValuePaths());
  if (!verified.ok) return failWith(verified.problems, options);
  const unchecked = verified.problems.filter(({ severity }) => severity === 'unchecked').length;
  printStatus(`${tree.size} files: no errors${unchecked > 0 ? `, ${unchecked} things could not be checked` : ''}`);
  return succeedWith({ folder, files: tree.size }, verified.problems, options);
}
