import { describe, expect, it } from 'vitest';
import { explainFolderError, explainRemoteError, type GitTarget, hookProblem } from './git-problems.ts';

const TARGET: GitTarget = {
  folder: '/srv/my repo',
  url: 'https://ada:canary@git.example.com/acme/ai.git',
  branch: 'main',
  branchGiven: false,
  flags: ['--remote', 'https://git.example.com/acme/ai.git'],
  environmentFiles: ['/srv/my repo/environments/prod.yaml'],
};
const URL_SHOWN = 'https://git.example.com/acme/ai.git';
const BY_HAND = 'git ls-remote x';
const NO_PROGRAM = `Error: spawn git ENOENT
    at ChildProcess._handle.onexit (node:internal/child_process:285:19)
    at process.processTicksAndRejections (node:internal/process/task_queues:82:21)`;

describe('generator/io/git-problems', () => {
  it.each([
    [
      'a lock of the index',
      "fatal: Unable to create '/srv/my repo/.git/index.lock': File exists.",
      'GIT-011',
      '/srv/my repo/.git/index.lock exists: another Git command runs in this folder, or was killed.',
      "rm '/srv/my repo/.git/index.lock', once no other Git command runs in /srv/my repo",
    ],
    [
      'a lock of the settings',
      'error: could not lock config file .git/config: File exists',
      'GIT-011',
      '.git/config.lock exists: another Git command runs in this folder, or was killed.',
      "rm '/srv/my repo/.git/config.lock', once no other Git command runs in /srv/my repo",
    ],
    [
      'a full disk, told by Git',
      'error: unable to write file .git/objects/aa/bb: No space left on device',
      'IO-005',
      '/srv/my repo: unable to write file .git/objects/aa/bb: No space left on device',
      "df -h '/srv/my repo'",
    ],
    [
      'a full disk, told by Node',
      'ENOSPC: no space left on device, write',
      'IO-005',
      '/srv/my repo: ENOSPC: no space left on device, write',
      "df -h '/srv/my repo'",
    ],
    [
      'a folder without permission',
      'error: insufficient permission for adding an object to repository database .git/objects',
      'IO-005',
      '/srv/my repo: insufficient permission for adding an object to repository database .git/objects',
      "ls -la '/srv/my repo'",
    ],
    [
      'a folder where no .git can be made',
      'fatal: cannot mkdir /srv/my repo/.git: Permission denied',
      'IO-005',
      '/srv/my repo: cannot mkdir /srv/my repo/.git: Permission denied',
      "ls -la '/srv/my repo'",
    ],
    [
      'the same in short',
      '/srv/my repo/.git: Permission denied',
      'IO-005',
      '/srv/my repo: /srv/my repo/.git: Permission denied',
      "ls -la '/srv/my repo'",
    ],
    [
      'no author',
      '*** Please tell me who you are.\n\nfatal: unable to auto-detect email address',
      'GIT-006',
      'Git has no name or e-mail address for commits in /srv/my repo.',
      "git -C '/srv/my repo' config user.name You && git -C '/srv/my repo' config user.email you@example.com",
    ],
    [
      'a folder of another user',
      "fatal: detected dubious ownership in repository at '/srv/my repo'\nTo add an exception, call: …",
      'GIT-012',
      '/srv/my repo belongs to another user, and Git works in no such folder unless told to.',
      "git config --global --add safe.directory '/srv/my repo'",
    ],
    [
      'settings that cannot be read',
      'fatal: bad config line 1 in file .git/config',
      'GIT-012',
      '/srv/my repo: bad config line 1 in file .git/config',
      'mend the line that Git names, then run the same command again',
    ],
    [
      'a damaged repository',
      'error: object file .git/objects/aa/bb is empty\nfatal: loose object aabb is corrupt',
      'GIT-012',
      '/srv/my repo: object file .git/objects/aa/bb is empty loose object aabb is corrupt',
      "git -C '/srv/my repo' fsck",
    ],
    [
      'a key that does not sign',
      'error: gpg failed to sign the data\nfatal: failed to write commit object',
      'GIT-014',
      '/srv/my repo: gpg failed to sign the data failed to write commit object',
      "git -C '/srv/my repo' config --show-origin --get-regexp 'gpg|sign'",
    ],
    [
      'anything else',
      'fatal: the moon is full',
      'GIT-014',
      '/srv/my repo: the moon is full',
      "git -C '/srv/my repo' status",
    ],
    [
      'no git at all',
      NO_PROGRAM,
      'GIT-008',
      'The program git cannot be run: PATH leads to none.',
      'install Git, then run the same command again',
    ],
  ])('in the folder: %s', (_name, text, code, message, hint) => {
    const problem = explainFolderError(new Error(text), TARGET);

    expect(problem).toMatchObject({ code, message, hint });
  });

  it.each([
    ['a branch that is protected', 'remote: error: GH006: Protected branch update failed', 'GIT-002'],
    ['a wrong password', "fatal: Authentication failed for 'https://git.example.com/'", 'GIT-003'],
    ['an SSH key that is not known', 'git@example.com: Permission denied (publickey).', 'GIT-003'],
    ['a host without a name', "fatal: unable to access 'x': Could not resolve host: x", 'GIT-004'],
    ['no such repository', "fatal: repository 'https://git.example.com/acme/ai.git/' not found", 'GIT-005'],
    ['something unknown', 'fatal: the moon is full', 'GIT-007'],
    ["the server's own disk", 'remote: fatal: No space left on device\nfatal: the moon is full', 'GIT-007'],
    ["the server's own lock", "remote: Unable to create 'x.lock': File exists\nfatal: moon", 'GIT-007'],
  ])('at the remote: %s', (_name, text, code) => {
    const problem = explainRemoteError(new Error(text), TARGET, BY_HAND);

    expect(problem.code).toBe(code);
    expect(problem.message.startsWith(`${URL_SHOWN}: `)).toBe(true);
  });

  it.each([
    ['no git at all', NO_PROGRAM, 'GIT-008'],
    ['a full disk here', 'fatal: write error: No space left on device', 'IO-005'],
    ['a lock here', "error: Unable to create '/srv/x/.git/refs/rootstock/remote/main.lock': File exists", 'GIT-011'],
  ])('while it speaks with the remote: %s', (_name, text, code) => {
    const problem = explainRemoteError(new Error(text), TARGET, BY_HAND);

    expect(problem.code).toBe(code);
    expect(problem.message).not.toContain('git.example.com');
  });

  it('gives the command that does the step for what it does not know', () => {
    const problem = explainRemoteError(new Error('fatal: the moon is full'), TARGET, BY_HAND);

    expect(problem).toMatchObject({ message: `${URL_SHOWN}: the moon is full`, hint: `try: ${BY_HAND}` });
  });

  it('repeats no stack and no secret, whatever failed', () => {
    const text = `Error: bad canary for https://ada:canary@git.example.com\n    at a (b.js:1:2)\n    at async c`;

    const problems = [
      explainFolderError(new Error(text), TARGET),
      explainRemoteError(new Error(text), TARGET, BY_HAND),
      hookProblem(new Error(text), ['pre-push'], TARGET),
    ];

    expect(JSON.stringify(problems)).not.toMatch(/canary| at /);
  });

  it.each([
    ['pre-commit', "git -C '/srv/my repo' hook run pre-commit"],
    ['pre-push', `git -C '/srv/my repo' push --dry-run ${URL_SHOWN} HEAD:refs/heads/main`],
    ['commit-msg', `try another message: rootstock push '/srv/my repo' --remote ${URL_SHOWN} -m 'chore: render'`],
  ])('names the hook %s, and says so where it was silent', (hook, hint) => {
    const problem = hookProblem(new Error("error: failed to push some refs to 'x'"), [hook], TARGET);

    expect(problem).toMatchObject({
      code: 'GIT-013',
      message: `A hook in /srv/my repo (${hook}) refused: it gave no reason.`,
      hint,
    });
  });
});
