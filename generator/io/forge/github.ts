// GitHub and GitHub Enterprise, over their REST API. Loaded only when a run speaks with one of them.
import { Octokit } from '@octokit/rest';
import { hideSecrets } from '../../core/hide-secrets.ts';
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import { VERSION } from '../../core/version.ts';
import type {
  Change,
  DeployKey,
  Forge,
  PreparedRepository,
  Proposal,
  Protection,
  Registered,
  Right,
  Webhook,
  Wish,
  Withdrawal,
} from './forge.ts';
import type { GithubAddress } from './forge-address.ts';
import { KEY_ELSEWHERE, NO_REPOSITORY, NO_RIGHT, NOT_REACHED, REFUSED_BY_FORGE } from './forge-problems.ts';
import type { ForgeToken } from './forge-token.ts';
import { findRuleReason, listSettingReasons } from './github-protection.ts';
import { type Answer, type Asked, ask, type Clock, type Failure, failureProblem } from './github-requests.ts';
import { findMissingRights, missingPermission, parseScopes, RIGHTS } from './github-rights.ts';
import type { Fetch } from './proxied-fetch.ts';

export interface GithubSettings {
  readonly address: GithubAddress;
  readonly token: ForgeToken;
  /** The command of this run, which hints repeat. */
  readonly again: string;
  readonly clock?: Clock;
  /** Default: Node's own, which knows no proxy. */
  readonly fetch?: Fetch;
  /** For one answer. Default: 20 seconds. */
  readonly timeoutMilliseconds?: number;
}

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
const TIMEOUT_MILLISECONDS = 20_000;
/** GitHub cuts off nothing: it refuses longer texts. */
const LONGEST_BODY = 65_000;
/** Around our part of a text; GitHub shows no comments. */
const BEGIN = '<!-- rootstock: begin -->';
const END = '<!-- rootstock: end -->';
const LONGEST_TITLE = 250;
/** A ping is answered within seconds, or never. */
const PING_ATTEMPTS = 5;
const PING_PAUSE_MILLISECONDS = 2000;

/** A problem that ends a method, thrown within this file only. */
class Stopped extends Error {
  readonly outcome: Outcome<never>;
  constructor(outcome: Outcome<never>) {
    super('stopped');
    this.outcome = outcome;
  }
}

/** Step and right, for the case that it fails. */
interface Step {
  readonly step: string;
  readonly needs: string;
}

/** Opens a GitHub. Asks nothing yet. */
export function openGithub(settings: GithubSettings): Forge {
  const github = new Github(settings);
  return {
    name: github.name,
    prepare: (wish) => github.run(() => github.prepare(wish)),
    findProtection: (branch) => github.run(() => github.findProtection(branch)),
    listMerged: (branches) => github.run(() => github.listMerged(branches)),
    propose: (change) => github.run(() => github.propose(change)),
    withdraw: (change) => github.run(() => github.withdraw(change)),
    registerDeployKey: (key) => github.run(() => github.registerDeployKey(key)),
    registerWebhook: (webhook) => github.run(() => github.registerWebhook(webhook)),
    listHostKeys: () => github.run(() => github.listHostKeys()),
  };
}

class Github {
  readonly name: string;
  readonly #octokit: Octokit;
  readonly #settings: GithubSettings;
  readonly #clock: Clock;
  /** As GitHub calls them: a repository that was renamed is found under its old name, but changed under the new one. */
  #place: { readonly owner: string; readonly repo: string };

  constructor(settings: GithubSettings) {
    const { address, token } = settings;
    this.name = address.host === 'github.com' ? 'GitHub' : `GitHub at ${address.host}`;
    this.#settings = settings;
    this.#clock = settings.clock ?? CLOCK;
    this.#place = { owner: address.owner, repo: address.name };
    const silent = () => undefined;
    const { fetch: send = fetch, timeoutMilliseconds: timeout = TIMEOUT_MILLISECONDS } = settings;
    this.#octokit = new Octokit({
      auth: token.value,
      baseUrl: address.api,
      userAgent: `rootstock/${VERSION}`,
      // The client knows no time limit: each attempt gets one, and it covers the body as well.
      request: {
        fetch: (url: string, init: RequestInit) => send(url, { ...init, signal: AbortSignal.timeout(timeout) }),
      },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
  }

