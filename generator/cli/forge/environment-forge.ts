// The forge of one environment's repository, and how a command about it is typed again.
import type { Outcome } from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import type { ForgeKind } from '../../io/forge/forge-address.ts';
import { type OpenForge, openForge } from '../../io/forge/open-forge.ts';
import { maskUrl } from '../../io/git-secrets.ts';
import type { OutputOptions } from '../finish.ts';
import type { Session } from '../secrets/session.ts';

export interface ForgeCommandOptions extends OutputOptions {
  readonly environment?: string;
  readonly remote?: string;
  readonly forge?: ForgeKind;
}

/** e.g. `rootstock forge deploy-key ../ai-platform -e prod` */
export function formatForge(command: string, { folder, name }: Session, options: ForgeCommandOptions): string {
  const remote = options.remote === undefined ? [] : ['--remote', maskUrl(options.remote)];
  const forge = options.forge === undefined ? [] : ['--forge', options.forge];
  return formatCommand('rootstock', 'forge', command, folder, '-e', name, ...remote, ...forge);
}

/** Opens the forge. Code: FORGE-001. */
export async function openForgeOf(
  command: string,
  session: Session,
  options: ForgeCommandOptions,
): Promise<Outcome<OpenForge>> {
  return await openForge({
    url: options.remote ?? session.plan.environment.repository.url,
    ...(options.forge === undefined ? {} : { kind: options.forge }),
    again: formatForge(command, session, options),
    variables: process.env,
  });
}
