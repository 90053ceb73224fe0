import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));

/**
 * Stands in for rclone with two remotes that are folders: `files:bucket/a` is `files/bucket/a`. A bucket that is not
 * there cannot be written; what is not there cannot be listed (3), as with S3. A flag that it does not know is refused.
 */
const RCLONE = `#!/usr/bin/env bash
set -euo pipefail
verb=$1; shift
paths=() backup='' keep='' only='' exclude=''
while [ $# -gt 0 ]; do
  case $1 in
    --backup-dir) backup=$FAKE/\${2/://}; shift ;;
    --exclude) exclude=$2; shift ;;
    --ignore-existing) keep=yes ;;
    --dirs-only | --files-only) only=$1 ;;
    --stats | --stats-log-level) shift ;;
    --checksum | --fast-list | --ignore-times | --stats-one-line) ;;
    -*) echo "unknown flag: $1" >&2; exit 2 ;;
    *) paths+=("$FAKE/\${1/://}") ;;
  esac
  shift
done
for path in "\${paths[@]}"; do
  remote=\${path#"$FAKE"/}
  [ ! -e "$FAKE/\${remote%%/*}.broken" ] || { echo 'api error SignatureDoesNotMatch' >&2; exit 1; }
done
bucket_of() { local rest=\${1#"$FAKE"/*/}; echo "\${1%"$rest"}\${rest%%/*}"; }
put() { mkdir -p "$(dirname "$2")"; cp "$1" "$2"; }
names() { (cd "$1" && find . -type f | sed 's|^./||' | if [ -n "$exclude" ]; then grep -v '^.rootstock/' || true; else cat; fi); }
case $verb in
  lsf)
    [ -d "\${paths[0]}" ] || exit 3
    cd "\${paths[0]}"
    if [ "$only" = --dirs-only ]; then find . -mindepth 1 -maxdepth 1 -type d | sed 's|^./||; s|$|/|'
    else find . -mindepth 1 -maxdepth 1 -type f | sed 's|^./||'; fi ;;
  rcat)
    [ -d "$(bucket_of "\${paths[0]}")" ] || { echo 'NoSuchBucket' >&2; exit 1; }
    cat >/tmp/rcat.$$; put /tmp/rcat.$$ "\${paths[0]}"; rm /tmp/rcat.$$ ;;
  purge) rm -r "\${paths[0]}" ;;
  copy | sync)
    from=\${paths[0]} to=\${paths[1]}
    [ -d "$from" ] || exit 3
    mkdir -p "$to"
    if [ "$verb" = sync ]; then
      [ "$exclude" = '/.rootstock/**' ] || exit 2
      names "$to" | while read -r name; do
        cmp -s "$from/$name" "$to/$name" || { put "$to/$name" "$backup/$name"; rm "$to/$name"; }
      done
    fi
    names "$from" | while read -r name; do
      [ -n "$keep" ] && [ -e "$to/$name" ] || put "$from/$name" "$to/$name"
    done ;;
  *) exit 2 ;;
esac
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onyx-files-'));
  for (const name of ['bin', 'files/onyx', 'backup/copies']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'bin', 'rclone'), RCLONE, { mode: 0o755 });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(script: string, changes: Record<string, string> = {}): { status: number | null; output: string } {
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    FAKE: folder,
    SOURCE: 'files:onyx',
    COPIES: 'backup:copies/prod/files',
    RETENTION_DAYS: '7',
    PAUSE_SECONDS: '0',
    TRIES: '2',
    ...changes,
  };
  const { status, stdout, stderr } = spawnSync('sh', [join(SCRIPTS, script)], { env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function get(path: string): string | undefined {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const SOURCE = 'files/onyx';
const COPIES = 'backup/copies/prod/files';

function listCopies(): string[] {
  return readdirSync(join(folder, COPIES))
    .filter((name) => name !== '.rootstock')
    .sort();
}

function daysAgo(days: number): string {
  const [date, time] = new Date(Date.now() - days * 86_400_000).toISOString().split('T');
  return `${date}T${time?.slice(0, 5).replace(':', '')}Z`;
}

describe('blueprints/apps/onyx-files/scripts/copy-files.sh', () => {
  it('copies what is there, and keeps what was replaced or deleted', () => {
    run('restore-files.sh');
    put(`${SOURCE}/a/1`, 'old');
    put(`${SOURCE}/b`, 'gone soon');
    const first = run('copy-files.sh');
    put(`${SOURCE}/a/1`, 'new');
    rmSync(join(folder, SOURCE, 'b'));

    const second = run('copy-files.sh');

    expect([first.status, second.status]).toEqual([0, 0]);
    const [kept, current] = listCopies();
    expect(current).toBe('current');
    expect([get(`${COPIES}/current/a/1`), get(`${COPIES}/current/b`)]).toEqual(['new', undefined]);
    expect([get(`${COPIES}/${kept}/a/1`), get(`${COPIES}/${kept}/b`)]).toEqual(['old', 'gone soon']);
    expect(get(`${COPIES}/current/.rootstock/ready`)).toBeUndefined();
  });

  it('removes what is older than copies are kept, and nothing that it did not make', () => {
    run('restore-files.sh');
    const [old, young] = [daysAgo(8), daysAgo(6)];
    for (const name of [old, young, 'by-hand', 'current']) put(`${COPIES}/${name}/file`, 'x');
    put(`${SOURCE}/file`, 'x');

    const { status, output } = run('copy-files.sh');

    expect(status).toBe(0);
    expect(output).toContain(`removing backup:copies/prod/files/${old}, older than 7 days`);
    expect(listCopies()).toEqual([young, 'by-hand', 'current'].sort());
  });

  it.each([
    ['that is new', () => undefined],
    ['that cannot be listed', () => put('files.broken', '')],
  ])('does not empty the copies after a bucket %s', (_title, breakIt) => {
    put(`${COPIES}/current/a`, 'kept');
    breakIt();

    const { status, output } = run('copy-files.sh');

    expect(status).toBe(1);
    expect(output).toContain('files:onyx has no .rootstock/ready');
    expect(get(`${COPIES}/current/a`)).toBe('kept');
  });
});

describe('blueprints/apps/onyx-files/scripts/restore-files.sh', () => {
  it('brings everything back into a bucket that has none, once', () => {
    put(`${COPIES}/current/a/1`, 'copy');
    put(`${SOURCE}/a/2`, 'written by Onyx in the meantime');

    const first = run('restore-files.sh');
    rmSync(join(folder, SOURCE, 'a', '1'));
    const second = run('restore-files.sh');

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(first.output).toContain('bringing back what files:onyx lacks');
    expect(second.output).toContain('is ready: nothing to restore');
    expect([get(`${SOURCE}/a/1`), get(`${SOURCE}/a/2`)]).toEqual([undefined, 'written by Onyx in the meantime']);
  });

  it('replaces nothing that is there already', () => {
    put(`${COPIES}/current/a`, 'copy');
    put(`${SOURCE}/a`, 'newer');

    run('restore-files.sh');

    expect(get(`${SOURCE}/a`)).toBe('newer');
  });

  it('starts empty where there are no copies yet', () => {
    const { status, output } = run('restore-files.sh');

    expect(status).toBe(0);
    expect(output).toContain('it starts empty');
    expect(get(`${SOURCE}/.rootstock/ready`)).toMatch(/^Files are complete since /);
  });

  it.each([
    ['the bucket is not there', () => rmSync(join(folder, SOURCE), { recursive: true }), 'cannot use files:onyx'],
    ['its keys are wrong', () => put('files.broken', ''), 'cannot use files:onyx'],
    ['the copies are not there', () => rmSync(join(folder, 'backup'), { recursive: true }), 'cannot use backup:copies'],
    ['the keys of the copies are wrong', () => put('backup.broken', ''), 'cannot use backup:copies'],
  ])('says so and never starts empty when %s', (_title, breakIt, message) => {
    breakIt();

    const { status, output } = run('restore-files.sh');

    expect(status).toBe(1);
    expect(output).toContain(message);
    expect(get(`${SOURCE}/.rootstock/ready`)).toBeUndefined();
  });

  it('goes back to a day by hand: what was replaced or deleted since comes back as it was then', () => {
    const states: Record<string, Record<string, string>> = {
      current: { a: 'of today' },
      '2026-11-22T0215Z': { a: 'of Saturday', b: 'deleted on Sunday' },
      '2026-11-20T0215Z': { a: 'of Thursday' },
      '2026-11-10T0215Z': { a: 'too old' },
    };
    for (const [name, files] of Object.entries(states))
      for (const [file, text] of Object.entries(files)) put(`${COPIES}/${name}/${file}`, text);
    put(`${SOURCE}/a`, 'of today');
    put(`${SOURCE}/.rootstock/ready`, 'yes');

    const { status } = run('restore-files.sh', { POINT: '2026-11-19T0000Z' });

    expect(status).toBe(0);
    expect([get(`${SOURCE}/a`), get(`${SOURCE}/b`)]).toEqual(['of Thursday', 'deleted on Sunday']);
  });
});
