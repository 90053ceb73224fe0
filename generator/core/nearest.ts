// The known word that somebody who wrote an unknown one probably meant.
import { distance } from 'fastest-levenshtein';

/** The nearest of the known words; undefined if none is near: one step for short words, a third of the letters for long ones. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1;
  for (const candidate of known) {
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart < least) [best, least] = [candidate, apart];
  }
  return best;
}

/** The same as a hint: `did you mean prod?`. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const found = findNearest(word, known);
  return found === undefined ? undefined : `did you mean ${found}?`;
}
