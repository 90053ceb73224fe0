// What Git said when it refused → a Problem that says what happened and what to type. The folder's own troubles and
// those of the remote are told apart: neither is blamed for the other.
import { resolve } from 'node:path';
import { makeProblem, type Problem, type ProblemDetails, type ProblemKind } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { maskSecrets, maskUrl } from './git-secrets.ts';
import { UNWRITABLE } from './io-problems.ts';
import { findFreePath } from './user-files.ts';

const MOVED: ProblemKind = {
  code: 'GIT-001',
  title: 'The remote branch has commits that this folder does not',
  explanation:
    'Somebody pushed since you last pulled, or the folder never was a clone of that repository. Rootstock never forces a push: bring the commits in first.',
};
const REFUSED: ProblemKind = {
  code: 'GIT-002',
  title: 'The remote refused the push',
  explanation:
    'A hook or a branch protection rule of the server said no. Push to another branch and open a pull request, or ask for the right to push here.',
};
const CREDENTIALS: ProblemKind = {
  code: 'GIT-003',
  title: 'Git has no valid credential for the remote',
  explanation:
    'Rootstock uses the credentials that Git itself finds: a credential helper for HTTPS, an agent or key for SSH. It stores none.',
};
const NETWORK: ProblemKind = {
  code: 'GIT-004',
  title: 'The remote cannot be reached',
  explanation:
    'The host name does not resolve, the connection was refused or timed out, or TLS failed. Nothing was lost: run the same command again once the network is back.',
};
const NOT_FOUND: ProblemKind = {
  code: 'GIT-005',
  title: 'The remote repository does not exist',
  explanation: 'The URL is wrong, the repository was not created yet, or the server hides it from your account.',
};
const NO_IDENTITY: ProblemKind = {
  code: 'GIT-006',
  title: 'Git does not know who you are',
  explanation: 'A commit needs an author. Tell Git once, for this repository or for all.',
};
const OTHER: ProblemKind = {
  code: 'GIT-007',
  title: 'Git failed at the remote',
  explanation:
    "Git ended with an error that Rootstock does not know while it spoke with the remote. The message is Git's own.",
};
const NO_GIT: ProblemKind = {
  code: 'GIT-008',
  title: 'Git cannot be run',
  explanation:
    'Rootstock runs the git program, version 2.39 or later. It is not installed, or PATH does not lead to it.',
};
const LOCKED: ProblemKind = {
  code: 'GIT-011',
  title: 'Another Git command holds a lock in the folder',
  explanation:
    'Git takes a lock file before it writes and removes it afterwards. If no other Git command runs (an editor may run one), the file was left by one that was killed: remove it.',
};
const UNUSABLE: ProblemKind = {
  code: 'GIT-012',
  title: 'Git cannot use the folder',
  explanation:
    'Its .git belongs to another user, leads nowhere, or is damaged. Nothing was committed and nothing was pushed; the files themselves are not concerned.',
};
const HOOK: ProblemKind = {
  code: 'GIT-013',
  title: 'A hook in the folder refused',
  explanation:
    'Git runs the hooks of the folder (.git/hooks, or core.hooksPath) before it commits and before it pushes. Rootstock bypasses none. The message is that of the hook.',
};
const NO_COMMIT: ProblemKind = {
  code: 'GIT-014',
  title: 'Git could not commit',
  explanation: "Git failed in the folder, before it asked the remote for anything more. The message is Git's own.",
};

const INSIDE: ProblemKind = {
  code: 'GIT-015',
  title: 'The folder lies inside another repository',
  explanation:
    'Argo CD reads clusters/ from the top of a repository, so the generated one is a repository of its own. Here a repository above would hold another one inside it. Render outside of it, or make the folder a repository of its own first, if that is meant.',
};

