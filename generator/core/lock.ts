// .rootstock/lock.json: what was generated, by which version, so that the next run knows its own files.

export const LOCK_PATH = '.rootstock/lock.json';

export interface Lock {
  /** Version of Rootstock that wrote it. */
  readonly generator: string;
  /** By name: the input file inside the repository, and version and digest of each app. */
  readonly environments: Readonly<Record<string, LockedEnvironment>>;
  /** SHA-256 (hex) of each generated file, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LockedEnvironment {
  readonly file: string;
  /** Version of Rootstock that generated it; absent in locks of before. */
  readonly generator?: string;
  readonly charts: Readonly<Record<string, string>>;
  /** SHA-256 (hex) over all files that were generated for each app, paths included; absent in locks of before. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** Of a repository that lost its lock. */
export const NO_LOCK: Lock = { generator: '', environments: {}, files: {} };

/** Reads a lock; undefined if the text is not one. */
export function parseLock(text: string): Lock | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(data) || typeof data['generator'] !== 'string') return undefined;
  const { environments, files } = data;
  if (!isRecord(environments) || !isRecord(files) || Object.values(files).some((hash) => typeof hash !== 'string'))
    return undefined;
  const complete = Object.values(environments).every(
    (entry) => isRecord(entry) && typeof entry['file'] === 'string' && isRecord(entry['charts']),
  );
  const inside = [
    ...Object.keys(files),
    ...Object.values(environments).map((entry) => String(isRecord(entry) ? entry['file'] : '')),
  ].every(isSafePath);
  return complete && inside ? (data as unknown as Lock) : undefined;
}

/** False for paths that would leave the repository or reach into Git's own folder: a lock is a file that anybody can edit. */
export function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return (
    path !== '' &&
    !path.includes('\\') &&
    !path.includes('\0') &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    parts[0] !== '.git'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
