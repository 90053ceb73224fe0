// Something was thrown: by our own rule that is a bug of ours, whatever the input was.
import { makeProblem } from '../core/problem.ts';
import { VERSION } from '../core/version.ts';
import type { OutputOptions } from './finish.ts';
import { type ExitCode, hideInProblem, printJson, printStatus } from './terminal.ts';
import { OUR_BUG } from './usage-problems.ts';

const REPORT = 'https://github.com/rootstock-dev/rootstock/issues';

/** Says that the bug is ours and where to report it. Code: BUG-001, for `--json` only: people need no code to look up. */
export function reportBug(error: unknown, options: OutputOptions): ExitCode {
  const summary = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const hint = `report it: ${REPORT}`;
  if (options.json === true)
    printJson({ ok: false, problems: [hideInProblem(makeProblem(OUR_BUG, { message: summary, hint }))] });
  printStatus(`rootstock ${VERSION} failed. This is a bug of ours, not of your input: ${summary}`);
  if (process.env['ROOTSTOCK_DEBUG'] !== undefined && error instanceof Error) printStatus(error.stack ?? '');
  printStatus(`Please report it with the command you ran: ${REPORT}\nROOTSTOCK_DEBUG=1 prints where it happened.`);
  return 4;
}
