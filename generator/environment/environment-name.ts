// The name of an environment, before its file is validated: enough to tell which recorded file a given one replaces.
import { parseSource } from './source.ts';

/** Finds `metadata.name`; undefined if the text has none or is no environment file. */
export function findEnvironmentName(text: string): string | undefined {
  const source = parseSource('', text);
  if (!source.ok) return undefined;
  const name = (source.value.data as { readonly metadata?: { readonly name?: unknown } | null }).metadata?.name;
  return typeof name === 'string' ? name : undefined;
}
