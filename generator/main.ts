#!/usr/bin/env node
// The entry: runs the command line and ends the process. Nothing else calls process.exit.
import { runProgram } from './cli/program.ts';
import { reportBug } from './cli/report-bug.ts';
import { printProblems } from './cli/terminal.ts';
import { wantsJson } from './cli/usage.ts';
import { makeProblem } from './core/problem.ts';
import { UNPRINTABLE } from './io/io-problems.ts';

const argv = process.argv.slice(2);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `rootstock … | head` closes the pipe: nobody wants the rest, and the exit code stays that of the work.
  if (error.code === 'EPIPE') return;
  const message = `The output could not be printed (${error.code ?? error.message}); what is there is not complete.`;
  printProblems([makeProblem(UNPRINTABLE, { message, hint: 'check free space, then run the same command again' })]);
  process.exit(3);
});
// Status that nobody can read must not end the work.
process.stderr.on('error', () => undefined);

try {
  process.exitCode = await runProgram(argv);
} catch (error) {
  process.exit(reportBug(error, { json: wantsJson(argv) }));
}
