// Folders for tests that touch the disk: made on demand, gone when the test file is done.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes an empty folder that is removed after the tests of the file. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'rootstock-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
