#!/usr/bin/env node
// The entry: runs the command line and ends the process. Nothing else calls process.exit.
import { runProgram } from './cli/program.ts';
import { VERSION } from './core/version.ts';

const REPORT = 'https://github.com/rootstock-dev/rootstock/issues';

function reportBug(error: unknown): never {
  const summary = error instanceof Error ? error.message.split('\n')[0] : String(error);
  process.stderr.write(`rootstock ${VERSION} failed. This is a bug of ours, not of your input: ${summary}\n`);
  if (process.env['ROOTSTOCK_DEBUG'] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  process.stderr.write(
    `Please report it with the command you ran: ${REPORT}\nROOTSTOCK_DEBUG=1 prints where it happened.\n`,
  );
  process.exit(4);
}

// `rootstock … | head` closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  reportBug(error);
});

try {
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  reportBug(error);
}