  async run<T>(method: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    try {
      return await method();
    } catch (error) {
      if (error instanceof Stopped) return error.outcome;
      throw error;
    }
  }

  async prepare(wish: Wish): Promise<Outcome<PreparedRepository>> {
    const { step, needs } = { step: 'look at the repository', needs: RIGHTS.push.permission };
    const found = await this.#ask(() => this.#octokit.rest.repos.get(this.#place));
    if (!found.ok) {
      if (found.failure.kind !== 'not found') return this.#fail(found.failure, { step, needs });
      return wish.create === undefined ? this.#notThere() : await this.#create(wish.create, wish.rights);
    }
    const { data, headers } = found.answer;
    this.#place = { owner: data.owner.login, repo: data.name };
    if (data.archived) return this.#archived();
    const roles = { push: data.permissions?.push ?? false, admin: data.permissions?.admin ?? false };
    const scopes = parseScopes(headers['x-oauth-scopes']);
    const missing = findMissingRights(wish.rights, { scopes, isPrivate: data.private, roles }, this.#context());
    if (missing.length > 0) return fail(missing);
    return scopes === undefined ? await this.#tryPermissions(wish) : succeed({ state: 'found' });
  }

  /** Fine-grained tokens do not say what they may do, so what is needed is tried, with requests that change nothing. */
  async #tryPermissions({ rights, branch }: Wish): Promise<Outcome<PreparedRepository>> {
    const probes: Partial<Record<Right, () => Promise<Answer<unknown>>>> = {
      // From a branch into itself: GitHub looks at the permission first, then says that there is nothing to merge.
      'pull requests': () =>
        this.#octokit.rest.pulls.create({ ...this.#place, title: 'Rootstock', head: branch, base: branch }),
      'deploy keys': () => this.#octokit.rest.repos.listDeployKeys({ ...this.#place, per_page: 1 }),
      webhooks: () => this.#octokit.rest.repos.listWebhooks({ ...this.#place, per_page: 1 }),
    };
    const problems = [];
    for (const right of [...new Set(rights)].sort()) {
      const probe = probes[right];
      const asked = probe === undefined ? undefined : await this.#ask(probe);
      if (asked === undefined || asked.ok || asked.failure.kind === 'invalid') continue;
      const { kind, message } = asked.failure;
      if (kind !== 'forbidden' && kind !== 'not found')
        return this.#fail(asked.failure, { step: `try ${right}`, needs: RIGHTS[right].permission });
      problems.push(missingPermission(right, message, this.#context()));
    }
    return problems.length > 0 ? fail(problems) : succeed({ state: 'found' });
  }

  #notThere(): Outcome<never> {
    const { again, tokenSource } = this.#context();
    return fail([
      makeProblem(NO_REPOSITORY, {
        key: 'repository.url',
        message: `${this.#subject()} does not exist, or the token from ${tokenSource} may not see it: GitHub answers both with 404.`,
        hint: `${again} --create-repository, or use a token that may see it`,
      }),
    ]);
  }

  #archived(): Outcome<never> {
    const message = `${this.#subject()} is archived: nothing can be written to it.`;
    const hint = `unarchive it at ${this.#settings.address.web}/settings, then ${this.#context().again}`;
    return fail([makeProblem(REFUSED_BY_FORGE, { key: 'repository.url', message, hint })]);
  }

