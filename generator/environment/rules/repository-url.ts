// The repository's URL holds no password and fits the way Argo CD authenticates.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const CREDENTIALS: ProblemKind = {
  code: 'REPO-002',
  title: 'The repository URL contains credentials',
  explanation:
    'The environment file is copied into the repository and its URL into every Application, so a password in it would be published. Credentials reach Argo CD as a sealed secret. If this one was real, revoke it.',
};
const NO_FIT: ProblemKind = {
  code: 'REPO-003',
  title: 'The repository URL does not fit `repository.access`',
  explanation:
    'A deploy key works over SSH, everything else over HTTPS. Rootstock derives one form from the other where host and path are the same, but a port of its own tells nothing about the port of the other protocol, and GitHub Apps exist on GitHub only.',
};
const NO_PATH: ProblemKind = {
  code: 'REPO-004',
  title: 'The repository URL names no repository',
  explanation:
    'A URL has a host, a port where it is not the usual one, and ends in the path of the repository, usually owner/name.git.',
};
const BRANCH: ProblemKind = {
  code: 'REPO-005',
  title: 'Git does not take this branch name',
  explanation:
    'Git refuses names with "..", "//", a trailing "/" or ".", or a part that ends in ".lock". A name is given without the "refs/heads/" in front that Git adds itself.',
};

/** Hosts that are certainly not GitHub. */
const OTHER_FORGES = ['gitlab.com', 'bitbucket.org', 'codeberg.org', 'dev.azure.com'];

interface UrlParts {
  readonly scheme: 'https' | 'ssh';
  readonly userInfo: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

export const repositoryUrl: Rule = {
  kinds: [CREDENTIALS, NO_FIT, NO_PATH, BRANCH],
  check: (environment) => {
    const parts = splitUrl(environment.repository.url);
    return [...checkUrl(environment, parts), ...checkBranch(environment)];
  },
};

function checkUrl({ repository }: Environment, parts: UrlParts): Finding[] {
  const at = ['repository', 'url'];
  if (parts.userInfo.includes(':') || (parts.scheme === 'https' && parts.userInfo !== '')) {
    const message = `repository.url carries credentials for ${parts.host}; they would be published with every Application.`;
    return [
      { kind: CREDENTIALS, at, message, hint: `write ${parts.scheme}://${parts.host}/${parts.path} and revoke them` },
    ];
  }
  if (repository.url.includes('://') && !URL.canParse(repository.url)) return [explainBrokenUrl(repository.url, parts)];
  if (!/[A-Za-z0-9]/.test(parts.path)) {
    return [
      {
        kind: NO_PATH,
        at,
        message: `${repository.url} names a host only.`,
        hint: 'add the path, such as /acme/ai-platform.git',
      },
    ];
  }
  return checkAccess(repository, parts);
}

/** A slash in a password ends the host too early; a colon before the path is that of the short form, git@host:path. */
function explainBrokenUrl(url: string, { scheme, userInfo, host, path }: UrlParts): Finding {
  const at = ['repository', 'url'];
  if (path.includes('@')) {
    const message = 'repository.url carries credentials; they would be published with every Application.';
    return { kind: CREDENTIALS, at, message, hint: 'write it without user and password, and revoke them' };
  }
  const message = `${url} is not a URL: its host or port cannot be right.`;
  const isShort = userInfo !== '' && /^:\D/.test(path);
  const right = isShort
    ? `${scheme}://${userInfo}@${host}/${path.slice(1)}`
    : 'https://github.com/acme/ai-platform.git';
  return { kind: NO_PATH, at, message, hint: `${isShort ? 'write' : 'for example'} ${right}` };
}

function checkAccess(
  repository: Environment['repository'],
  { scheme, userInfo, host, port, path }: UrlParts,
): Finding[] {
  const at = ['repository', 'url'];
  const { access } = repository;
  if (access === 'githubApp' && OTHER_FORGES.includes(host)) {
    const message = `repository.access is githubApp, but ${host} is not GitHub.`;
    return [{ kind: NO_FIT, at: ['repository', 'access'], message, hint: 'write access: deployKey, or access: token' }];
  }
  if (access === 'deployKey' && userInfo !== '' && userInfo !== 'git') {
    const message = `repository.url logs in as ${userInfo}, but deploy keys belong to the user git.`;
    return [{ kind: NO_FIT, at, message, hint: `write ssh://git@${host}${port === '' ? '' : `:${port}`}/${path}` }];
  }
  const needed = access === 'deployKey' ? 'ssh' : 'https';
  if (scheme === needed || port === '') return [];
  const message = `repository.access is ${access}, which works over ${needed.toUpperCase()}, but port ${port} of repository.url is one for ${scheme.toUpperCase()}.`;
  const form = needed === 'ssh' ? `ssh://git@${host}:22/${path}` : `https://${host}/${path}`;
  return [{ kind: NO_FIT, at, message, hint: `write ${form} with the right port, or another access` }];
}

function checkBranch({ repository }: Environment): Finding[] {
  const { branch } = repository;
  const at = ['repository', 'branch'];
  const [, short] = /^refs\/heads\/(.+)$/.exec(branch) ?? [];
  if (short !== undefined) {
    const message = `"${branch}" is the full reference of a branch, not its name.`;
    return [{ kind: BRANCH, at, message, hint: `write branch: ${short}` }];
  }
  if (!/\.\.|\/\/|[/.]$|\.lock(\/|$)|\/\./.test(branch)) return [];
  const message = `"${branch}" is not a branch name that Git takes.`;
  return [{ kind: BRANCH, at, message, hint: 'write branch: main' }];
}

function splitUrl(url: string): UrlParts {
  const [, scheme, userInfo = '', host = '', port = '', path = ''] =
    /^(https|ssh):\/\/(?:([^@/]*)@)?([^:/]+)(?::(\d+))?\/*(.*)$/.exec(url) ?? [];
  if (scheme === 'https' || scheme === 'ssh') return { scheme, userInfo, host, port, path };
  const [, user = '', scpHost = '', scpPath = ''] = /^([^@]+)@([^:]+):\/*(.*)$/.exec(url) ?? [];
  return { scheme: 'ssh', userInfo: user, host: scpHost, port: '', path: scpPath };
}