const NO_BASE: ProblemKind = {
  code: 'GIT-016',
  title: 'The remote has no branch to merge into',
  explanation:
    'A pull request changes the branch of the environment file, which Argo CD reads. The remote has other branches, and not this one: it was renamed, or never made. Only to a remote without any branch is it pushed without a pull request.',
};
const BLOCKED: ProblemKind = {
  code: 'GIT-017',
  title: 'Another branch of the remote is in the way',
  explanation:
    'Git keeps branches as files: beside a branch `rootstock` there is none whose name begins with `rootstock/`. Rename that one, or name another for the pull request.',
};
const CHANGED_BY_HOOK: ProblemKind = {
  code: 'GIT-018',
  title: 'A hook changed what was committed',
  explanation:
    'Formatters that run as a pre-commit hook may rewrite generated files after they were proven. The commit is kept and was not pushed. Run the same command again: it proves what the hook made. A hook that leaves clusters/, terraform/ and .rootstock/ alone spares you that, and the merge of its changes with each render.',
};
const CHANGED_SINCE: ProblemKind = {
  code: 'GIT-019',
  title: 'The folder changed while it was pushed',
  explanation:
    'Between the proof and the commit somebody saved a file, or made a commit. What was committed is not what was proven, so it was kept and not pushed. Run the same command again: it proves what is there now.',
};

export const gitProblems: readonly ProblemKind[] = [
  MOVED,
  REFUSED,
  CREDENTIALS,
  NETWORK,
  NOT_FOUND,
  NO_IDENTITY,
  OTHER,
  NO_GIT,
  LOCKED,
  UNUSABLE,
  HOOK,
  NO_COMMIT,
  INSIDE,
  NO_BASE,
  BLOCKED,
  CHANGED_BY_HOOK,
  CHANGED_SINCE,
];

export interface GitTarget {
  readonly folder: string;
  /** May hold a password: never printed as it is. */
  readonly url: string;
  readonly branch: string;
  /** Somebody named the branch for this run; else it is the one of the environment file. */
  readonly branchGiven: boolean;
  /** The other flags of this run, which hints repeat; a message (`-m`) is not among them. */
  readonly flags: readonly string[];
  /** Environment files of the folder, which hints name. */
  readonly environmentFiles: readonly string[];
  /** What others pushed is merged instead of rebased upon: commits that a remote branch has stay what they are. */
  readonly merges?: boolean;
}

/** The command that was run, or the same for another folder or branch. */
export function formatPush(target: GitTarget, changes: { readonly folder?: string; readonly branch?: string } = {}) {
  const branch = changes.branch ?? (target.branchGiven ? target.branch : undefined);
  const flags = [...(branch === undefined ? [] : ['--branch', branch]), ...target.flags];
  return formatCommand('rootstock', 'push', changes.folder ?? target.folder, ...flags);
}

/** `git -C folder …`, as text to type. */
export function formatGit({ folder }: Pick<GitTarget, 'folder'>, ...words: readonly string[]): string {
  return formatCommand('git', '-C', folder, ...words);
}

/** The folder has no `.git`, and a repository above it has. Code: GIT-015. */
export function insideProblem(target: GitTarget, outer: string): Problem {
  const message = `${target.folder} is part of the repository ${outer}. Nothing was committed or pushed.`;
  const hint = `${formatCommand('git', 'init', '-b', target.branch, target.folder)}, then ${formatPush(target)}`;
  return makeProblem(INSIDE, { place: { file: target.folder }, message, hint });
}

/** The remote has commits that the folder lacks. `related` is false if the two share no history. Code: GIT-001. */
export function movedProblem(target: GitTarget, related: boolean): Problem {
  const { folder, branch } = target;
  const url = maskUrl(target.url);
  return makeProblem(MOVED, {
    message: `${url} has commits on ${branch} that ${folder} does not have. Nothing was pushed; your commit is kept.`,
    hint: related ? `${formatPull(target)}, then ${formatPush(target)}` : clone(target),
  });
}

/** Takes in what the remote branch has; files that are changed and not committed are nobody's hindrance. */
export function formatPull(target: GitTarget): string {
  const how = target.merges === true ? ['--no-rebase', '--ff', '--no-edit'] : ['--rebase'];
  return formatGit(target, 'pull', ...how, '--autostash', maskUrl(target.url), target.branch);
}