  async #create(visibility: 'private' | 'public', rights: readonly Right[]): Promise<Outcome<PreparedRepository>> {
    const step = { step: 'create the repository', needs: 'the scope repo, or Administration: write' };
    const { owner, repo: name } = this.#place;
    const me = await this.#require(() => this.#octokit.rest.users.getAuthenticated(), {
      ...step,
      step: 'ask whose token it is',
    });
    const mine = me.data.login.toLowerCase() === owner.toLowerCase();
    const isPrivate = visibility === 'private';
    const scopes = parseScopes(me.headers['x-oauth-scopes']);
    const missing = findMissingRights(
      rights,
      { scopes, isPrivate, roles: { push: true, admin: true } },
      this.#context(),
    );
    if (missing.length > 0) return fail(missing);
    if (!mine) {
      const account = await this.#require(() => this.#octokit.rest.users.getByUsername({ username: owner }), step);
      if (account.data.type !== 'Organization') return this.#notMine(me.data.login);
    }
    const created = await this.#ask<unknown>(() =>
      mine
        ? this.#octokit.rest.repos.createForAuthenticatedUser({ name, private: isPrivate })
        : this.#octokit.rest.repos.createInOrg({ org: owner, name, private: isPrivate, visibility }),
    );
    if (created.ok) return succeed({ state: 'created' });
    if (created.failure.kind !== 'invalid') return this.#fail(created.failure, step);
    // Either our own earlier request, whose answer was lost, or another run; else it exists and is hidden from us.
    const now = await this.#ask(() => this.#octokit.rest.repos.get(this.#place));
    return now.ok ? succeed({ state: 'found' }) : this.#fail(created.failure, step);
  }

  #notMine(login: string): Outcome<never> {
    const { owner } = this.#place;
    return fail([
      makeProblem(NO_RIGHT, {
        key: 'repository.url',
        message: `${owner} is the account of another person, and the token belongs to ${login}: nobody can create a repository there but ${owner}.`,
        hint: `use a token of ${owner}, or correct repository.url`,
      }),
    ]);
  }

  async findProtection(branch: string): Promise<Outcome<Protection>> {
    const where = { ...this.#place, branch };
    const step = { step: `ask for the rules of ${branch}`, needs: 'Metadata: read' };
    const found = await this.#ask(() => this.#octokit.rest.repos.getBranch(where));
    // A branch that does not exist yet can have rules as well, but not settings of its own.
    if (!found.ok && found.failure.kind !== 'not found') return this.#fail(found.failure, step);
    const rules = await this.#ask(() => this.#octokit.rest.repos.getBranchRules({ ...where, per_page: 100 }));
    // An Enterprise Server without rulesets, and a plan that has none for private repositories, know no such page.
    if (!rules.ok && rules.failure.kind !== 'not found' && rules.failure.kind !== 'forbidden')
      return this.#fail(rules.failure, step);
    const byRules = rules.ok ? await this.#keepBinding(rules.answer.data, !found.ok) : [];
    const protection = found.ok && found.answer.data.protected ? await this.#askSettings(where) : succeed([]);
    const reasons = [...byRules, ...(protection.ok ? protection.value : [])].sort();
    if (reasons.length > 0) return succeed({ closed: true, reasons });
    return protection.ok ? succeed({ closed: false, reasons: [] }) : protection;
  }

  /** Rules from which whoever has the token is not exempt. */
  async #keepBinding(rules: readonly { readonly type: string; readonly ruleset_id?: number }[], isNew: boolean) {
    const reasons: string[] = [];
    const bypass = new Map<number, boolean>();
    for (const rule of rules) {
      const reason = findRuleReason(rule.type, isNew);
      if (reason === undefined) continue;
      const id = rule.ruleset_id;
      if (id !== undefined && !bypass.has(id)) bypass.set(id, await this.#mayBypass(id));
      if (id === undefined || bypass.get(id) !== true) reasons.push(reason);
    }
    return [...new Set(reasons)];
  }

  async #mayBypass(id: number): Promise<boolean> {
    const asked = await this.#ask(() => this.#octokit.rest.repos.getRepoRuleset({ ...this.#place, ruleset_id: id }));
    if (!asked.ok) return false;
    const { current_user_can_bypass: bypass } = asked.answer.data as { readonly current_user_can_bypass?: string };
    return bypass === 'always' || bypass === 'exempt';
  }

  /** The settings of a protected branch; a failure where they are not shown, which happens to all but administrators. */
  async #askSettings(where: { readonly owner: string; readonly repo: string; readonly branch: string }) {
    const asked = await this.#ask(() => this.#octokit.rest.repos.getBranchProtection(where));
    const needs = 'Administration: read';
    return asked.ok
      ? succeed(listSettingReasons(asked.answer.data))
      : this.#fail(asked.failure, { step: `see how ${where.branch} is protected`, needs });
  }

  async listMerged({ head, base }: Pick<Change, 'head' | 'base'>): Promise<Outcome<readonly string[]>> {
    const query = { ...this.#place, state: 'closed' as const, head: this.#headOf(head), base, per_page: 100 };
    const closed = await this.#require(() => this.#octokit.rest.pulls.list(query), PULL_REQUESTS);
    return succeed(closed.data.filter(({ merged_at }) => merged_at !== null).map((pull) => pull.head.sha));
  }

  async propose(change: Change): Promise<Outcome<Proposal>> {
    const title = cut(change.title, LONGEST_TITLE);
    const text = { title, body: `${BEGIN}\n${cutLines(change.body, LONGEST_BODY)}${END}` };
    const open = await this.#findOpen(change);
    if (open !== undefined) return await this.#update(open, text.body);
    const { head, base } = change;
    const asked = await this.#ask(() => this.#octokit.rest.pulls.create({ ...this.#place, head, base, ...text }));
    if (asked.ok) return succeed({ state: 'opened', url: asked.answer.data.html_url });
    // Made by a request whose answer was lost, or by another run.
    const made = asked.failure.kind === 'invalid' ? await this.#findOpen(change) : undefined;
    return made === undefined ? this.#fail(asked.failure, PULL_REQUESTS) : await this.#update(made, text.body);
  }

  /** Brings our part of the text up to date. The title, and what people wrote around our part or instead of it, is theirs. */
  async #update(open: OpenPull, part: string): Promise<Outcome<Proposal>> {
    const { number: pull_number, html_url: url } = open;
    // GitHub keeps line ends as browsers send them.
    const before = open.body?.replaceAll('\r\n', '\n') ?? '';
    const [start, end] = [before.indexOf(BEGIN), before.indexOf(END)];
    const body = start < 0 || end < start ? before : before.slice(0, start) + part + before.slice(end + END.length);
    if (body === before) return succeed({ state: 'same', url });
    await this.#require(() => this.#octokit.rest.pulls.update({ ...this.#place, pull_number, body }), PULL_REQUESTS);
    return succeed({ state: 'updated', url });
  }

  async withdraw({ head, base, comment }: Withdrawal): Promise<Outcome<Proposal>> {
    const open = await this.#findOpen({ head, base });
    if (open === undefined) return succeed({ state: 'none' });
    const { number, html_url: url } = open;
    const at = { ...this.#place, pull_number: number };
    await this.#require(() => this.#octokit.rest.pulls.update({ ...at, state: 'closed' }), PULL_REQUESTS);
    // Nothing depends on the comment.
    await this.#ask(() =>
      this.#octokit.rest.issues.createComment({ ...this.#place, issue_number: number, body: comment }),
    );
    return succeed({ state: 'closed', url });
  }

  async #findOpen({ head, base }: Pick<Change, 'head' | 'base'>): Promise<OpenPull | undefined> {
    const query = { ...this.#place, state: 'open' as const, head: this.#headOf(head), base };
    const { data } = await this.#require(() => this.#octokit.rest.pulls.list(query), PULL_REQUESTS);
    return data.find((pull) => pull.head.ref === head);
  }

  #headOf(branch: string): string {
    return `${this.#place.owner}:${branch}`;
  }

  async registerDeployKey({ title, publicKey }: DeployKey): Promise<Outcome<Registered>> {
    const step = { step: 'register the deploy key', needs: RIGHTS['deploy keys'].permission };
    const keys = await this.#listAll(
      (page) => this.#octokit.rest.repos.listDeployKeys({ ...this.#place, per_page: 100, page }),
      { ...step, step: 'list the deploy keys' },
    );
    const wanted = withoutComment(publicKey);
    const [same] = keys.filter(({ key }) => withoutComment(key) === wanted);
    const stale = keys.filter((key) => key.title === title && key !== same);
    if (same?.read_only === true && stale.length === 0) return succeed({ state: 'found' });
    // A key that may write gives Argo CD a right that it must not have. GitHub changes no key: it is made anew.
    const writable = same !== undefined && !same.read_only ? [same] : [];
    for (const { id } of writable) await this.#removeKey(id, step);
    if (same === undefined || writable.length > 0) {
      const refused = await this.#addKey({ title, publicKey }, step);
      if (refused !== undefined) return refused;
    }
    // Last, so that a run that ends here leaves Argo CD a key that works.
    for (const { id } of stale) await this.#removeKey(id, step);
    return succeed({ state: stale.length + writable.length > 0 ? 'replaced' : 'created' });
  }

  async #addKey({ title, publicKey }: DeployKey, step: Step): Promise<Outcome<never> | undefined> {
    const key = withoutComment(publicKey);
    const asked = await this.#ask(() =>
      this.#octokit.rest.repos.createDeployKey({ ...this.#place, title, key, read_only: true }),
    );
    if (asked.ok) return undefined;
    if (asked.failure.kind !== 'invalid') return this.#fail(asked.failure, step);
    const keys = await this.#listAll(
      (page) => this.#octokit.rest.repos.listDeployKeys({ ...this.#place, per_page: 100, page }),
      step,
    );
    if (keys.some((other) => withoutComment(other.key) === key)) return undefined;
    if (!/already in use/i.test(asked.failure.message)) return this.#fail(asked.failure, step);
    const message = `${this.#subject()}: the key ${title} is registered at another repository or account, and GitHub takes a key once.`;
    return fail([makeProblem(KEY_ELSEWHERE, { message, hint: `${this.#context().again} --replace` })]);
  }

  async #removeKey(key_id: number, step: Step): Promise<void> {
    const asked = await this.#ask(() => this.#octokit.rest.repos.deleteDeployKey({ ...this.#place, key_id }));
    // Another run was faster.
    if (asked.ok || asked.failure.kind === 'not found') return;
    throw new Stopped(this.#fail(asked.failure, step));
  }

  async registerWebhook({ url, secret }: Webhook): Promise<Outcome<Registered>> {
    const config = { url, secret, content_type: 'json', insecure_ssl: '0' };
    const wanted = { config, events: ['push'], active: true };
    const found = await this.#findHook(url);
    const stale = found === undefined ? await this.#findStaleHook(url) : undefined;
    if (stale !== undefined) return await this.#keepHook(stale, wanted, 'replaced');
    const made = found === undefined ? await this.#ask(() => this.#makeHook(wanted)) : undefined;
    if (made?.ok === true) return await this.#ping(made.answer.data.id, url, 'created');
    const id = found ?? (made?.failure.kind === 'invalid' ? await this.#findHook(url) : undefined);
    if (id === undefined) {
      if (made === undefined) throw new Error('a webhook was neither found nor made');
      return this.#fail(made.failure, WEBHOOKS);
    }
    return await this.#keepHook(id, wanted, 'found');
  }

  /** GitHub shows no secret, so it is set again: the one in the store counts. */
  async #keepHook(hook_id: number, wanted: WantedHook, state: Registered['state']): Promise<Outcome<Registered>> {
    await this.#require(() => this.#octokit.rest.repos.updateWebhook({ ...this.#place, hook_id, ...wanted }), WEBHOOKS);
    return await this.#ping(hook_id, wanted.config.url, state);
  }

  #makeHook(wanted: WantedHook) {
    return this.#octokit.rest.repos.createWebhook({ ...this.#place, name: 'web', ...wanted });
  }

  async #findHook(url: string): Promise<number | undefined> {
    return (await this.#listHooks()).find(({ config }) => config.url === url)?.id;
  }

  /** One of ours for the same environment, at an address that it had before. */
  async #findStaleHook(url: string): Promise<number | undefined> {
    const { pathname, search } = new URL(url);
    if (search === '') return undefined;
    return (await this.#listHooks()).find(({ config }) => config.url?.endsWith(`${pathname}${search}`) === true)?.id;
  }

  #listHooks() {
    return this.#listAll((page) => this.#octokit.rest.repos.listWebhooks({ ...this.#place, per_page: 100, page }), {
      ...WEBHOOKS,
      step: 'list the webhooks',
    });
  }

  /** GitHub itself tells whether the address answers: what this machine reaches says nothing about what GitHub does. */
  async #ping(hook_id: number, url: string, state: Registered['state']): Promise<Outcome<Registered>> {
    const at = { ...this.#place, hook_id };
    await this.#require(() => this.#octokit.rest.repos.pingWebhook(at), { ...WEBHOOKS, step: 'try the webhook' });
    let said = 'no answer yet';
    for (let attempt = 0; attempt < PING_ATTEMPTS; attempt++) {
      await this.#clock.sleep(PING_PAUSE_MILLISECONDS);
      const hook = await this.#require(() => this.#octokit.rest.repos.getWebhook(at), WEBHOOKS);
      const { code, message } = hook.data.last_response;
      if (code !== null && code >= 200 && code < 300) return succeed({ state });
      if (code !== null) said = `${code} ${message ?? ''}`.trim();
    }
    const message = `The webhook is registered, but ${this.name} gets no good answer from ${url}: ${said}.`;
    const hint = `once ${url} answers, ${this.#context().again}`;
    return succeed({ state }, [makeProblem({ ...NOT_REACHED, severity: 'pending' }, { message, hint })]);
  }

  async listHostKeys(): Promise<Outcome<readonly string[]>> {
    const meta = await this.#require(() => this.#octokit.rest.meta.get(), {
      step: 'ask for the SSH host keys',
      needs: 'nothing more',
    });
    return succeed([...(meta.data.ssh_keys ?? [])].sort());
  }

  /** All pages of a list. */
  async #listAll<T>(page: (page: number) => Promise<Answer<readonly T[]>>, step: Step): Promise<readonly T[]> {
    const items: T[] = [];
    for (let number = 1; ; number++) {
      const { data, headers } = await this.#require(() => page(number), step);
      items.push(...data);
      if (!/rel="next"/.test(String(headers['link'] ?? ''))) return items;
    }
  }

  #ask<T>(call: () => Promise<Answer<T>>): Promise<Asked<T>> {
    return ask(call, this.#clock);
  }

  /** The answer, or the end of the method. */
  async #require<T>(call: () => Promise<Answer<T>>, step: Step): Promise<Answer<T>> {
    const asked = await this.#ask(call);
    if (asked.ok) return asked.answer;
    throw new Stopped(this.#fail(asked.failure, step));
  }

  #fail(failure: Failure, step: Step): { readonly ok: false; readonly problems: ReturnType<typeof failureProblem>[] } {
    const message = hideSecrets(failure.message.replaceAll(this.#settings.token.value, '***'));
    return { ok: false, problems: [failureProblem({ ...failure, message }, this.#context(), step)] };
  }

  #subject(): string {
    return `${this.#place.owner}/${this.#place.repo} on ${this.#settings.address.host}`;
  }

  #context() {
    const { address, token, again } = this.#settings;
    return {
      subject: this.#subject(),
      tokenSource: token.source,
      tokenPage: `${new URL(address.web).origin}/settings/tokens`,
      again,
      api: address.api,
    };
  }
}

interface WantedHook {
  readonly config: HookConfig;
  readonly events: string[];
  readonly active: boolean;
}

interface HookConfig {
  readonly url: string;
  readonly secret: string;
  readonly content_type: string;
  readonly insecure_ssl: string;
}

interface OpenPull {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
}

const PULL_REQUESTS: Step = { step: 'list or change pull requests', needs: RIGHTS['pull requests'].permission };
const WEBHOOKS: Step = { step: 'register the webhook', needs: RIGHTS.webhooks.permission };

/** Kind and key alone: GitHub drops the comment. */
function withoutComment(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(' ');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Ends at a line, and says so. */
function cutLines(text: string, length: number): string {
  if (text.length <= length) return text;
  const note = '\n\n_The rest did not fit; the commits have it all._\n';
  const kept = text.slice(0, length - note.length);
  return `${kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0))}${note}`;
}
