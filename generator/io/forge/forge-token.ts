// Where the token for a GitHub comes from: the environment first, then what Git itself has stored. It is never printed.
import { spawn } from 'node:child_process';
import { type GithubAddress, isGithubCloud } from './forge-address.ts';

export interface ForgeToken {
  readonly value: string;
  /** For people: `GITHUB_TOKEN`, or `git credential`. */
  readonly source: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const CREDENTIAL_SECONDS = 10;

/** Finds the token for a host; undefined if there is none. Asks nobody. */
export async function findToken(address: GithubAddress, variables: Variables): Promise<ForgeToken | undefined> {
  for (const source of listTokenVariables(address, variables)) {
    const value = variables[source]?.trim() ?? '';
    if (value !== '') return { value, source };
  }
  const stored = await fillCredential(address, variables);
  return stored === undefined ? undefined : { value: stored, source: 'git credential' };
}

/**
 * Variables that may hold a token for this host, as GitHub's own command line reads them: a token for github.com is
 * never sent to a server of somebody else.
 * @see https://cli.github.com/manual/gh_help_environment
 */
export function listTokenVariables({ host, web }: GithubAddress, variables: Variables): readonly string[] {
  if (isGithubCloud(host)) return ['GITHUB_TOKEN', 'GH_TOKEN'];
  const enterprise = ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];
  // On a runner of an Enterprise Server GITHUB_TOKEN is one of that server.
  return variables['GITHUB_SERVER_URL']?.replace(/\/+$/, '') === new URL(web).origin
    ? [...enterprise, 'GITHUB_TOKEN']
    : enterprise;
}

/** What the credential helpers of Git have stored; helpers that would open a window are told not to. */
async function fillCredential(address: GithubAddress, variables: Variables): Promise<string | undefined> {
  const { protocol, host } = new URL(address.web);
  const question = `protocol=${protocol.slice(0, -1)}\nhost=${host}\npath=${address.owner}/${address.name}.git\n\n`;
  const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', GCM_INTERACTIVE: 'never', LC_ALL: 'C' };
  const answer = await new Promise<string>((resolve) => {
    const git = spawn('git', ['-c', 'core.askPass=', 'credential', 'fill'], {
      env: { ...variables, ...quiet },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: CREDENTIAL_SECONDS * 1000,
    });
    let text = '';
    git.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    git.on('error', () => resolve(''));
    git.on('close', (code) => resolve(code === 0 ? text : ''));
    // Git may end before it has read the question.
    git.stdin.on('error', () => undefined).end(question);
  });
  return /^password=(.+)$/m.exec(answer)?.[1];
}
