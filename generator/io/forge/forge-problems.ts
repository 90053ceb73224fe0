// What a forge can refuse, and what people do about it. All of these end with exit code 3.
import type { ProblemKind } from '../../core/problem.ts';

export const NO_TOKEN: ProblemKind = {
  code: 'FORGE-001',
  title: 'There is no token for the forge',
  explanation:
    'Pull requests, deploy keys and webhooks are made through the API of the forge, and that asks for a token. Rootstock takes it from GITHUB_TOKEN or GH_TOKEN (GH_ENTERPRISE_TOKEN for a server of your own), or from what `git credential` has stored for the host. It prints and stores none.',
};
export const BAD_TOKEN: ProblemKind = {
  code: 'FORGE-002',
  title: 'The forge does not accept the token',
  explanation: 'The token expired, was revoked, or belongs to another server. Nothing was written.',
};
export const NO_REPOSITORY: ProblemKind = {
  code: 'FORGE-003',
  title: 'The forge shows no such repository',
  explanation:
    'GitHub gives the same answer, 404, for a repository that does not exist and for one that a token may not see. Either make it with --create-repository, or use a token that may see it.',
};
export const NO_RIGHT: ProblemKind = {
  code: 'FORGE-004',
  title: 'The token lacks a right',
  explanation:
    'A token may do less than its owner. Classic tokens have scopes (repo, workflow), fine-grained tokens and GitHub Apps have permissions (Contents, Pull requests, Workflows, Administration, Webhooks). Rootstock asks for what it needs before it writes anything.',
};
export const PROTECTED: ProblemKind = {
  code: 'FORGE-005',
  title: 'The branch takes no direct pushes',
  explanation:
    'A branch protection rule or a ruleset asks for a pull request, for reviews, or lets only some people push. Rootstock asks before it pushes, so that no commit is left behind. `push --pr` opens a pull request instead.',
};
export const LIMITED: ProblemKind = {
  code: 'FORGE-006',
  title: 'The forge asks to wait',
  explanation:
    'GitHub limits how many requests a token may make in an hour, and how many that create something in a minute. Rootstock waits where that takes a minute at most. Run the same command again later: it goes on where it stopped.',
};
export const FOREIGN_COMMITS: ProblemKind = {
  code: 'FORGE-007',
  title: 'The branch of the pull request holds what somebody else wrote',
  explanation:
    'Rootstock replaces its own commits on its own branch, and never those of others, nor environment files, secrets and edits that came with its own commits from another folder. Take them in, render again where Git asks, and run the command again.',
};
export const UNREACHABLE: ProblemKind = {
  code: 'FORGE-008',
  title: 'The forge cannot be reached, or fails',
  explanation:
    'The connection was refused, cut or timed out, or the server answered with an error of its own, three times. Run the same command again: what was made already is found and used.',
};
export const REFUSED_BY_FORGE: ProblemKind = {
  code: 'FORGE-009',
  title: 'The forge refused the request',
  explanation: 'The forge understood the request and said no. The message is its own.',
};
export const NOT_OFFERED: ProblemKind = {
  code: 'FORGE-010',
  title: 'Rootstock does not speak with this forge',
  explanation:
    'Rootstock knows the API of GitHub and GitHub Enterprise. On other forges it pushes a branch and prints the address where a pull request is opened; repositories, keys and webhooks are made there by hand. A GitHub Enterprise Server is recognised by GH_HOST or GITHUB_SERVER_URL, or told with --forge github.',
};
export const NOT_TOLD: ProblemKind = {
  code: 'FORGE-011',
  title: 'Whether the branch is protected could not be told',
  explanation:
    'Rules of a branch are shown to those who may see them only. The push was tried all the same: the server has the last word, and refuses what it does not allow.',
  severity: 'unchecked',
};
export const KEY_ELSEWHERE: ProblemKind = {
  code: 'FORGE-012',
  title: 'The deploy key is in use elsewhere',
  explanation:
    'A forge takes one key for one repository only. The key of this environment is registered at another one, or belongs to an account. Make a new one: --replace makes and registers another key.',
};
export const NOT_REACHED: ProblemKind = {
  code: 'FORGE-013',
  title: 'The forge does not reach the address of the webhook',
  explanation:
    'A webhook is a request from the forge to Argo CD. It arrives only if Argo CD is exposed, its name resolves, its certificate is one that the forge trusts, and the load balancer lets the forge in. Without it Argo CD looks for changes every three minutes.',
};
export const UNKNOWN_HOST_KEY: ProblemKind = {
  code: 'FORGE-014',
  title: 'Argo CD does not know the host key of the Git server',
  explanation:
    'Argo CD connects over SSH to servers only whose keys it was told: those of GitHub, GitLab, Bitbucket and Azure it brings along, all others are written into apps.argo-cd.knownHosts.',
  severity: 'pending',
};
export const BAD_PROXY: ProblemKind = {
  code: 'FORGE-015',
  title: 'A proxy variable that names no proxy',
  explanation:
    'The API of a forge is reached as Git reaches it: over the proxy in https_proxy (http_proxy for http:// addresses) or all_proxy, except for the hosts of no_proxy. Only HTTP proxies can be used, and their address starts with http:// or https://.',
};

export const forgeProblems: readonly ProblemKind[] = [
  NO_TOKEN,
  BAD_TOKEN,
  NO_REPOSITORY,
  NO_RIGHT,
  PROTECTED,
  LIMITED,
  FOREIGN_COMMITS,
  UNREACHABLE,
  REFUSED_BY_FORGE,
  NOT_OFFERED,
  NOT_TOLD,
  KEY_ELSEWHERE,
  NOT_REACHED,
  UNKNOWN_HOST_KEY,
  BAD_PROXY,
];
