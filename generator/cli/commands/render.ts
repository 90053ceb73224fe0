// rootstock render: environment files → a proven repository in a folder.
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { findEnvironmentName } from '../../environment/environment-name.ts';
import type { EnvironmentText } from '../../environment/parse-environment.ts';
import { UNREADABLE } from '../../io/io-problems.ts';
import { readEnvironmentFiles } from '../../io/read-files.ts';
import { readGeneratedFolder, recoverFolder, type WriteReport, writeRepository } from '../../io/repository-folder.ts';
import { generate } from '../../pipeline.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';

export interface RenderOptions extends OutputOptions {
  readonly environment: readonly string[];
  readonly output: string;
  readonly removeEnvironment: readonly string[];
  readonly quiet?: boolean;
}

export async function runRender(options: RenderOptions): Promise<ExitCode> {
  const recovered = await recoverFolder(options.output);
  if (!recovered.ok) return failWith(recovered.problems, options);
  if (recovered.value > 0) printStatus(`completed an interrupted run: ${recovered.value} files`);
  const texts = collectTexts(options);
  if (!texts.ok) return failWith(texts.problems, options);
  const generated = await generate(texts.value);
  if (!generated.ok) return failWith(generated.problems, options);
  const written = await writeRepository(options.output, generated.value.tree);
  if (!written.ok) return failWith([...generated.problems, ...written.problems], options);
  if (options.json !== true) printReport(written.value, options);
  return succeedWith(written.value, generated.problems, options);
}

/** The files given, and those that the repository already records, without the ones to remove. */
export function collectTexts(
  options: Pick<RenderOptions, 'environment' | 'output' | 'removeEnvironment'>,
): Outcome<readonly EnvironmentText[]> {
  const given = readEnvironmentFiles(options.environment);
  const existing = readGeneratedFolder(options.output);
  if (!given.ok) return given;
  const names = new Set(given.value.map(({ text }) => findEnvironmentName(text)));
  if (!existing.ok) return existing;
  const recorded = [...(existing.value?.environments ?? [])].filter(
    ([name]) => !names.has(name) && !options.removeEnvironment.includes(name),
  );
  const texts: EnvironmentText[] = [...given.value];
  const problems: Problem[] = [];
  for (const [name, { file, text }] of recorded) {
    if (text !== undefined) texts.push({ file, text });
    else {
      const message = `${file} is gone, but the repository still records the environment ${name}.`;
      problems.push(
        makeProblem(UNREADABLE, {
          place: { file },
          message,
          hint: `restore the file, or add --remove-environment ${name}`,
        }),
      );
    }
  }
  return problems.length > 0 ? fail(problems) : succeed(texts.sort((a, b) => compareText(a.file, b.file)));
}

function printReport(report: WriteReport, options: RenderOptions): void {
  if (options.quiet !== true) for (const { path, action } of report.files) printData(`${action.padEnd(6)}  ${path}`);
  const counts = new Map<string, number>();
  for (const { action } of report.files) counts.set(action, (counts.get(action) ?? 0) + 1);
  printStatus([...counts].map(([action, count]) => `${count} ${action}`).join(', '));
}
