import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { fileExists, readSshKey, writeEnvironmentFile } from './environment-file.ts';

const KEY = 'ssh-ed25519 AAAA ops@example.com';

describe('generator/io/environment-file', () => {
  it('writes a file, with the folders on its way and nothing beside it', () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'environments/prod.yaml');

    const written = writeEnvironmentFile(file, 'a: 1\n');

    expect(written.ok).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('a: 1\n');
    expect(readdirSync(join(folder, 'environments'))).toEqual(['prod.yaml']);
  });

  it('says why a file cannot be written, and leaves no draft', () => {
    const folder = makeTemporaryFolder();
    mkdirSync(join(folder, 'prod.yaml'));

    const written = writeEnvironmentFile(join(folder, 'prod.yaml'), 'a: 1\n');

    expect(written.problems).toMatchObject([{ code: 'IO-005', message: expect.stringContaining('cannot be written') }]);
    expect(readdirSync(folder)).toEqual(['prod.yaml']);
  });

  it.each(['prod.yaml', 'sub/prod.yaml'])('says that a file is in the way of %s below it', (path) => {
    const folder = makeTemporaryFolder();
    const obstacle = join(folder, 'afile');
    writeFileSync(obstacle, 'mine');
    const file = join(obstacle, path);

    const written = writeEnvironmentFile(file, 'a: 1\n');

    expect(written.problems).toEqual([
      {
        code: 'IO-005',
        severity: 'error',
        place: { file },
        message: `${file} cannot be written: ${obstacle} is a file, not a folder.`,
        hint: 'name another file with -o',
      },
    ]);
    expect(readFileSync(obstacle, 'utf8')).toBe('mine');
  });

  it.each([
    { name: 'a key', text: KEY },
    { name: 'nothing', text: '' },
  ])('gives $name back as it is', ({ text }) => {
    expect(readSshKey(text)).toMatchObject({ ok: true, value: text });
  });

  it('reads the first line of a .pub file', () => {
    const file = join(makeTemporaryFolder(), 'id_ed25519.pub');
    writeFileSync(file, `${KEY}\r\nsecond\n`);

    expect(readSshKey(file)).toMatchObject({ ok: true, value: KEY });
  });

  it('says how to make a key that is not there', () => {
    const file = join(makeTemporaryFolder(), 'id_ed25519.pub');

    const key = readSshKey(file);

    expect(key.problems).toMatchObject([
      { code: 'IO-001', hint: 'make one with ssh-keygen -t ed25519, or give the key itself' },
    ]);
  });

  it('knows whether a file exists', () => {
    const folder = makeTemporaryFolder();

    expect([fileExists(folder), fileExists(join(folder, 'x'))]).toEqual([true, false]);
  });
});
