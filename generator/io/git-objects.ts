// Questions about commits and trees that Git answers with an id.
import type { SimpleGit } from 'simple-git';

export async function treeOf(git: SimpleGit, commit: string): Promise<string> {
  return (await git.raw('rev-parse', `${commit}^{tree}`)).trim();
}

/** Mode, kind and id of a path in a tree or commit; empty where it has none. */
export async function entryOf(git: SimpleGit, tree: string, path: string): Promise<string> {
  return (await git.raw('ls-tree', tree, '--', path)).split('\t')[0] ?? '';
}

/** The last commit that two have in common; undefined where they share no history, or a shallow clone does not hold it. */
export async function findMergeBase(git: SimpleGit, a: string, b: string): Promise<string | undefined> {
  const found = (await git.raw('merge-base', a, b).catch(() => '')).trim();
  return found === '' ? undefined : found;
}

export async function isRelated(git: SimpleGit, a: string, b: string): Promise<boolean> {
  return (await findMergeBase(git, a, b)) !== undefined;
}

export async function isAncestor(git: SimpleGit, ancestor: string, commit: string): Promise<boolean> {
  const bases = await git.raw('merge-base', '--all', ancestor, commit).catch(() => '');
  return bases.split('\n').includes((await git.raw('rev-parse', `${ancestor}^{commit}`)).trim());
}
