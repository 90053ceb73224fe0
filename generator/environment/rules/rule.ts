// What a cross-field rule looks like. One rule, one file; the table in index.ts is the only list.
import type { KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';

/** What a rule found; the place in the file is added by the caller. */
export interface Finding {
  readonly kind: ProblemKind;
  readonly at: KeyPath;
  /** A sentence with the offending value; names both sides of a conflict. */
  readonly message: string;
  /** Something the user can type. */
  readonly hint?: string | undefined;
}

/** Facts about the catalog that rules need and that reach this room as data. */
export interface CatalogFacts {
  /** Names of all apps. */
  readonly apps: readonly string[];
  /** Names of those that have a chart. Absent: all. */
  readonly charts?: readonly string[];
  /** Apps that have a public route, and whether they are exposed when the file does not say. */
  readonly routes: Readonly<Record<string, { readonly byDefault: boolean | 'with sign-on' }>>;
  /** What time it is, for what expires. Absent: not looked at. */
  readonly now?: Date;
}

export interface Rule {
  readonly kinds: readonly ProblemKind[];
  check(environment: Environment, facts: CatalogFacts): readonly Finding[];
}

/** A rule over all environments of one repository. */
export interface RepositoryRule {
  readonly kinds: readonly ProblemKind[];
  check(environments: readonly Environment[]): readonly (Finding & { readonly environment: string })[];
}
