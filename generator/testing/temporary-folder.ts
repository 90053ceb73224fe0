// Folders for tests that touch the disk: made on demand, gone when the test file is done.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes an empty folder that is removed after the tests of the file. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'rootstock-test-'));
  // Thousands of files, on a machine that is busy with other tests.
  afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);
  return folder;
}
