// How Git is run for a push: with the environment of the user, without questions, and with its refusals explained.
import { type SimpleGit, simpleGit } from 'simple-git';
import { fail, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { gitEnvironment } from './git-environment.ts';
import { explainFolderError, explainRemoteError, formatGit, type GitTarget, refspec } from './git-problems.ts';
import { maskUrl } from './git-secrets.ts';
import type { TextDigests } from './pushed-tree.ts';

export interface PushRequest extends GitTarget {
  /** Commit message; the first line names environments and versions. */
  readonly message: string;
  /** Paths that Rootstock generated: only these, and those of the last committed lock, are committed. */
  readonly paths: readonly string[];
  /** What was proven: the commit below, undefined where there is none, and the texts that are committed. */
  readonly proven: { readonly head: string | undefined; readonly digests: TextDigests };
  /** Git may ask on the terminal for a password. */
  readonly interactive: boolean;
  /** For HTTPS, where Git has no credential helper of its own; never stored. */
  readonly token?: string | undefined;
  /** Looks at the commit of the remote branch that this one is built upon; any problem stops before a commit is made. */
  readonly inspect?: (remoteHead: string) => readonly Problem[];
  /** Told before each step that may take a while. */
  readonly progress: (text: string) => void;
}

/** A step that concerns the folder alone. */
export async function inFolder<T>(request: PushRequest, step: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await step();
  } catch (error) {
    return fail([explainFolderError(error, request)]);
  }
}

/** A step that speaks with the remote. */
export async function atRemote<T>(request: PushRequest, command: string, step: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await step());
  } catch (error) {
    const words = command === 'push' ? [refspec(request)] : [`refs/heads/${request.branch}`];
    return fail([explainRemoteError(error, request, formatGit(request, command, maskUrl(request.url), ...words))]);
  }
}

/** @param more variables for this use of Git alone */
export function openGit(request: PushRequest, more: NodeJS.ProcessEnv = {}): SimpleGit {
  const quiet = request.interactive
    ? {}
    : {
        GIT_TERMINAL_PROMPT: '0',
        ...(process.env['GIT_SSH_COMMAND'] === undefined ? { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' } : {}),
      };
  const environment: NodeJS.ProcessEnv = { ...gitEnvironment(), ...quiet };
  Object.assign(environment, offerToken(request, environment), more);
  const allowEnvironment = Object.keys(environment);
  const settings = { baseDir: request.folder, allowEnvironment, unsafe: USER_SETTINGS, errors, config: SETTINGS };
  return simpleGit(settings).env(environment);
}

/** Answers Git's question for a password from a variable: an argument could be seen by other users. */
const HELPER =
  '!f() { test "$1" = get || exit 0; echo username=x-access-token; echo "password=$ROOTSTOCK_GIT_TOKEN"; }; f';

/** A credential helper for the host of the remote alone, by variables, so that nothing is written. */
function offerToken({ url, token }: PushRequest, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (token === undefined || !/^https?:/.test(url)) return {};
  const count = Number.parseInt(environment['GIT_CONFIG_COUNT'] ?? '0', 10) || 0;
  return {
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: `credential.${new URL(url).origin}.helper`,
    [`GIT_CONFIG_VALUE_${count}`]: HELPER,
    ROOTSTOCK_GIT_TOKEN: token,
  };
}

/** The request without its token where Git has a helper for the remote: that one would store the token. */
export async function settleToken<T extends PushRequest>(request: T): Promise<T> {
  const { url, token } = request;
  if (token === undefined || !/^https?:/.test(url)) return { ...request, token: undefined };
  const git = openGit({ ...request, token: undefined });
  const found = await git.raw('config', '--get-urlmatch', 'credential.helper', maskUrl(url)).catch(() => '');
  return found.trim() === '' ? request : { ...request, token: undefined };
}

/** What a user may have set for their own eyes: signatures between the lines of a log, and tags that go along. */
const SETTINGS = ['log.showSignature=false', 'push.followTags=false'];

/** simple-git takes a command that fails without a word on stderr, as a silent hook makes it, for a success. */
function errors(
  error: Buffer | Error | undefined,
  { exitCode, stdOut, stdErr }: { readonly exitCode: number; readonly stdOut: Buffer[]; readonly stdErr: Buffer[] },
): Buffer | Error | undefined {
  return error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdErr, ...stdOut]));
}

/** simple-git distrusts these when a program sets them; here the user's own shell did. */
const USER_SETTINGS = {
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
  allowUnsafeEditor: true,
  allowUnsafePager: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeGitProxy: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeExec: true,
  allowUnsafeCredentialHelper: true,
} as const;
