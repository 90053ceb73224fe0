// rootstock explain: what a problem code means.
import { nearest } from '../../core/nearest.ts';
import type { OutputOptions } from '../finish.ts';
import { listProblemKinds } from '../problem-kinds.ts';
import { type ExitCode, printData, printJson, printStatus } from '../terminal.ts';

export function runExplain(code: string | undefined, options: OutputOptions): ExitCode {
  const kinds = listProblemKinds();
  if (code === undefined) {
    if (options.json === true) printJson(kinds);
    else for (const kind of kinds) printData(`${kind.code.padEnd(9)} ${kind.title}`);
    return 0;
  }
  const kind = kinds.find((candidate) => candidate.code === code.toUpperCase());
  if (kind === undefined) {
    printStatus(
      `${code} is not a problem code: ${
        nearest(
          code.toUpperCase(),
          kinds.map((candidate) => candidate.code),
        ) ?? 'rootstock explain lists them all'
      }`,
    );
    return 2;
  }
  if (options.json === true) printJson(kind);
  else printData(`${kind.code}  ${kind.title} (${kind.severity ?? 'error'})\n\n${kind.explanation}`);
  return 0;
}
