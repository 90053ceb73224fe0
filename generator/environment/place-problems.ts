// Problems that later stages have with an environment file → the same problems, with line and column in that file.
import { type KeyPath, parseKeyPath } from '../core/key-path.ts';
import type { Place, Problem } from '../core/problem.ts';
import type { EnvironmentText } from './parse-environment.ts';
import { parseSource, type Source } from './source.ts';

/**
 * Adds the place of its key to each problem that has a key and no line. Where the key is absent, since its default
 * counts, that is the place of the nearest key above it.
 *
 * The file is parsed again, and only if somebody asks: to keep what the parser made of every file would take hundreds
 * of megabytes for a thousand environments.
 */
export function placeProblems(problems: readonly Problem[], { file, text }: EnvironmentText): Problem[] {
  let source: Source | undefined;
  return problems.map((problem) => {
    if (problem.key === undefined || problem.place?.line !== undefined) return problem;
    if (problem.place !== undefined && problem.place.file !== file) return problem;
    source ??= readAgain(file, text);
    return { ...problem, place: findPlace(source, parseKeyPath(problem.key)) };
  });
}

function readAgain(file: string, text: string): Source {
  const source = parseSource(file, text);
  if (!source.ok) throw new Error(`${file} was parsed before, and cannot be parsed again`);
  return source.value;
}

/** Maps and lists begin below their key, so that their key is the better place. */
function findPlace(source: Source, path: KeyPath): Place {
  const found: (string | number)[] = [];
  let node = source.data;
  for (const part of path) {
    if (!isCollection(node) || !Object.hasOwn(node, part)) break;
    node = (node as Readonly<Record<string | number, unknown>>)[part];
    found.push(part);
  }
  return isCollection(node) ? source.placeOfKey(found) : source.placeOf(found);
}

function isCollection(node: unknown): node is object {
  return node !== null && typeof node === 'object';
}