/** The remote has branches, and not the one of a pull request's base. Code: GIT-016. */
export function absentProblem(target: GitTarget, base: string, others: readonly string[]): Problem {
  const [first = '', ...more] = others;
  const named = more.length === 0 ? first : `${first} and ${more.length} others`;
  const message = `${maskUrl(target.url)} has no branch ${base}, but ${named}. Nothing was committed or pushed.`;
  const direct = formatPush({ ...target, branchGiven: false, flags: target.flags.filter((flag) => flag !== '--pr') });
  const files = target.environmentFiles.join(', ');
  return makeProblem(NO_BASE, {
    message,
    hint: `correct repository.branch in ${files}; or make the branch: ${direct}`,
  });
}

/** A branch of the remote is a folder of this one's name, or the other way round. Code: GIT-017. */
export function blockedProblem(target: GitTarget, other: string): Problem {
  const message = `${maskUrl(target.url)} has a branch ${other}, so it can have none called ${target.branch}. Nothing was committed or pushed.`;
  const branch = `${target.branch.replaceAll('/', '-')}-update`;
  return makeProblem(BLOCKED, { message, hint: formatPush({ ...target, branchGiven: true }, { branch }) });
}

/** A folder without the remote's history becomes part of it by being rendered into a clone. */
function clone(target: GitTarget): string {
  const folder = findFreePath(`${resolve(target.folder)}-clone`);
  const files = target.environmentFiles.flatMap((file) => ['-e', file]);
  const steps = [
    formatCommand('git', 'clone', '--branch', target.branch, maskUrl(target.url), folder),
    formatCommand('rootstock', 'render', ...files, '-o', folder),
    formatPush(target, { folder }),
  ];
  return steps.join(', then ');
}

interface Row {
  readonly pattern: RegExp;
  readonly kind: ProblemKind;
  /** Default: what Git said, after the folder or the URL. */
  readonly message?: (match: RegExpExecArray, target: GitTarget) => string;
  readonly hint: (target: GitTarget, match: RegExpExecArray) => string;
}

/** What the folder or the machine can refuse at any time, also while Git speaks with the remote. */
const ALWAYS: readonly Row[] = [
  {
    pattern: /spawn git (E\w+)/,
    kind: NO_GIT,
    message: ([, reason]) => `The program git cannot be run: ${reason === 'ENOENT' ? 'PATH leads to none' : reason}.`,
    hint: () => 'install Git, then run the same command again',
  },
  {
    pattern: /Unable to create '(.+\.lock)': File exists/,
    kind: LOCKED,
    message: ([, file = '']) => `${file} exists: another Git command runs in this folder, or was killed.`,
    hint: (target, [, file = '']) => unlock(target, resolve(target.folder, file)),
  },
  {
    pattern: /could not lock config file (.+): File exists/,
    kind: LOCKED,
    message: ([, file = '']) => `${file}.lock exists: another Git command runs in this folder, or was killed.`,
    hint: (target, [, file = '']) => unlock(target, resolve(target.folder, `${file}.lock`)),
  },
  {
    pattern: /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT|File too large/,
    kind: UNWRITABLE,
    hint: ({ folder }) => formatCommand('df', '-h', folder),
  },
  {
    pattern:
      /Read-only file system|insufficient permission for adding an object|(?:unable to|cannot|could not) [^\n]*: Permission denied$|EACCES|EROFS|EPERM/m,
    kind: UNWRITABLE,
    hint: listPermissions,
  },
];

function listPermissions({ folder }: GitTarget): string {
  return formatCommand('ls', '-la', folder);
}

function unlock({ folder }: GitTarget, file: string): string {
  return `${formatCommand('rm', file)}, once no other Git command runs in ${folder}`;
}

