// The same YAML with the keys of every map in another order, to prove that order means nothing.
import { isMap, isScalar, parseDocument, visit } from 'yaml';

/**
 * Puts the keys of every map in another order; lists stay as they are. The order follows from `seed` alone, so a
 * failing test fails again.
 */
export function shuffleKeys(text: string, seed: number): string {
  const document = parseDocument(text);
  let state = seed;
  visit(document, {
    Map: (_, map) => {
      for (let last = map.items.length - 1; last > 0; last--) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const other = state % (last + 1);
        const [a, b] = [map.items[last], map.items[other]];
        if (a !== undefined && b !== undefined) [map.items[last], map.items[other]] = [b, a];
      }
    },
  });
  return document.toString();
}

/** Names of all maps' keys in the order of the text, for tests of the shuffling itself. */
export function listKeys(text: string): string[] {
  const keys: string[] = [];
  visit(parseDocument(text), {
    Pair: (_, pair) => {
      if (isScalar(pair.key)) keys.push(String(pair.key.value));
    },
    Seq: (_, seq) => {
      if (!seq.items.some(isMap)) return visit.SKIP;
    },
  });
  return keys;
}
