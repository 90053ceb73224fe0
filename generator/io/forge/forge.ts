// What Rootstock asks of the place where a repository lives. GitHub answers all of it, plain Git what it can.
import type { Outcome } from '../../core/problem.ts';

/**
 * One repository on one forge. Every method may be called again after a failure or by two runs at once: what is found
 * is reused. Codes of all methods: FORGE-002, FORGE-004, FORGE-006, FORGE-008, FORGE-009; FORGE-010 where the forge has
 * no such thing.
 */
export interface Forge {
  /** For people, e.g. `GitHub`. */
  readonly name: string;
  /** Makes sure that the repository is there and that the token may do what follows; writes nothing else. */
  prepare(wish: Wish): Promise<Outcome<PreparedRepository>>;
  /** Whether pushes to a branch are refused, as far as it can be told. */
  findProtection(branch: string): Promise<Outcome<Protection>>;
  /** Commits at which earlier pull requests between two branches were merged: nothing of them is left to keep. */
  listMerged(branches: Pick<Change, 'head' | 'base'>): Promise<Outcome<readonly string[]>>;
  /** Opens the pull request of a branch, or updates the one that is open. */
  propose(change: Change): Promise<Outcome<Proposal>>;
  /** Closes the open pull request of a branch, if there is one. */
  withdraw(change: Withdrawal): Promise<Outcome<Proposal>>;
  /** Registers a read-only deploy key; keys of the same title and another content are removed. Code: FORGE-012. */
  registerDeployKey(key: DeployKey): Promise<Outcome<Registered>>;
  /** Registers a webhook, tries it, and mends the one that leads to the same address. Code: FORGE-013. */
  registerWebhook(webhook: Webhook): Promise<Outcome<Registered>>;
  /** SSH host keys that the forge publishes, e.g. `ssh-ed25519 AAAA…`; none if it publishes none. */
  listHostKeys(): Promise<Outcome<readonly string[]>>;
}

/** What a run is going to do, by the names that people know: each is a right that a token may lack. */
export type Right = 'push' | 'pull requests' | 'workflows' | 'deploy keys' | 'webhooks';

export interface Wish {
  readonly rights: readonly Right[];
  /** Make the repository if it is not there. */
  readonly create?: 'private' | 'public';
  /** Branch that exists once the repository is not empty: rights are tried on it. */
  readonly branch: string;
}

export interface PreparedRepository {
  readonly state: 'found' | 'created';
}

export interface Protection {
  /** True if a push by whoever has the token will be refused. */
  readonly closed: boolean;
  /** Why, e.g. `changes must be made through a pull request`. */
  readonly reasons: readonly string[];
}

export interface Change {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

export interface Withdrawal {
  readonly head: string;
  readonly base: string;
  /** Why, as a comment that people read. */
  readonly comment: string;
}

export interface Proposal {
  readonly state: 'opened' | 'updated' | 'same' | 'closed' | 'none';
  /** Where people look at it, or where they open it by hand. */
  readonly url?: string;
}

export interface DeployKey {
  readonly title: string;
  /** One line in OpenSSH's form. */
  readonly publicKey: string;
}

export interface Webhook {
  /** HTTPS address that it is sent to; a query tells one of ours from all others, since a webhook has no name. */
  readonly url: string;
  /** Signs what is sent. */
  readonly secret: string;
}

export interface Registered {
  readonly state: 'found' | 'created' | 'replaced';
}
