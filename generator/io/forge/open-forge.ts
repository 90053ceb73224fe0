// A repository URL → the adapter that speaks with its forge; that of GitHub is loaded only when it is needed.
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import type { Forge } from './forge.ts';
import { type ForgeKind, findForgeAddress, isPrivateChannel, toGithub } from './forge-address.ts';
import { NO_TOKEN } from './forge-problems.ts';
import { findToken, listTokenVariables } from './forge-token.ts';
import { openPlainGit } from './plain-git.ts';
import { makeFetch } from './proxied-fetch.ts';

export interface ForgeRequest {
  /** May hold a password: never printed as it is. */
  readonly url: string;
  /** The kind that somebody said; absent: told by the host. */
  readonly kind?: ForgeKind;
  /** The command of this run, which hints repeat. */
  readonly again: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface OpenForge {
  readonly forge: Forge;
  /** False where there is no API to ask. */
  readonly hasApi: boolean;
  /** The token, where Git may need it, too. */
  readonly token?: string;
}

/** Opens the forge of a repository. Codes: FORGE-001, FORGE-015. */
export async function openForge({ url, kind, again, variables }: ForgeRequest): Promise<Outcome<OpenForge>> {
  const address = findForgeAddress(url, variables, kind);
  if (address?.kind !== 'github') return succeed({ forge: openPlainGit(address), hasApi: false });
  const github = toGithub(address, variables);
  if (!isPrivateChannel(github.api)) {
    const message = `A token would go to ${github.api} unencrypted.`;
    return fail([makeProblem(NO_TOKEN, { message, hint: 'write an https:// address into GITHUB_API_URL' })]);
  }
  const token = await findToken(github, variables);
  if (token === undefined) {
    const names = listTokenVariables(github, variables);
    const message = `No token for ${github.host}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set, and git credential has stored none.`;
    const hint = `export ${names[0]}=… (made at ${new URL(github.web).origin}/settings/tokens), then ${again}`;
    return fail([makeProblem(NO_TOKEN, { message, hint })]);
  }
  const reach = await makeFetch(github.api, variables);
  if (!reach.ok) return reach;
  const { openGithub } = await import('./github.ts');
  const forge = openGithub({ address: github, token, again, fetch: reach.value });
  return succeed({ forge, hasApi: true, token: token.value });
}
