// What Git said when it refused → a Problem that says what happened and what to type.
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';

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
  title: 'Git failed',
  explanation: "Git ended with an error that Rootstock does not know. The message is Git's own.",
};
const NO_GIT: ProblemKind = {
  code: 'GIT-008',
  title: 'Git is not installed',
  explanation: 'Rootstock runs the git program, version 2.39 or later.',
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
];

export interface GitTarget {
  readonly folder: string;
  /** May hold a password: never printed as it is. */
  readonly url: string;
  readonly branch: string;
}

/** The remote has commits that the folder lacks. `related` is false if the two share no history. */
export function movedProblem(target: GitTarget, related: boolean): Problem {
  const { folder, branch } = target;
  const url = maskUrl(target.url);
  return makeProblem(MOVED, {
    message: `${url} has commits on ${branch} that ${folder} does not have. Nothing was pushed; your commit is kept.`,
    hint: related
      ? `git -C ${folder} pull --rebase ${url} ${branch}, then rootstock push ${folder}`
      : `git clone ${url} NEW, then rootstock render -e FILE -o NEW and rootstock push NEW`,
  });
}

/** Patterns of Git's English messages, first match wins; the order matters. */
const TABLE: readonly {
  readonly pattern: RegExp;
  readonly kind: ProblemKind;
  readonly hint: (target: GitTarget) => string;
}[] = [
  { pattern: /spawn git ENOENT/, kind: NO_GIT, hint: () => 'install Git, then run the same command again' },
  {
    pattern: /Please tell me who you are|unable to auto-detect email|empty ident name/,
    kind: NO_IDENTITY,
    hint: ({ folder }) =>
      `git -C ${folder} config user.name "You" && git -C ${folder} config user.email you@example.com`,
  },
  {
    pattern: /pre-receive hook declined|protected branch|GH006|GH013|hook declined|remote rejected/,
    kind: REFUSED,
    hint: ({ folder }) => `rootstock push ${folder} --branch rootstock-update, then open a pull request`,
  },
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|Permission denied|terminal prompts disabled|\b40[13]\b|Host key verification failed|Invalid username/,
    kind: CREDENTIALS,
    hint: ({ url }) => `try: git ls-remote ${maskUrl(url)}`,
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
    hint: ({ url }) => `try: git ls-remote ${maskUrl(url)}`,
  },
];

/** Explains an error of Git; secrets in URLs are masked. Codes: GIT-002 to GIT-008. */
export function explainGitError(error: unknown, target: GitTarget): Problem {
  const text = maskSecrets(error instanceof Error ? error.message : String(error));
  const row = TABLE.find(({ pattern }) => pattern.test(text));
  const said = lastLines(text);
  return makeProblem(row?.kind ?? OTHER, {
    message: `${maskUrl(target.url)}: ${said}`,
    hint:
      row === undefined
        ? `run it by hand: git -C ${target.folder} push ${maskUrl(target.url)} HEAD:${target.branch}`
        : row.hint(target),
  });
}

/** A URL without user name and password. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@(?=[^/])/i, (whole, scheme: string) =>
    /^ssh/i.test(scheme) && !whole.includes(':', scheme.length) ? whole : scheme,
  );
}

function maskSecrets(text: string): string {
  return text.replace(/([a-z+]+:\/\/)[^\s/@:]*:[^\s/@]*@/gi, '$1').replace(/(https?:\/\/)[^\s/@]*@/gi, '$1');
}

function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(?:remote:|fatal:|error:|hint:)\s*/, '').trim())
    .filter((line) => line !== '');
  return lines.slice(0, 3).join(' ').slice(0, 300);
}
