// A forge without an API that Rootstock speaks: branches are pushed, and people open the pull request by its address.
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import type { Change, Forge } from './forge.ts';
import type { ForgeAddress } from './forge-address.ts';
import { NOT_OFFERED } from './forge-problems.ts';

/** Opens what is there without an API. `address` is undefined for a folder, or a URL without owner and name. */
export function openPlainGit(address: ForgeAddress | undefined): Forge {
  const name = address?.host ?? 'the remote';
  const byHand = (what: string) => Promise.resolve(notOffered(what, name, address));
  return {
    name,
    prepare: ({ create }) =>
      create === undefined ? Promise.resolve(succeed({ state: 'found' })) : byHand('create a repository'),
    // The server has the last word anyway: it refuses, and Git says so.
    findProtection: () => Promise.resolve(succeed({ closed: false, reasons: [] })),
    listMerged: () => Promise.resolve(succeed([])),
    propose: (change) => {
      const url = address === undefined ? undefined : findCompareUrl(address, change);
      return Promise.resolve(succeed({ state: 'none', ...(url === undefined ? {} : { url }) }));
    },
    withdraw: () => Promise.resolve(succeed({ state: 'none' })),
    registerDeployKey: () => byHand('register a deploy key'),
    registerWebhook: () => byHand('register a webhook'),
    listHostKeys: () => Promise.resolve(succeed([])),
  };
}

function notOffered(what: string, name: string, address: ForgeAddress | undefined): Outcome<never> {
  const message = `Rootstock cannot ${what} on ${name}: it speaks with GitHub and GitHub Enterprise only.`;
  const where = address === undefined ? 'do it by hand' : `do it by hand at ${address.web}`;
  const hint = address?.kind === 'git' ? `${where}; for a GitHub Enterprise Server add --forge github` : where;
  return fail([makeProblem(NOT_OFFERED, { message, hint })]);
}

/**
 * The page on which a pull request is opened; undefined for hosts that are not known.
 * @see https://docs.gitlab.com/user/project/merge_requests/creating_merge_requests/
 * @see https://docs.gitea.com/usage/issues-prs/pull-request
 */
export function findCompareUrl({ kind, web }: ForgeAddress, { head, base }: Pick<Change, 'head' | 'base'>) {
  const [from, to] = [encodeURIComponent(head), encodeURIComponent(base)];
  const [fromPath, toPath] = [encodePath(head), encodePath(base)];
  switch (kind) {
    case 'gitlab':
      return `${web}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${from}&merge_request%5Btarget_branch%5D=${to}`;
    case 'gitea':
      return `${web}/compare/${toPath}...${fromPath}`;
    case 'bitbucket':
      return `${web}/pull-requests/new?source=${from}&dest=${to}`;
    case 'github':
      return `${web}/compare/${toPath}...${fromPath}?expand=1`;
    default:
      return undefined;
  }
}

function encodePath(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}
