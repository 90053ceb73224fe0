// Text of an environment file → data whose every node still knows its line and column.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
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
    'Environment files are a few kilobytes of short lines, a few levels deep. Anything else is not an environment file, and reading it could take very long.',
};
const ALIAS: ProblemKind = {
  code: 'ENV-005',
  title: 'YAML aliases are not used in environment files',
  explanation: 'Aliases and anchors hide where a value comes from and can expand without limit. Write the value out.',
};
const NOT_TEXT: ProblemKind = {
  code: 'ENV-006',
  title: 'The file is not plain text',
  explanation:
    'The file holds bytes that are not UTF-8, or control and private-use characters. They have no place in any value here and mean something else to the programs that read the generated files.',
};

export const sourceProblems: readonly ProblemKind[] = [
  NOT_YAML,
  DUPLICATE_KEY,
  ONE_DOCUMENT,
  TOO_LARGE,
  ALIAS,
  NOT_TEXT,
];

const MAX_CHARACTERS = 256 * 1024;
/** The longest honest line is an RSA key of some 3000 characters. */
const MAX_LINE_CHARACTERS = 8192;
const MAX_LINES = 5000;
/** Brackets and nested dashes open a level each, and reading levels recurses. */
const MAX_OPENINGS = 500;

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
  const refusals = [...sizeProblems(file, text), ...characterProblems(file, text)];
  if (refusals.length > 0) return fail(refusals);
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
  return readDocument(file, text, document, (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  });
}

function readDocument(
  file: string,
  text: string,
  document: Document,
  placeAt: (offset: number) => Place,
): Outcome<Source> {
  const problems = [...syntaxProblems(document, placeAt), ...nodeProblems(document, placeAt)];
  if (problems.length > 0) return fail(problems);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return fail([emptyFile(file)]);
  if (!isMap(document.contents)) {
    const message = 'The file does not hold keys and values.';
    return fail([makeProblem(NOT_YAML, { place: { file, line: 1, column: 1 }, message, hint: START_HINT })]);
  }
  return succeed({
    file,
    text,
    data: document.toJS({ maxAliasCount: 0 }) as unknown,
    placeOf: (path) => placeAt(findOffset(document, path, false)),
    placeOfKey: (path) => placeAt(findOffset(document, path, true)),
  });
}

const START_HINT = 'rootstock init writes one to start from';

function sizeProblems(file: string, text: string): Problem[] {
  const tooLarge = (message: string, line?: number) => [
    makeProblem(TOO_LARGE, {
      place: line === undefined ? { file } : { file, line, column: 1 },
      message,
      hint: START_HINT,
    }),
  ];
  if (text.length > MAX_CHARACTERS) {
    const limit = MAX_CHARACTERS / 1024;
    return tooLarge(`The file has ${Math.ceil(text.length / 1024)} KiB; an environment file has at most ${limit}.`);
  }
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) return tooLarge(`The file has ${lines.length} lines; ${MAX_LINES} are allowed.`);
  const long = lines.findIndex((line) => line.length > MAX_LINE_CHARACTERS);
  if (long >= 0) return tooLarge(`This line has more than ${MAX_LINE_CHARACTERS} characters.`, long + 1);
  const openings = text.match(/[[{]|[-?] (?=[-?] )/g)?.length ?? 0;
  if (openings <= MAX_OPENINGS) return [];
  return tooLarge(`The file opens ${openings} brackets and nested lists; ${MAX_OPENINGS} are allowed.`);
}

function characterProblems(file: string, text: string): Problem[] {
  const found = findUnprintable(text);
  if (found === undefined) return [];
  const before = text.slice(0, found).split('\n');
  const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  const message = describeCharacter(text.charCodeAt(found));
  return [makeProblem(NOT_TEXT, { place, message, hint: 'save the file as UTF-8 text' })];
}

/** Position of the first control, private-use or replacement character; tabs and line ends are text. */
function findUnprintable(text: string): number | undefined {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const control = code < 0x20 ? code !== 0x09 && code !== 0x0a && code !== 0x0d : code === 0x7f;
    // Private use: our own HCL writer uses two of these characters as marks.
    if (control || (code >= 0xe000 && code <= 0xf8ff) || code === 0xfffd) return index;
  }
  return undefined;
}

function describeCharacter(code: number): string {
  if (code === 0xfffd) return 'Here stands a byte that is not UTF-8.';
  return `Here stands the character U+${code.toString(16).toUpperCase().padStart(4, '0')}, which is not printable text.`;
}

function wrongCount(file: string, documents: readonly Document[], lines: LineCounter): Problem {
  const second = documents[1];
  if (second === undefined) return emptyFile(file);
  const { line, col } = lines.linePos(second.range?.[0] ?? 0);
  return makeProblem(ONE_DOCUMENT, {
    place: { file, line, column: col },
    message: `The file holds ${documents.length} documents; an environment file holds one.`,
    hint: 'move each into a file of its own and pass -e for each',
  });
}

function emptyFile(file: string): Problem {
  const place = { file, line: 1, column: 1 };
  return makeProblem(ONE_DOCUMENT, { place, message: 'The file is empty.', hint: START_HINT });
}

function syntaxProblems(document: Document, placeAt: (offset: number) => Place): Problem[] {
  if (document.directives?.yaml.explicit === true) {
    const message = 'A %YAML directive stands here; environment files are YAML 1.2.';
    return [makeProblem(NOT_YAML, { place: placeAt(0), message, hint: 'remove the line' })];
  }
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
      message: tab ? 'A tab indents this line; YAML allows spaces only.' : withoutQuotation(error.message),
      hint: tab ? 'replace the tab by two spaces' : undefined,
    });
  });
}

/** The parser quotes the file, over many lines if need be; the place says it better. */
function withoutQuotation(message: string): string {
  return `${message.replace(/: (?![a-z-]+$)[\s\S]*/, '').replace(/\.$/, '')}.`;
}

/** Aliases, tags, keys that are no text, and unprintable characters that hide behind an escape. */
function nodeProblems(document: Document, placeAt: (offset: number) => Place): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair(_key, pair) {
      if (isScalar(pair.key) || !isNode(pair.key)) return;
      const place = placeAt(pair.key.range?.[0] ?? 0);
      problems.push(makeProblem(NOT_YAML, { place, message: 'A list or a map stands where a key is expected.' }));
    },
    Node(_key, node) {
      const problem = checkNode(node, placeAt(node.range?.[0] ?? 0));
      if (problem !== undefined) problems.push(problem);
    },
  });
  return problems.slice(0, 20);
}

function checkNode(node: Node, place: Place): Problem | undefined {
  if (isAlias(node)) {
    const message = `The alias *${node.source} stands here.`;
    return makeProblem(ALIAS, { place, message, hint: `write the value of &${node.source} out` });
  }
  if (node.tag !== undefined) {
    const message = `The tag ${node.tag} stands here; environment files hold plain values only.`;
    return makeProblem(NOT_YAML, { place, message, hint: 'remove the tag' });
  }
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  const found = findUnprintable(text);
  if (found === undefined) return undefined;
  return makeProblem(NOT_TEXT, { place, message: describeCharacter(text.charCodeAt(found)), hint: 'remove it' });
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