/** Patterns of Git's English messages about the folder, first match wins. */
const IN_FOLDER: readonly Row[] = [
  ...ALWAYS,
  { pattern: /: Permission denied$/m, kind: UNWRITABLE, hint: listPermissions },
  {
    pattern:
      /Please tell me who you are|unable to auto-detect email|empty ident name|no (?:name|email) was given and auto-detection is disabled/,
    kind: NO_IDENTITY,
    message: (_match, { folder }) => `Git has no name or e-mail address for commits in ${folder}.`,
    hint: (target) =>
      `${formatGit(target, 'config', 'user.name', 'You')} && ${formatGit(target, 'config', 'user.email', 'you@example.com')}`,
  },
  {
    pattern: /dubious ownership in repository at '(.+)'/,
    kind: UNUSABLE,
    message: ([, at = '']) => `${at} belongs to another user, and Git works in no such folder unless told to.`,
    hint: (_target, [, at = '']) => formatCommand('git', 'config', '--global', '--add', 'safe.directory', at),
  },
  {
    pattern: /bad config (?:line|value|variable|numeric)[^\n]*/,
    kind: UNUSABLE,
    hint: () => 'mend the line that Git names, then run the same command again',
  },
  {
    pattern: /not a git repository|invalid gitfile format/,
    kind: UNUSABLE,
    message: (_match, { folder }) => `${resolve(folder, '.git')} is there, but it leads to no Git repository.`,
    hint: (target) => {
      const folder = resolve(target.folder);
      return `${formatCommand('mv', `${folder}/.git`, `${folder}.git-broken`)}, then ${formatPush(target)}`;
    },
  },
  {
    pattern: /bad object|loose object|corrupt|bad signature|index file (?:smaller|open)|unable to read tree/,
    kind: UNUSABLE,
    hint: (target) => formatGit(target, 'fsck'),
  },
  {
    pattern: /failed to sign|cannot run gpg|error: Load key|failed to write commit object/,
    kind: NO_COMMIT,
    hint: (target) => formatGit(target, 'config', '--show-origin', '--get-regexp', 'gpg|sign'),
  },
];

/** Explains what Git or the disk refused in the folder. Codes: GIT-006, GIT-008, GIT-011, GIT-012, GIT-014, IO-005. */
export function explainFolderError(error: unknown, target: GitTarget): Problem {
  const text = wordsOf(error, target);
  const found = findRow(IN_FOLDER, text);
  const hint = formatGit(target, 'status');
  return found === undefined
    ? makeProblem(NO_COMMIT, { message: `${target.folder}: ${lastLines(text)}`, hint })
    : explain(found, text, target, target.folder);
}

/** True if the folder's error is one that no hook prints. */
export function isKnownInFolder(error: unknown, target: GitTarget): boolean {
  return findRow(IN_FOLDER, wordsOf(error, target)) !== undefined;
}

/** Explains a commit or a push that hooks of the folder may have refused. Code: GIT-013. */
export function hookProblem(error: unknown, hooks: readonly string[], target: GitTarget): Problem {
  const said = lastLines(wordsOf(error, target).replace(/^error: failed to push some refs.*$/m, ''));
  const message = `A hook in ${target.folder} (${hooks.join(', ')}) refused: ${said === '' ? 'it gave no reason.' : said}`;
  return makeProblem(HOOK, { message, hint: repeatHook(hooks[0], target) });
}

/** A commit holds something else than was to be committed. Code: GIT-018. */
export function changedByHookProblem(paths: readonly string[], target: GitTarget): Problem {
  const [first = '', ...others] = paths;
  const more = others.length === 0 ? '' : ` and ${others.length} other files`;
  const message = `A hook in ${target.folder} changed ${first}${more} in the commit: that was not proven, and not pushed.`;
  const hint = `${formatPush(target)}, which proves what the hook made; or have the hook leave generated files alone`;
  return makeProblem(CHANGED_BY_HOOK, { message, hint });
}

/** The commit may hold what nobody proved. Code: GIT-019. */
export function changedSinceProblem([first = '', ...others]: readonly string[], target: GitTarget): Problem {
  const more = others.length === 0 ? '' : ` and ${others.length} other files`;
  const message = `${first}${more} changed in ${target.folder} after the proof. The commit is kept and was not pushed.`;
  return makeProblem(CHANGED_SINCE, { message, hint: `${formatPush(target)}, which proves what is there now` });
}

