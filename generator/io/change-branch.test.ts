import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../core/problem.ts';
import { readProven } from '../testing/push-request.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { type ChangeRequest, pushChange, removeBranch } from './change-branch.ts';

const base = makeTemporaryFolder();
const BRANCH = 'rootstock/prod';
let remote = '';
let folder = '';
let count = 0;

beforeAll(() => {
  const settings = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  Object.assign(process.env, settings, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' });
});

beforeEach(() => {
  const name = `case-${count++}`;
  remote = join(base, `${name}.git`);
  folder = join(base, name);
  git(base, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  git(base, 'clone', '--quiet', remote, folder);
  write('a.txt', '1\n');
  write('notes.md', 'mine\n');
  commitAll(folder, 'start');
  git(folder, 'push', '--quiet', 'origin', 'HEAD:main');
});

describe('generator/io/change-branch', () => {
  it('commits on a branch of its own, and has nothing to do the second time', async () => {
    write('a.txt', '2\n');

    const first = await push();
    const head = git(folder, 'rev-parse', 'HEAD');
    const second = await push();

    expect(first).toMatchObject({
      ok: true,
      value: { state: 'pushed', files: [{ path: 'a.txt', action: 'update' }], untouched: [] },
    });
    expect(second).toMatchObject({ ok: true, value: { state: 'up-to-date' } });
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(head);
    expect(git(folder, 'branch', '--show-current')).toBe(BRANCH);
    expect(log('main')).toEqual(['start']);
    expect(log(BRANCH)).toEqual(['render', 'start']);
  });

  it('leaves the base branch of the folder, staged files and files of others as they are', async () => {
    write('a.txt', '2\n');
    write('notes.md', 'changed\n');
    git(folder, 'add', 'notes.md');
    const before = git(folder, 'rev-parse', 'main');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { untouched: ['notes.md'] } });
    expect(git(folder, 'rev-parse', 'main')).toBe(before);
    expect(git(folder, 'diff', '--cached', '--name-only')).toBe('notes.md');
    expect(git(folder, 'show', '--name-only', '--format=', 'HEAD')).toBe('a.txt');
  });

  it('adds to its branch in the same folder', async () => {
    write('a.txt', '2\n');
    await push();
    write('a.txt', '3\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'render', 'start']);
  });

  it('replaces its own commits from another clone', async () => {
    write('a.txt', '2\n');
    await push();
    folder = clone();
    write('a.txt', '3\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'start']);
    expect(show(`${BRANCH}:a.txt`)).toBe('3');
  });

  describe('of what people wrote in another folder', () => {
    const INPUT = 'environments/prod.yaml';
    const PATHS = [INPUT, 'secrets/prod.age', 'a.txt', 'b.txt', '.rootstock/lock.json'];
    const say = (text: string) => `${text}\n`;
    /** As render leaves it: the lock knows each generated text. */
    const render = (files: Readonly<Record<string, string>>, edits: Readonly<Record<string, string>> = {}) => {
      const hash = (text: string) => createHash('sha256').update(text).digest('hex');
      const known = Object.entries(files).map(([path, text]) => [path, hash(text)]);
      for (const [path, text] of Object.entries({ ...files, ...edits })) write(path, text);
      write(
        '.rootstock/lock.json',
        JSON.stringify({ generator: '1', environments: {}, files: Object.fromEntries(known) }),
      );
    };

    beforeEach(() => {
      render({ [INPUT]: say('max: 3'), 'a.txt': say('1'), 'b.txt': say('1') });
      commitAll(folder, 'rendered');
      git(folder, 'push', '--quiet', 'origin', 'HEAD:main');
    });

    it.each([
      ['an environment file', () => render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') }), INPUT],
      [
        'an edit of a generated file',
        () => render({ [INPUT]: say('max: 3'), 'a.txt': say('2'), 'b.txt': say('1') }, { 'a.txt': say('mine') }),
        'a.txt',
      ],
      [
        'a store of secrets',
        () => {
          render({ [INPUT]: say('max: 3'), 'a.txt': say('2'), 'b.txt': say('1') });
          write('secrets/prod.age', say('age'));
        },
        'secrets/prod.age',
      ],
    ])('replaces no branch that holds %s, closes none, and takes it in', async (_, change, path) => {
      change();
      await push({ paths: PATHS });
      const head = show(BRANCH);
      const first = folder;
      folder = clone();

      const nightly = await push({ paths: PATHS });
      render({ [INPUT]: say('max: 3'), 'a.txt': say('1'), 'b.txt': say('2') });
      const refused = await push({ paths: PATHS });
      const left = show(BRANCH);
      folder = first;
      write('b.txt', say('2'));
      const again = await push({ paths: PATHS });

      expect(nightly).toMatchObject({ ok: true, value: { state: 'kept', files: [] } });
      expect(nightly.ok && nightly.value.obsolete).toBeUndefined();
      expect(refused).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-007', message: expect.stringContaining(`what was written to ${path}`) }],
      });
      expect(left).toBe(head);
      expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    });

    it('replaces a branch that holds nothing but what was generated, or the same input', async () => {
      render({ [INPUT]: say('max: 3'), 'a.txt': say('2'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      folder = clone();
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      const second = await push({ paths: PATHS });
      folder = clone();
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('5') });

      const third = await push({ paths: PATHS });

      expect([second, third]).toMatchObject([{ value: { state: 'pushed' } }, { value: { state: 'pushed' } }]);
      expect(log(BRANCH)).toEqual(['render', 'rendered', 'start']);
    });

    it('replaces its own branch that somebody rebased in the folder, with more in it', async () => {
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      commitAll(other('main'), 'elsewhere', 'c.txt');
      git(folder, 'pull', '--quiet', '--rebase', remote, 'main');
      render({ [INPUT]: say('max: 6'), 'a.txt': say('6'), 'b.txt': say('1') });

      const outcome = await push({ paths: PATHS });

      expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
      expect(log(BRANCH)).toEqual(['render', 'render', 'elsewhere', 'rendered', 'start']);
    });

    it.each([
      ['on the base, with the branch still there', 'main', false],
      ['on the base, with the branch taken away', 'main', true],
      ['on the branch, with the branch still there', BRANCH, false],
      ['on the branch, with the branch taken away', BRANCH, true],
    ])('goes on after a squash merge that no forge tells of: %s', async (_, where, isRemoved) => {
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      squash();
      if (isRemoved) git(remote, 'branch', '-D', BRANCH);
      git(folder, 'switch', '--quiet', where);
      if (where === 'main') git(folder, 'pull', '--quiet');
      render({ [INPUT]: say('max: 6'), 'a.txt': say('6'), 'b.txt': say('1') });

      const first = await push({ paths: PATHS });
      if (!first.ok) typeHint(first);
      const last = first.ok ? first : await push({ paths: PATHS });

      if (!first.ok)
        expect(first.problems[0]?.hint).toContain(' rebase --autostash --onto refs/rootstock/remote/main ');
      expect(last).toMatchObject({ ok: true, value: { state: 'pushed' } });
      expect(log(BRANCH)).toEqual(['render', 'squashed', 'rendered', 'start']);
      expect(show(`${BRANCH}:${INPUT}`)).toBe('max: 6');
    });

    it('replaces no branch of which the squash left something out', async () => {
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      squash();
      const there = other(BRANCH);
      write(INPUT, 'max: 9\n', there);
      commitAll(there, 'more');
      git(there, 'push', '--quiet', 'origin', 'HEAD');
      folder = clone();
      render({ [INPUT]: say('max: 6'), 'a.txt': say('6'), 'b.txt': say('1') });

      const outcome = await push({ paths: PATHS });

      expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-007' }] });
      expect(show(`${BRANCH}:${INPUT}`)).toBe('max: 9');
    });

    it.each([
      ['took a file away', (there: string) => git(there, 'rm', '--quiet', 'notes.md')],
      ['took a change back', (there: string) => git(there, 'checkout', '--quiet', 'HEAD~1', '--', INPUT)],
      ['changed a mode', (there: string) => git(there, 'update-index', '--chmod=+x', 'b.txt')],
      [
        'added a repository',
        (there: string) =>
          git(there, 'update-index', '--add', '--cacheinfo', `160000,${git(there, 'rev-parse', 'HEAD')},lib`),
      ],
    ])('replaces no branch after a squash where somebody %s since', async (_, act) => {
      write('secrets/prod.age', say('age'));
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      squash();
      const there = other(BRANCH);
      act(there);
      git(there, 'commit', '--quiet', '-m', 'since');
      git(there, 'push', '--quiet', 'origin', 'HEAD');
      const head = show(BRANCH);
      folder = clone();

      const nothing = await push({ paths: PATHS });
      render({ [INPUT]: say('max: 6'), 'a.txt': say('6'), 'b.txt': say('1') });
      const refused = await push({ paths: PATHS });

      expect(nothing).toMatchObject({ ok: true, value: { state: 'kept' } });
      expect(nothing.ok && nothing.value.obsolete).toBeUndefined();
      expect(refused).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-007', message: expect.stringContaining('by Ada (since)') }],
      });
      expect(show(BRANCH)).toBe(head);
    });

    it.each(['main', BRANCH])(
      'keeps a commit of the local branch that the squash did not have, on %s',
      async (where) => {
        render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
        await push({ paths: PATHS });
        squash();
        git(folder, 'rm', '--quiet', 'notes.md');
        commitAll(folder, 'mine');
        const mine = git(folder, 'rev-parse', 'HEAD');
        git(folder, 'switch', '--quiet', where);
        if (where === 'main') git(folder, 'pull', '--quiet');
        render({ [INPUT]: say('max: 6'), 'a.txt': say('6'), 'b.txt': say('1') });

        const refused = await push({ paths: PATHS });

        expect(refused).toMatchObject({ ok: false, problems: [{ code: where === 'main' ? 'FORGE-007' : 'GIT-001' }] });
        expect(refused.problems[0]?.hint).not.toContain(`--onto refs/rootstock/remote/main ${mine}`);
        expect(git(folder, 'branch', '--contains', mine)).toContain(BRANCH);
      },
    );

    it('keeps a local branch that holds what is nowhere else', async () => {
      render({ [INPUT]: say('max: 5'), 'a.txt': say('5'), 'b.txt': say('1') });
      await push({ paths: PATHS });
      git(folder, 'push', '--quiet', 'origin', `:${BRANCH}`);
      git(folder, 'switch', '--quiet', git(folder, 'rev-parse', '--abbrev-ref', '@{-1}'));
      render({ [INPUT]: say('max: 3'), 'a.txt': say('1'), 'b.txt': say('2') });

      const outcome = await push({ paths: PATHS });

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-007', message: expect.stringContaining(`what was written to ${INPUT}`) }],
      });
      expect(git(folder, 'show', `${BRANCH}:${INPUT}`)).toBe('max: 5');
    });
  });

  it('finds what another clone pushed, and makes no commit', async () => {
    write('a.txt', '2\n');
    await push();
    const head = show(BRANCH);
    folder = clone('--depth=1', '--no-local');
    write('a.txt', '2\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'up-to-date' } });
    expect(show(BRANCH)).toBe(head);
    expect(git(folder, 'branch', '--show-current')).toBe('main');
  });

  it('gets the history that a shallow clone lacks', async () => {
    write('a.txt', '2\n');
    await push();
    for (const text of ['one', 'two']) {
      const there = other('main');
      commitAll(there, text, `${text}.txt`);
    }
    folder = clone('--depth=1', '--no-local');
    write('a.txt', '3\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'two', 'one', 'start']);
  });

  it.each([
    ['a formatter', 'pre-commit', 'echo formatted >> a.txt; git add a.txt'],
    ['one that adds to messages', 'commit-msg', 'printf "\\n\\nRefs: none of Git\\n" >> "$1"'],
  ])('knows a commit for its own that %s of the folder changed', async (_, name, script) => {
    const hook = join(folder, '.git/hooks', name);
    write('a.txt', '2\n');
    writeFileSync(hook, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const first = await push();
    const second = first.ok ? first : await push();
    const message = git(folder, 'log', '-1', '--format=%B');
    folder = clone();
    write('a.txt', '3\n');

    const outcome = await push();

    if (!first.ok) expect(first.problems[0]?.code).toBe('GIT-018');
    if (name === 'commit-msg') expect(message).toContain('Refs: none of Git');
    expect([second, outcome]).toMatchObject([{ value: { state: 'pushed' } }, { value: { state: 'pushed' } }]);
    expect(log(BRANCH)).toEqual(['render', 'start']);
  });

  it('goes on where the hook after a switch fails, which Git runs when it is done', async () => {
    write('a.txt', '2\n');
    writeFileSync(join(folder, '.git/hooks/post-checkout'), '#!/bin/sh\nexit 2\n', { mode: 0o755 });

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('pushes the branch under another name where the remote does not take its own', async () => {
    const hook = join(remote, 'hooks/update');
    write('a.txt', '2\n');
    writeFileSync(hook, '#!/bin/sh\ncase $1 in */rootstock/*) echo no; exit 1;; esac\n', { mode: 0o755 });

    const refused = await push();
    const again = await push({ branch: 'rootstock-update', branchGiven: true });

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-002', hint: `rootstock push ${folder} --branch rootstock-update --pr` }],
    });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('goes over to a base that was renamed in the remote', async () => {
    git(remote, 'branch', '-m', 'main', 'trunk');
    write('a.txt', '2\n');

    const refused = await push({ base: 'trunk' });
    typeHint(refused);
    const again = await push({ base: 'trunk' });

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-009' }] });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(git(remote, 'branch', '--format=%(refname:short)').split('\n')).toEqual([BRANCH, 'trunk']);
  });

  it.each([
    ['added a commit', () => commitAll(other(BRANCH), 'better', 'b.txt'), 'by Ada (better)'],
    ['amended the commit', () => amend(other(BRANCH)), 'by Ada (render)'],
    ['put something into a merge', () => evilMerge(), "(Merge branch 'main')"],
  ])('never replaces the work of somebody who %s', async (_name, act, says) => {
    write('a.txt', '2\n');
    await push();
    act();
    const head = show(BRANCH);
    folder = clone();
    write('a.txt', '3\n');

    const outcome = await push();

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'FORGE-007', message: expect.stringContaining(says) }],
    });
    expect(outcome.problems[0]?.hint).toBe(
      `git -C ${folder} pull --no-rebase --ff --no-edit --autostash ${remote} ${BRANCH}, then rootstock push ${folder} --pr`,
    );
    expect(show(BRANCH)).toBe(head);
  });

  it('goes on once the work of others is taken in', async () => {
    write('a.txt', '2\n');
    await push();
    const there = other(BRANCH);
    write('b.txt', 'better\n', there);
    commitAll(there, 'better');
    git(there, 'push', '--quiet', 'origin', `HEAD:${BRANCH}`);
    write('c.txt', '3\n');
    await push({ paths: ['a.txt', 'c.txt'] });
    git(folder, 'pull', '--quiet', '--rebase', remote, BRANCH);

    const outcome = await push({ paths: ['a.txt', 'c.txt'] });

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'better', 'render', 'start']);
  });

  it.each([
    ['merged the base into it', () => update('merge')],
    ['rebased it', () => update('rebase')],
  ])('replaces a branch after somebody %s, which adds nothing', async (_name, act) => {
    write('a.txt', '2\n');
    await push();
    act();
    folder = clone();
    write('a.txt', '3\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'elsewhere', 'start']);
  });

  it('asks to take in a base that moved, and goes on then', async () => {
    commitAll(other('main'), 'elsewhere', 'c.txt');
    write('a.txt', '2\n');

    const refused = await push();
    typeHint(refused);
    const again = await push();

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-001' }] });
    expect(refused.problems[0]?.hint).toBe(
      `git -C ${folder} pull --no-rebase --ff --no-edit --autostash ${remote} main, then rootstock push ${folder} --pr`,
    );
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(expect.arrayContaining(['render', 'elsewhere', 'start']));
  });

  it('ends for those who type the hints, whatever the base and a colleague did meanwhile', async () => {
    git(folder, 'config', 'merge.ff', 'only');
    write('a.txt', '2\n');
    await push();
    commitAll(other(BRANCH), 'better', 'b.txt');
    const better = show(BRANCH);
    commitAll(other('main'), 'elsewhere', 'c.txt');
    write('a.txt', '3\n');
    write('notes.md', 'not committed\n');

    const outcomes = [await push()];
    while (!outcomes.at(-1)!.ok && outcomes.length < 4) {
      typeHint(outcomes.at(-1)!);
      outcomes.push(await push());
    }

    expect(outcomes.flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual(['GIT-001', 'FORGE-007']);
    expect(outcomes.at(-1)).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(git(remote, 'merge-base', better, BRANCH)).toBe(better);
    expect([show(`${BRANCH}:a.txt`), show(`${BRANCH}:c.txt`)]).toEqual(['3', 'elsewhere']);
    expect(git(folder, 'diff', '--name-only')).toBe('notes.md');
  });

  it('leaves the pull request to a colleague when nothing is left to change', async () => {
    write('a.txt', '2\n');
    await push();
    commitAll(other(BRANCH), 'better', 'b.txt');
    folder = clone();

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'kept', files: [] } });
    expect(log(BRANCH)).toEqual(['better', 'render', 'start']);
  });

  it('pushes no base where the remote has other branches', async () => {
    git(remote, 'branch', '-m', 'main', 'trunk');
    write('a.txt', '2\n');

    const outcome = await push();

    expect(outcome).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'GIT-016',
          message: `${remote} has no branch main, but trunk. Nothing was committed or pushed.`,
          hint: `correct repository.branch in environments/prod.yaml; or make the branch: rootstock push ${folder}`,
        },
      ],
    });
    expect(git(remote, 'branch', '--format=%(refname:short)')).toBe('trunk');
  });

  it.each(['rootstock', `${BRANCH}/mine`])('names a branch of the remote that is in the way: %s', async (blocking) => {
    git(remote, 'branch', blocking, 'main');
    write('a.txt', '2\n');

    const refused = await push();
    const again = await push({ branch: 'rootstock-prod-update', branchGiven: true });

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-017', hint: `rootstock push ${folder} --branch rootstock-prod-update --pr` }],
    });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('moves no branch that another worktree has', async () => {
    write('a.txt', '2\n');
    await push();
    git(folder, 'switch', '--quiet', 'main');
    git(folder, 'worktree', 'add', '--quiet', `${folder}-beside`, BRANCH);
    const before = git(folder, 'rev-parse', BRANCH);
    write('a.txt', '3\n');

    const refused = await push();
    const kept = git(folder, 'rev-parse', BRANCH);
    typeHint(refused);
    const again = await push();

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-009' }] });
    expect(kept).toBe(before);
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(git(`${folder}-beside`, 'status', '--porcelain')).toBe('');
  });

  it('names what forgets a worktree that is gone', async () => {
    write('a.txt', '2\n');
    await push();
    git(folder, 'switch', '--quiet', 'main');
    git(folder, 'worktree', 'add', '--quiet', `${folder}-gone`, BRANCH);
    rmSync(`${folder}-gone`, { recursive: true });
    write('a.txt', '3\n');

    const refused = await push();
    typeHint(refused);
    const again = await push();

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-009' }] });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('publishes no other branch of a clone that has no base of its own', async () => {
    commitAll(other('main'), 'experiment', 'x.txt');
    git(remote, 'branch', 'exp', 'main');
    git(remote, 'branch', '--force', 'main', 'main~1');
    folder = clone('--branch', 'exp');
    write('a.txt', '2\n');

    const refused = await push();
    typeHint(refused, 'switch');
    const again = await push();

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-009' }] });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'start']);
  });

  it('reads no signature as a commit, where Git is set to show them', async () => {
    const program = join(base, 'sign.sh');
    writeFileSync(
      program,
      '#!/bin/sh\ncase "$*" in *-bsau*) echo "[GNUPG:] SIG_CREATED " >&2; printf -- "-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n";; *) echo "Good signature" >&2;; esac\n',
      { mode: 0o755 },
    );
    write('a.txt', '2\n');
    await push();
    const there = other(BRANCH);
    git(there, 'config', 'gpg.program', program);
    write('b.txt', 'better\n', there);
    git(there, 'add', '--all');
    git(there, 'commit', '--quiet', '-S', '-m', 'better');
    git(there, 'push', '--quiet', 'origin', 'HEAD');
    folder = clone();
    git(folder, 'config', 'gpg.program', program);
    git(folder, 'config', 'log.showSignature', 'true');
    write('a.txt', '3\n');

    const outcome = await push();

    expect(git(folder, 'log', '-1', '--format=%s', `origin/${BRANCH}`)).toContain('Good signature');
    expect(outcome.problems[0]?.message).toContain(`holds ${show(BRANCH).slice(0, 7)} by Ada (better)`);
  });

  it('begins anew after a squash merge, also over commits of others that were merged with it', async () => {
    write('a.txt', '2\n');
    await push();
    commitAll(other(BRANCH), 'better', 'b.txt');
    const merged = show(BRANCH);
    squash();
    git(folder, 'switch', '--quiet', 'main');
    git(folder, 'pull', '--quiet');
    write('a.txt', '3\n');

    const outcome = await push({ merged: [merged] });

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log(BRANCH)).toEqual(['render', 'squashed', 'start']);
  });

  it('tells that nothing is left to change, and takes the branch away', async () => {
    write('a.txt', '2\n');
    await push();
    write('a.txt', '1\n');

    const outcome = await push();
    const obsolete = outcome.ok ? outcome.value.obsolete : undefined;
    const removed = await removeBranch(request(), obsolete ?? '');
    const again = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'nothing', files: [] } });
    expect(removed).toMatchObject({ ok: true });
    expect(git(remote, 'branch', '--list', BRANCH)).toBe('');
    expect(again).toMatchObject({ ok: true, value: { state: 'nothing' } });
    expect(again.ok && again.value.obsolete).toBeUndefined();
  });

  it('leaves a branch that somebody pushed to while it was taken away', async () => {
    write('a.txt', '2\n');
    await push();
    const seen = show(BRANCH);
    commitAll(other(BRANCH), 'better', 'b.txt');

    await removeBranch(request(), seen);

    expect(log(BRANCH)).toEqual(['better', 'render', 'start']);
  });

  it('has nothing to do in a clean clone', async () => {
    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'nothing' } });
    expect(git(folder, 'branch', '--show-current')).toBe('main');
    expect(git(remote, 'branch', '--list')).toBe('* main');
  });

  it('fills an empty remote as a push does', async () => {
    remote = join(base, `empty-${count}.git`);
    git(base, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    folder = join(base, `new-${count}`);
    mkdirSync(folder);
    write('a.txt', '1\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'first' } });
    expect(log('main')).toEqual(['render']);
  });

  it('tells a folder that never was a clone to become one', async () => {
    folder = join(base, `beside-${count}`);
    mkdirSync(folder);
    write('a.txt', '1\n');

    const outcome = await push();

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-001', hint: expect.stringContaining('git clone --branch main') }],
    });
  });

  it('keeps local commits of the branch that are nowhere else', async () => {
    git(folder, 'switch', '--quiet', '-c', BRANCH);
    write('b.txt', 'mine\n');
    commitAll(folder, 'mine');
    git(folder, 'switch', '--quiet', 'main');
    write('a.txt', '2\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-007' }] });
    expect(outcome.problems[0]?.hint).toBe(
      `git -C ${folder} branch -m ${BRANCH} ${BRANCH}-kept, then rootstock push ${folder} --pr`,
    );
    expect(git(folder, 'log', '--format=%s', '-1', BRANCH)).toBe('mine');
  });

  it('refuses a branch of the user that nobody named, and takes one that is named, without force', async () => {
    git(folder, 'switch', '--quiet', '-c', 'topic');
    write('a.txt', '2\n');

    const refused = await push();
    const named = await push({ branch: 'topic', branchGiven: true });

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'GIT-009' }] });
    expect(refused.problems[0]?.hint).toBe(
      `rootstock push ${folder} --branch topic --pr, or first git -C ${folder} switch main`,
    );
    expect(named).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(log('topic')).toEqual(['render', 'start']);
  });

  it('works from a commit without a branch, as pipelines check one out', async () => {
    git(folder, 'switch', '--quiet', '--detach');
    write('a.txt', '2\n');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('of two runs at once, one wins and the other says so or finds it done', async () => {
    const second = clone();
    write('a.txt', '2\n');
    write('a.txt', '3\n', second);

    const outcomes = await Promise.all([
      push(),
      pushChange({ ...request(), folder: second, proven: readProven(second, ['a.txt']) }),
    ]);

    const pushed = outcomes.filter((outcome) => outcome.ok);
    expect(pushed.length).toBeGreaterThan(0);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.problems[0]?.code).toMatch(/^GIT-00[12]$/);
    expect(log(BRANCH)).toEqual(['render', 'start']);
  });
});

