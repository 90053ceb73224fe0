import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { isOpenToOthers, makePrivateFolder, readIfThere, writePrivately, writeWhole } from './whole-files.ts';

const base = makeTemporaryFolder();
let count = 0;
let folder = '';
let file = '';
const modeOf = (path: string) => statSync(path).mode & 0o777;

beforeEach(() => {
  folder = join(base, `case-${count++}`);
  mkdirSync(folder);
  file = join(folder, 'secrets', 'prod.age');
});

describe('generator/io/whole-files', () => {
  it('writes a file and the folders on the way, and leaves nothing beside it', () => {
    writeWhole(file, 'text\n');

    expect(readIfThere(file)).toBe('text\n');
    expect(readdirSync(join(folder, 'secrets'))).toEqual(['prod.age']);
  });

  it('reads nothing where nothing is', () => {
    expect(readIfThere(file)).toBeUndefined();
  });

  it.each([
    ['a new file', () => undefined],
    [
      'a file that others could read',
      () => {
        writeWhole(file, 'old');
        chmodSync(file, 0o644);
      },
    ],
    [
      'what a killed run left beside it',
      () => {
        mkdirSync(join(folder, 'secrets'));
        writeFileSync(`${file}.new`, 'half', { mode: 0o666 });
      },
    ],
  ])('lets only its owner read %s', (_, arrange) => {
    arrange();

    writePrivately(file, 'secret');

    expect([readIfThere(file), modeOf(file), isOpenToOthers(file)]).toEqual(['secret', 0o600, false]);
  });

  it('does not write through a link that lies where the new file is made', () => {
    mkdirSync(join(folder, 'secrets'));
    const elsewhere = join(folder, 'elsewhere');
    symlinkSync(elsewhere, `${file}.new`);

    writePrivately(file, 'secret');

    expect(existsSync(elsewhere)).toBe(false);
    expect(readIfThere(file)).toBe('secret');
  });

  it('keeps the old file, and nothing of the new one, where it cannot be put in place', () => {
    mkdirSync(join(file, 'in the way'), { recursive: true });

    expect(() => writePrivately(file, 'secret')).toThrow();
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('writes long texts to the end', () => {
    const text = 'x'.repeat(5_000_000);

    writeWhole(file, text);

    expect(readFileSync(file, 'utf8') === text).toBe(true);
  });

  it('makes folders that only their owner enters', () => {
    makePrivateFolder(join(folder, 'a', 'b'));

    expect(modeOf(join(folder, 'a', 'b'))).toBe(0o700);
  });
});
