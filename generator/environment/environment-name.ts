// The name of an environment, before its file is validated: enough to tell which recorded file a given one replaces.
import { parse } from 'yaml';

/** Finds `metadata.name`; undefined if the text has none or is not YAML. */
export function findEnvironmentName(text: string): string | undefined {
  try {
    const data: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent' });
    const name = (data as { readonly metadata?: { readonly name?: unknown } } | null)?.metadata?.name;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