/** Types the Git command of a hint: the first one, or the one with this word. */
function typeHint({ problems }: { readonly problems: readonly Problem[] }, word = 'git'): void {
  const commands = (problems[0]?.hint ?? '').split(/, (?:then |or first |or )/);
  const command = commands.find((one) => one.startsWith('git ') && one.includes(word));
  execFileSync('sh', ['-c', command ?? 'exit 1'], { stdio: 'ignore' });
}

function request(changes: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    folder,
    url: remote,
    base: 'main',
    branch: BRANCH,
    branchGiven: false,
    ownBranch: BRANCH,
    merged: [],
    flags: ['--pr'],
    environmentFiles: ['environments/prod.yaml'],
    message: 'render',
    paths: ['a.txt'],
    proven: readProven(folder, changes.paths ?? ['a.txt']),
    interactive: false,
    progress: () => undefined,
    ...changes,
  };
}

function push(changes: Partial<ChangeRequest> = {}) {
  return pushChange(request(changes));
}

function clone(...options: string[]): string {
  const target = join(base, `clone-${count++}`);
  git(base, 'clone', '--quiet', ...options, options.includes('--no-local') ? `file://${remote}` : remote, target);
  return target;
}

/** A clone of somebody else, on a branch. */
function other(branch: string): string {
  const target = clone();
  git(target, 'switch', '--quiet', branch);
  return target;
}

