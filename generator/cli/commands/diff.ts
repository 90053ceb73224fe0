// rootstock diff: what render would do, by the same path, with nothing written.
import { countLines, type Preview, previewRepository } from '../../io/preview-repository.ts';
import { generate } from '../../pipeline.ts';
import { formatSummary } from '../../summary/format-summary.ts';
import { summariseFolder } from '../changes.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { sealForRender } from '../secrets/sealed-render.ts';
import { type ExitCode, printData } from '../terminal.ts';
import { listOrphaned } from './after-merge.ts';
import { collectTexts } from './render.ts';

export interface DiffOptions extends OutputOptions {
  readonly environment: readonly string[];
  readonly output: string;
  readonly removeEnvironment: readonly string[];
  readonly exitCode?: boolean;
  readonly stat?: boolean;
}

export async function runDiff(options: DiffOptions): Promise<ExitCode> {
  const texts = collectTexts(options);
  if (!texts.ok) return failWith(texts.problems, options);
  const secrets = await sealForRender(options.output, texts.value, []);
  if (!secrets.ok) return failWith(secrets.problems, options);
  const generated = await generate(texts.value, secrets.value.sealed, new Date());
  if (!generated.ok) return failWith([...secrets.problems, ...generated.problems], options);
  const summary = summariseFolder(options.output, generated.value);
  const preview = previewRepository(options.output, generated.value.tree, secrets.value.beside);
  const problems = [...secrets.problems, ...generated.problems];
  if (!preview.ok) return failWith([...problems, ...preview.problems], options);
  const { files, isDifferent, patch } = preview.value;
  if (options.json !== true) {
    const isOnlyWritten = isDifferent && summary.environments.length === 0 && summary.sharedFiles.length === 0;
    printData(isOnlyWritten ? describeRewrite(patch) : formatSummary(summary, { values: VALUES_SHOWN }));
    if (patch !== '') printData(`\n${options.stat === true ? formatStat(patch) : patch}`);
  }
  problems.push(...listOrphaned(preview.value.folder, files));
  const code = succeedWith({ isDifferent, summary, files: listChanged(files), patch }, problems, options);
  return isDifferent && options.exitCode === true ? 5 : code;
}

/** Nothing is generated differently than the last time, and the folder is not as that left it. */
function describeRewrite(patch: string): string {
  return patch === ''
    ? 'Nothing changes but the records in .rootstock.'
    : 'Nothing is generated differently. Files that are not as the last run left them are written again:';
}

/** Of one app; the patch below has all of them. */
const VALUES_SHOWN = 10;

function listChanged(files: Preview['files']): Preview['files'] {
  return files.filter(({ action }) => action !== 'same');
}

function formatStat(patch: string): string {
  return countLines(patch)
    .map(({ path, added, removed }) => `${path}  +${added} -${removed}`)
    .join('\n');
}
