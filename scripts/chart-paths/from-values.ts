// values.yaml → draft: every key with a default, and the keys that only its comments show.
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { type DraftNode, makeDraft } from './draft.ts';

/** Reads the values of a chart. */
export function draftFromValues(text: string): DraftNode {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors[0] !== undefined) throw document.errors[0];
  const root = makeDraft('map');
  if (!isMap(document.contents)) return root;
  const seen: Seen = { lines, pairs: [], blockLines: new Set() };
  readMap(document.contents, root, seen);
  addCommentedKeys(text.split('\n'), root, seen);
  return root;
}

/** What the comments are placed by. */
interface Seen {
  readonly lines: LineCounter;
  /** Keys of block maps in the order of the file; a key inside a list has no map that a comment could add to. */
  readonly pairs: PlacedKey[];
  /** Lines inside block scalars, where `#` is text. */
  readonly blockLines: Set<number>;
}

interface PlacedKey {
  readonly line: number;
  readonly column: number;
  readonly parent: DraftNode | undefined;
  readonly node: DraftNode | undefined;
}

function readMap(map: YAMLMap, draft: DraftNode | undefined, seen: Seen): void {
  for (const pair of map.items) {
    const node = draft === undefined ? undefined : kindOf(pair);
    if (node !== undefined) draft?.keys.set(nameOf(pair), node);
    placeKey(pair, map, { draft, node }, seen);
    readInside(pair.value as Node | null, node, seen);
  }
}

function readInside(value: Node | null, node: DraftNode | undefined, seen: Seen): void {
  if (isMap(value)) readMap(value, node, seen);
  else if (isSeq(value)) for (const item of value.items) readInside(item as Node | null, undefined, seen);
  else if (isScalar(value) && (value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED')) {
    const [start = 0, end = 0] = value.range ?? [];
    for (let line = seen.lines.linePos(start).line; line < seen.lines.linePos(end).line; line++)
      seen.blockLines.add(line);
  }
}

function kindOf(pair: Pair): DraftNode {
  const { value } = pair;
  if (isMap(value)) return makeDraft(value.items.length === 0 ? 'open' : 'map');
  if (isSeq(value)) return makeDraft('list');
  if (value === null || (isScalar(value) && value.value === null)) return makeDraft('open');
  return makeDraft('value');
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function placeKey(
  pair: Pair,
  map: YAMLMap,
  { draft, node }: { readonly draft: DraftNode | undefined; readonly node: DraftNode | undefined },
  seen: Seen,
): void {
  if (map.flow === true || !isScalar(pair.key) || pair.key.range === null || pair.key.range === undefined) return;
  const { line, col } = seen.lines.linePos(pair.key.range[0]);
  seen.pairs.push({ line, column: col, parent: draft, node });
}

/** Words that stand before a colon in prose, not as keys. */
const PROSE = new Set([
  'default',
  'e.g',
  'eg',
  'example',
  'examples',
  'http',
  'https',
  'i.e',
  'note',
  'ref',
  'see',
  'todo',
  'warning',
]);
const KEY_LINE = /^(?:"([^"]+)"|([a-z][A-Za-z0-9_./-]*)):(?: +(.*))?$/;

/** Adds keys that look like YAML in comments: `# leaseDuration: 60s` stands for a key of the map around it. */
function addCommentedKeys(lines: readonly string[], root: DraftNode, seen: Seen): void {
  let deeperThan: number | undefined;
  for (const [index, line] of lines.entries()) {
    const comment = /^( *)#+ ?(.*)$/.exec(line);
    if (comment === null || seen.blockLines.has(index + 1)) {
      deeperThan = undefined;
      continue;
    }
    const [, before = '', content = ''] = comment;
    const indent = content.length - content.trimStart().length;
    if (deeperThan !== undefined && indent > deeperThan) continue;
    // Indented within its comment it is an example inside prose, not a key that waits to be uncommented.
    const name = indent === 0 ? findKey(content) : undefined;
    // What is deeper belongs to this key or to this list item, so it is no key of the map around.
    deeperThan = name !== undefined || content.trimStart().startsWith('- ') ? indent : undefined;
    const map = name === undefined ? undefined : findMapAround(index + 1, before.length + 1, root, seen.pairs);
    if (name !== undefined && map !== undefined && !map.keys.has(name)) map.keys.set(name, makeDraft('open', true));
  }
}

/** The key of a commented line, undefined for prose: what follows a key is one word, quoted, or a YAML collection. */
function findKey(content: string): string | undefined {
  const [, quoted, plain, value = ''] = KEY_LINE.exec(content.trimEnd()) ?? [];
  const name = quoted ?? plain;
  if (name === undefined || PROSE.has(name)) return undefined;
  const text = value.replace(/ #.*$/, '').trim();
  return /^("[^"]*"|'[^']*'|[[{|>].*|[^ ]*)$/.test(text) && !text.startsWith('//') ? name : undefined;
}

/** The map that a comment in a line and column adds to; undefined inside lists and under open keys. */
function findMapAround(
  line: number,
  column: number,
  root: DraftNode,
  pairs: readonly PlacedKey[],
): DraftNode | undefined {
  const next = pairs.find((pair) => pair.line > line);
  if (next?.column === column) return next.parent;
  const before = pairs.findLast((pair) => pair.line < line && pair.column <= column);
  if (before === undefined) return column === 1 ? root : undefined;
  if (before.column === column) return before.parent;
  return before.node?.kind === 'map' ? before.node : undefined;
}
