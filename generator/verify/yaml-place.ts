// Where a node stands in a YAML file. Reads the file again, so only files with a problem pay for it.
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import type { KeyPath } from '../core/key-path.ts';

/** Line and column of a key or list item, counted from 1; of the nearest node above if it is not there. */
export function findPlace(
  content: string,
  document: number,
  path: KeyPath,
): { readonly line?: number; readonly column?: number } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(content, { lineCounter: lines });
  // Empty documents are not counted, as the checks never see them.
  const contents = Array.isArray(documents) ? documents.map(({ contents: node }) => node).filter(isCollection) : [];
  const offset = findOffset(contents[document], path);
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function isCollection(node: unknown): boolean {
  return isMap(node) || isSeq(node);
}

function findOffset(node: ParsedNode | null | undefined, path: KeyPath): number | undefined {
  const start = node?.range?.[0];
  const [part, ...rest] = path;
  if (part === undefined) return start;
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    if (pair === undefined) return start;
    return rest.length === 0 ? pair.key.range?.[0] : (findOffset(pair.value, rest) ?? pair.key.range?.[0]);
  }
  if (isSeq<ParsedNode>(node)) return findOffset(node.items[Number(part)], rest) ?? start;
  return start;
}
