// A tree of keys that the readers of a chart's files add to, each what it knows.
import type { PathNode } from '../../generator/verify/value-paths.ts';

export interface DraftNode {
  kind: PathNode['kind'];
  commented: boolean;
  readonly keys: Map<string, DraftNode>;
  any?: DraftNode;
  /** A JSON Schema of the chart decides about further keys here, so templates have no say. */
  decided?: true;
}

export function makeDraft(kind: PathNode['kind'], commented = false): DraftNode {
  return { kind, commented, keys: new Map() };
}

/** The node at a path; undefined if there is none. */
export function findDraft(root: DraftNode, path: readonly string[]): DraftNode | undefined {
  let node: DraftNode | undefined = root;
  for (const name of path) node = node?.keys.get(name);
  return node;
}

/** Lets anything stand at a path; false if the chart has no such key. Names the keys that are known already. */
export function openDraft(root: DraftNode, path: readonly string[]): boolean {
  const node = findDraft(root, path);
  if (node === undefined) return false;
  node.kind = 'open';
  return true;
}

/** Finished nodes, sorted by name. */
export function finishDraft(draft: DraftNode): PathNode {
  const names = [...draft.keys.keys()].sort((a, b) => (a < b ? -1 : 1));
  const keys = new Map(names.map((name) => [name, finishDraft(draft.keys.get(name) as DraftNode)] as const));
  return {
    kind: draft.kind,
    commented: draft.commented,
    keys,
    ...(draft.any === undefined ? {} : { any: finishDraft(draft.any) }),
  };
}
