// What commander has to say about a command line → a Problem; and what commander itself lets pass.
import { type Command, type CommanderError, InvalidArgumentError } from 'commander';
import { makeProblem, type Problem } from '../core/problem.ts';
import { printData, printJson } from './terminal.ts';
import { BAD_USAGE, EMPTY_ARGUMENT } from './usage-problems.ts';

/** True if data is wanted as JSON, told before anything is parsed: errors of parsing are data, too. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

/** Makes commander throw its errors without printing them, and print help (which comes in parts) as it was asked for. */
export function configureUsage(command: Command, json: boolean): Command {
  let text = '';
  const configured = command.exitOverride((error) => {
    if (json && error.exitCode === 0) printJson({ ok: true, text: text.trimEnd() });
    throw error;
  });
  return configured.configureOutput({
    outputError: () => undefined,
    writeOut: (part) => {
      if (json) text += part;
      else printData(part);
    },
  });
}

/** Explains an error of commander; its message may end with a suggestion. Codes: USE-001, USE-002. */
export function explainUsageError(error: CommanderError, command: string | undefined): Problem {
  // `help NAME` says nothing about a name that it does not know.
  const said = error.code === 'commander.help' ? 'unknown command' : error.message;
  const [, text = '', suggestion] = /^(?:error: )?([\s\S]*?)(?:\n\(Did you mean (.*)\?\))?$/.exec(said) ?? [];
  const help = command === undefined ? 'rootstock --help lists the commands' : `rootstock ${command} --help`;
  return makeProblem(error.code === EMPTY_ARGUMENT.code ? EMPTY_ARGUMENT : BAD_USAGE, {
    message: text.endsWith('.') ? text : `${text}.`,
    hint: suggestion === undefined ? help : `did you mean ${suggestion}?`,
  });
}

/** Ends a command that was given empty values, or an option where a value belongs; names all of them. Code: USE-002. */
export function refuseEmpty(command: Command): void {
  // `-o --json` would write into a folder of that name.
  const flags = new Set<unknown>(command.options.flatMap(({ short, long }) => [short ?? '', long ?? '']));
  const isEmpty = (value: unknown) => typeof value === 'string' && value.trim() === '';
  const isNothing = (value: unknown) => isEmpty(value) || flags.has(value);
  const options = command.options.filter((option) =>
    [command.getOptionValue(option.attributeName())].flat().some(isNothing),
  );
  const given = command.registeredArguments.filter((_, index) => isEmpty(command.processedArgs[index]));
  const names = [...options.map(({ flags }) => flags), ...given.map((argument) => `<${argument.name()}>`)];
  if (names.length > 0) command.error(`nothing is given for ${names.join(' and ')}`, { code: EMPTY_ARGUMENT.code });
}

/** Parses an option that cannot be repeated: of two values one would be ignored. */
export function once(value: string, previous: string | undefined): string {
  if (previous !== undefined) throw new InvalidArgumentError(`${previous} is given already.`);
  return value;
}

/** Parses an option that can be repeated. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
