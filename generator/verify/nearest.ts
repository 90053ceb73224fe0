// The known word that somebody who wrote an unknown one probably meant.
import { distance } from 'fastest-levenshtein';

/** The nearest of the known words; undefined if none is near. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart < least) [best, least] = [candidate, apart];
  }
  return best;
}
