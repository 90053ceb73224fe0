// Three texts → one, by Git's own merge of lines.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The label of the user's side, as it stands behind `<<<<<<<`. */
export const OURS = 'yours';
const BASE = 'last generated';
const THEIRS = 'generated now';

export interface MergedText {
  readonly text: string;
  /** 0: everything went together. */
  readonly conflicts: number;
}

/**
 * Merges what somebody made of the base with what is generated now. Conflicts get ordinary markers with all three.
 * Works with Git 2.39. Outside of any repository, so that no configuration of one has a say.
 */
export function mergeText({ ours, base, theirs }: Record<'ours' | 'base' | 'theirs', string>): MergedText {
  const folder = mkdtempSync(join(tmpdir(), 'rootstock-merge-'));
  try {
    for (const [name, text] of Object.entries({ ours, base, theirs })) writeFileSync(join(folder, name), text);
    const labels = [OURS, BASE, THEIRS].flatMap((label) => ['-L', label]);
    const words = ['merge-file', '-p', '--diff3', ...labels, 'ours', 'base', 'theirs'];
    try {
      const text = execFileSync('git', words, { cwd: folder, encoding: 'utf8', maxBuffer: MAX_BYTES, stdio: 'pipe' });
      return { text, conflicts: 0 };
    } catch (error) {
      const { status, stdout } = error as { status?: number | null; stdout?: string };
      // Up to 127 conflicts are the exit status; everything else is Git itself that failed.
      if (typeof status !== 'number' || status < 1 || status > 127 || stdout === undefined) throw error;
      return { text: stdout, conflicts: status };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const MAX_BYTES = 256 * 1024 * 1024;

const MARKERS = ['<<<<<<< ', '||||||| ', '>>>>>>> '];

/**
 * Lines of conflict markers that nobody resolved, ours or those of `git merge`, counted from 1.
 * @param path of the file: in Markdown `=======` is a heading
 */
export function findMarkers(text: string, path: string): number[] {
  const isDivider = (line: string) => /^=======\r?$/.test(line) && !path.endsWith('.md');
  const isMarker = (line: string) => MARKERS.some((marker) => line.startsWith(marker)) || isDivider(line);
  return text.split('\n').flatMap((line, index) => (isMarker(line) ? [index + 1] : []));
}
