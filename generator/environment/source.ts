// Text of an environment file → data whose every node still knows its line and column.
import { type Document, isAlias, isMap, isNode, isPair, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { KeyPath } from '../core/key-path.ts';
import {
  fail,
  makeProblem,
  type Outcome,
  type Place,
  type Problem,
  type ProblemKind,
  succeed,
} from '../core/problem.ts';

const NOT_YAML: ProblemKind = {
  code: 'ENV-001',
  title: 'Not valid YAML',
  explanation:
    'The file is not well-formed YAML 1.2. Frequent causes: tabs in the indentation, a missing space after a colon, an unclosed quote.',
};
const DUPLICATE_KEY: ProblemKind = {
  code: 'ENV-002',
  title: 'A key is written twice',
  explanation: 'YAML tools differ in which of two equal keys wins, so Rootstock accepts neither. Keep one of them.',
};
const ONE_DOCUMENT: ProblemKind = {
  code: 'ENV-003',
  title: 'The file does not hold exactly one document',
  explanation:
    'An environment file is one YAML document: one cluster. Give every environment a file of its own and name them all with -e.',
};
const TOO_LARGE: ProblemKind = {
  code: 'ENV-004',
  title: 'The file is too large',
  explanation:
    'Environment files are a few kilobytes. A file over 1 MiB, or aliases that expand beyond measure, is something else.',
};
const ALIAS: ProblemKind = {
  code: 'ENV-005',
  title: 'YAML aliases are not used in environment files',
  explanation: 'Aliases and anchors hide where a value comes from and can expand without limit. Write the value out.',
};
const NOT_TEXT: ProblemKind = {
  code: 'ENV-006',
  title: 'The file is not text',
  explanation: 'The file holds bytes that are not UTF-8 text. Save it as UTF-8.',
};

export const sourceProblems: readonly ProblemKind[] = [
  NOT_YAML,
  DUPLICATE_KEY,
  ONE_DOCUMENT,
  TOO_LARGE,
  ALIAS,
  NOT_TEXT,
];

const MAX_CHARACTERS = 1024 * 1024;

/** An environment file as read: plain data, and the place of each node in it. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly data: unknown;
  /** Place of a node; for a key that is absent, the place of the nearest node above it. */
  placeOf(path: KeyPath): Place;
  /** Place of the key itself rather than of its value. */
  placeOfKey(path: KeyPath): Place;
}

/** Parses the text of an environment file. Codes: ENV-001 to ENV-006. */
export function parseSource(file: string, text: string): Outcome<Source> {
  if (text.length > MAX_CHARACTERS) {
    const message = `The file has ${Math.ceil(text.length / 1024)} KiB; an environment file has at most 1024.`;
    return fail([makeProblem(TOO_LARGE, { place: { file }, message })]);
  }
  const binary = /[\0\uFFFD]/.exec(text);
  if (binary !== null) {
    return fail([
      makeProblem(NOT_TEXT, {
        place: { file },
        message: `Character ${binary.index + 1} of the file is not UTF-8 text.`,
        hint: 'save the file as UTF-8',
      }),
    ]);
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  if (!Array.isArray(documents) || documents.length !== 1)
    return fail([wrongCount(file, Array.isArray(documents) ? documents : [], lines)]);
  const [document] = documents as Document[];
  if (document === undefined) return fail([wrongCount(file, [], lines)]);
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problems = [...syntaxProblems(document, placeAt), ...aliasProblems(document, placeAt)];
  if (problems.length > 0) return fail(problems);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return fail([wrongCount(file, [], lines)]);
  return succeed({
    file,
    text,
    data: document.toJS({ maxAliasCount: 0 }) as unknown,
    placeOf: (path) => placeAt(findOffset(document, path, false)),
    placeOfKey: (path) => placeAt(findOffset(document, path, true)),
  });
}

function wrongCount(file: string, documents: readonly Document[], lines: LineCounter): Problem {
  const second = documents[1];
  if (second === undefined) {
    return makeProblem(ONE_DOCUMENT, {
      place: { file, line: 1, column: 1 },
      message: 'The file is empty.',
      hint: 'rootstock init writes one to start from',
    });
  }
  const { line, col } = lines.linePos(second.range?.[0] ?? 0);
  return makeProblem(ONE_DOCUMENT, {
    place: { file, line, column: col },
    message: `The file holds ${documents.length} documents; an environment file holds one.`,
    hint: 'move each into a file of its own and pass -e for each',
  });
}

function syntaxProblems(document: Document, placeAt: (offset: number) => Place): Problem[] {
  return document.errors.slice(0, 20).map((error) => {
    const place = placeAt(error.pos[0]);
    if (error.code === 'DUPLICATE_KEY') {
      return makeProblem(DUPLICATE_KEY, {
        place,
        message: 'This key is written a second time in the same map.',
        hint: 'keep one of the two',
      });
    }
    const tab = error.code === 'TAB_AS_INDENT';
    return makeProblem(NOT_YAML, {
      place,
      message: tab
        ? 'A tab indents this line; YAML allows spaces only.'
        : `${error.message.replace(/\s+/g, ' ').replace(/\.?$/, '.')}`,
      hint: tab ? 'replace the tab by two spaces' : undefined,
    });
  });
}

function aliasProblems(document: Document, placeAt: (offset: number) => Place): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Node(_key, node) {
      const name = isAlias(node) ? node.source : undefined;
      if (name === undefined) return;
      problems.push(
        makeProblem(ALIAS, {
          place: placeAt(node.range?.[0] ?? 0),
          message: `The alias *${name} stands here.`,
          hint: `write the value of &${name} out`,
        }),
      );
    },
  });
  return problems.slice(0, 20);
}

function findOffset(document: Document, path: KeyPath, wantKey: boolean): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, part] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part))
      : undefined;
    const next: unknown = pair !== undefined ? pair.value : document.getIn(path.slice(0, depth + 1), true);
    const keyNode = pair !== undefined && isNode(pair.key) ? pair.key : undefined;
    if (!isNode(next) && keyNode === undefined) return offset;
    const last = depth === path.length - 1;
    offset =
      (last && wantKey ? keyNode?.range?.[0] : undefined) ??
      (isNode(next) ? next.range?.[0] : undefined) ??
      keyNode?.range?.[0] ??
      offset;
    node = next;
  }
  return offset;
}
