// Words → text that a shell reads as exactly these words: hints are made to be typed.

/** One command, e.g. `git -C 'my folder' status`. */
export function formatCommand(...words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** A word as a POSIX shell takes it; unchanged where nothing in it is special. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