/** What shows again, and in full, what the hook has to say; the message is all that hooks of messages look at. */
function repeatHook(hook: string | undefined, target: GitTarget): string {
  if (hook === 'pre-commit') return formatGit(target, 'hook', 'run', 'pre-commit');
  if (hook === 'pre-push') return formatGit(target, 'push', '--dry-run', maskUrl(target.url), refspec(target));
  return `try another message: ${formatPush({ ...target, flags: [...target.flags, '-m', 'chore: render'] })}`;
}

/** Patterns of Git's English messages about the remote, first match wins; the order matters. */
const AT_REMOTE: readonly Row[] = [
  {
    pattern: /pre-receive hook declined|protected branch|GH006|GH013|hook declined|remote rejected/,
    kind: REFUSED,
    hint: (target) => {
      const push = formatPush(target, { branch: 'rootstock-update' });
      return target.flags.includes('--pr') ? push : `${push}, then open a pull request`;
    },
  },
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|Permission denied|terminal prompts disabled|\b40[13]\b|Host key verification failed|Invalid username/,
    kind: CREDENTIALS,
    hint: tryByHand,
  },
  {
    pattern:
      /[Rr]epository .*not found|does not appear to be a git repository|\b404\b|not found: did you run git update-server-info/,
    kind: NOT_FOUND,
    hint: () => 'create the repository, or correct repository.url',
  },
  {
    pattern:
      /Could not resolve host|Connection refused|Failed to connect|timed out|Connection reset|Network is unreachable|SSL|TLS|early EOF|unexpected disconnect|hung up|No route to host|Empty reply|RPC failed|\b50[0234]\b/,
    kind: NETWORK,
    hint: tryByHand,
  },
];

function tryByHand({ url }: GitTarget): string {
  return `try: ${formatCommand('git', 'ls-remote', maskUrl(url))}`;
}

/**
 * Explains what Git said while it spoke with the remote. Codes: GIT-002 to GIT-005, GIT-007, GIT-008, GIT-011, IO-005.
 * @param byHand Git command that does the same step, to see all that Git says
 */
export function explainRemoteError(error: unknown, target: GitTarget, byHand: string): Problem {
  const text = wordsOf(error, target);
  // What the server says is about the server's own disk and locks.
  const own = text.replace(/^remote:.*$/gm, '').replace(/^.*\[remote rejected\].*$/gm, '');
  const local = findRow(ALWAYS, own);
  if (local !== undefined) return explain(local, own, target, target.folder);
  const found = findRow(AT_REMOTE, text);
  if (found !== undefined) return explain(found, text, target, maskUrl(target.url));
  return makeProblem(OTHER, { message: `${maskUrl(target.url)}: ${lastLines(text)}`, hint: `try: ${byHand}` });
}

/** Where a push of this run goes to. */
export function refspec({ branch }: Pick<GitTarget, 'branch'>): string {
  return `HEAD:refs/heads/${branch}`;
}

interface Found {
  readonly row: Row;
  readonly match: RegExpExecArray;
}

function findRow(rows: readonly Row[], text: string): Found | undefined {
  for (const row of rows) {
    const match = row.pattern.exec(text);
    if (match !== null) return { row, match };
  }
  return undefined;
}

function explain({ row, match }: Found, text: string, target: GitTarget, subject: string): Problem {
  const message = row.message?.(match, target) ?? `${subject}: ${lastLines(text)}`;
  return makeProblem(row.kind, { message, hint: row.hint(target, match) } satisfies ProblemDetails);
}

/** Git's own words: without secrets, and without the stack that comes where a program cannot be started. */
function wordsOf(error: unknown, { url }: GitTarget): string {
  const text = error instanceof Error ? error.message : String(error);
  return maskSecrets(text.replace(/^\s+at .*$/gm, ''), url);
}

function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(?:remote:|fatal:|error:|hint:)\s*/, '').trim())
    .filter((line) => line !== '');
  return lines.slice(0, 3).join(' ').slice(0, 300);
}
