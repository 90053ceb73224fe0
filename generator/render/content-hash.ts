// A short digest of generated content, to make a change of it visible elsewhere.
import { createHash } from 'node:crypto';

/** First 16 hex digits of the SHA-256 of all texts, in the given order. */
export function hashContent(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex').slice(0, 16);
}
