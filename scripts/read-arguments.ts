// Arguments of a script: --help and wrong usage end with the same text, never with a stack.
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads options and at least one positional argument. Undefined after the usage text was printed: on stdout with exit
 * code 0 if it was asked for, else on stderr with 2.
 */
export function readArguments<T extends Options>(usage: string, options: T) {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(usage);
    return undefined;
  }
  try {
    const given = parseArgs({ allowPositionals: true, options });
    if (given.positionals.length > 0) return given;
    process.exitCode = refuse('an argument is missing', usage);
  } catch (error) {
    process.exitCode = refuse(error instanceof Error ? error.message : String(error), usage);
  }
  return undefined;
}

/** Says why nothing was done; gives the exit code. */
export function refuse(reason: string, usage: string): 2 {
  process.stderr.write(`${reason}\n\n${usage}`);
  return 2;
}