function commitAll(where: string, message: string, file?: string): void {
  if (file !== undefined) write(file, `${message}\n`, where);
  git(where, 'add', '--all');
  git(where, 'commit', '--quiet', '-m', message);
  if (file !== undefined) git(where, 'push', '--quiet', 'origin', 'HEAD');
}

function amend(where: string): void {
  write('a.txt', 'better\n', where);
  git(where, 'commit', '--quiet', '--all', '--amend', '--no-edit');
  git(where, 'push', '--quiet', '--force', 'origin', 'HEAD');
}

function update(how: 'merge' | 'rebase'): void {
  commitAll(other('main'), 'elsewhere', 'c.txt');
  const there = other(BRANCH);
  git(there, ...(how === 'merge' ? ['merge', '--quiet', '--no-edit'] : ['rebase', '--quiet']), 'origin/main');
  git(there, 'push', '--quiet', '--force', 'origin', 'HEAD');
}

function evilMerge(): void {
  const main = other('main');
  commitAll(main, 'elsewhere', 'c.txt');
  const there = other(BRANCH);
  git(there, 'merge', '--quiet', '--no-commit', '--no-ff', 'origin/main');
  write('a.txt', 'better\n', there);
  git(there, 'commit', '--quiet', '--all', '-m', "Merge branch 'main'");
  git(there, 'push', '--quiet', 'origin', 'HEAD');
}

function squash(): void {
  const there = other('main');
  git(there, 'merge', '--quiet', '--squash', `origin/${BRANCH}`);
  git(there, 'commit', '--quiet', '-m', 'squashed');
  git(there, 'push', '--quiet', 'origin', 'HEAD');
}

function write(path: string, text: string, where = folder): void {
  rmSync(join(where, path), { force: true });
  mkdirSync(dirname(join(where, path)), { recursive: true });
  writeFileSync(join(where, path), text);
}

function log(branch: string): string[] {
  return git(remote, 'log', '--format=%s', branch).split('\n');
}

function show(name: string): string {
  return git(remote, name.includes(':') ? 'show' : 'rev-parse', name);
}

function git(where: string, ...words: string[]): string {
  return execFileSync('git', ['-C', where, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
