// Where the store of an environment lies.

/** Relative to the repository; safe to commit. */
export function storePath(environment: string): string {
  return `secrets/${environment}.age`;
}
