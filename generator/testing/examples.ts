// The example environments under environments/: files are repositories of one environment, folders of several.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../core/problem.ts';
import type { EnvironmentText } from '../environment/parse-environment.ts';

/** The examples' folder; goldens lie in its folder `goldens`. */
export const EXAMPLES_FOLDER = fileURLToPath(new URL('../../environments', import.meta.url));

/** Folders that hold something else: rendered output, and files that must be refused. */
const NOT_EXAMPLES = ['goldens', 'invalid'];

/** One repository to render. */
export interface Example {
  /** Name of the file without `.yaml`, or of the folder. */
  readonly name: string;
  readonly texts: readonly EnvironmentText[];
}

/** Lists all examples, in order of their names. */
export function listExamples(): Example[] {
  return readdirSync(EXAMPLES_FOLDER, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? !NOT_EXAMPLES.includes(entry.name) : entry.name.endsWith('.yaml')))
    .map((entry) => readExample(entry.name.replace(/\.yaml$/, '')))
    .sort((a, b) => compareText(a.name, b.name));
}

/** Reads one example; throws if there is none of that name. */
export function readExample(name: string): Example {
  const files = isFolder(name)
    ? readdirSync(join(EXAMPLES_FOLDER, name))
        .filter((file) => file.endsWith('.yaml'))
        .sort(compareText)
        .map((file) => `${name}/${file}`)
    : [`${name}.yaml`];
  return { name, texts: files.map(readText) };
}

function isFolder(name: string): boolean {
  return readdirSync(EXAMPLES_FOLDER, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && entry.name === name,
  );
}

function readText(file: string): EnvironmentText {
  return { file: `environments/${file}`, text: readFileSync(join(EXAMPLES_FOLDER, file), 'utf8') };
}
