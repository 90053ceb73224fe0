// A tree that was proven. `verify` makes it, `write` takes nothing else, so nobody can skip the proof.
import type { FileTree } from './file-tree.ts';

declare const proof: unique symbol;

/** Files that passed all checks; only `generator/verify` makes one. */
export interface VerifiedTree {
  readonly [proof]: true;
  readonly files: FileTree;
}
