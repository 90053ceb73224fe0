// rootstock explain: what a problem code means.
import { nearest } from '../../core/nearest.ts';
import { makeProblem } from '../../core/problem.ts';
import { failWith, type OutputOptions } from '../finish.ts';
import { listProblemKinds } from '../problem-kinds.ts';
import { type ExitCode, printData, printJson } from '../terminal.ts';
import { NO_SUCH_NAME } from '../usage-problems.ts';

export function runExplain(code: string | undefined, options: OutputOptions): ExitCode {
  const kinds = listProblemKinds();
  if (code === undefined) {
    if (options.json === true) printJson(kinds);
    else for (const kind of kinds) printData(`${kind.code.padEnd(9)} ${kind.title}`);
    return 0;
  }
  const wanted = code.toUpperCase();
  const kind = kinds.find((candidate) => candidate.code === wanted);
  if (kind === undefined) {
    const codes = kinds.map((candidate) => candidate.code);
    const hint = nearest(wanted, codes) ?? 'rootstock explain lists them all';
    return failWith([makeProblem(NO_SUCH_NAME, { message: `${code} is not a problem code.`, hint })], options);
  }
  if (options.json === true) printJson(kind);
  else printData(`${kind.code}  ${kind.title} (${kind.severity ?? 'error'})\n\n${kind.explanation}`);
  return 0;
}
