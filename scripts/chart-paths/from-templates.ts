// A chart's templates → keys that they read, and maps that they pass on whole, so that others decide about the keys.
import { type DraftNode, findDraft, makeDraft } from './draft.ts';

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/gs;
const VALUES_PATH = /(?:\$|\$root|\$\.root)?\.Values((?:\.[A-Za-z0-9_]+)+)/g;
/** Functions that hand a map on without naming its keys. */
const WHOLE = /\b(toYaml|toJson|omit|merge|mergeOverwrite|deepCopy)\b/;

/** Opens every map that a template hands on as a whole: `toYaml .Values.a`, also through `with`. */
export function openPassedOnMaps(draft: DraftNode, templates: readonly string[]): void {
  for (const template of templates) {
    for (const path of listPassedOn(template)) {
      const node = findDraft(draft, path);
      if (node?.kind === 'map' && node.decided === undefined && path.length > 0) node.kind = 'open';
    }
  }
}

/** Adds keys that a template reads, though neither values nor schema show them. */
export function addReadKeys(draft: DraftNode, templates: readonly string[]): void {
  for (const template of templates) {
    for (const [, action = ''] of template.matchAll(ACTION)) {
      for (const path of pathsIn(action)) addRead(draft, path);
    }
  }
}

function addRead(node: DraftNode, [name, ...rest]: readonly string[]): void {
  if (name === undefined || node.kind !== 'map') return;
  const known = node.keys.get(name);
  if (known !== undefined) addRead(known, rest);
  else if (node.decided === undefined) node.keys.set(name, makeDraft('open', true));
}

/** Paths that a template hands on as a whole. */
export function listPassedOn(template: string): string[][] {
  const found: string[][] = [];
  /** For each open block the paths that `.` means inside; undefined: the same as outside. */
  const blocks: (string[][] | undefined)[] = [];
  for (const [, action = ''] of template.matchAll(ACTION)) {
    const here = blocks.findLast((block) => block !== undefined) ?? [];
    if (WHOLE.test(action) && !action.includes('sha256sum'))
      found.push(...pathsIn(action), ...relativePaths(action, here));
    if (/^range\s+\$\w+\s*,/.test(action)) found.push(...pathsIn(action));
    if (/^with\b/.test(action))
      blocks.push([...pathsIn(action), ...relativePaths(action.replace(/^with/, 'with toYaml'), here)]);
    else if (/^range\b/.test(action)) blocks.push(/:=/.test(action) ? undefined : []);
    else if (/^(if|define|block)\b/.test(action)) blocks.push(undefined);
    else if (/^end\b/.test(action)) blocks.pop();
  }
  return found;
}

function pathsIn(action: string): string[][] {
  return [...action.matchAll(VALUES_PATH)].map(([, path = '']) => path.slice(1).split('.'));
}

/** `toYaml .` and `toYaml .key` inside a `with`. */
function relativePaths(action: string, here: readonly string[][]): string[][] {
  const [, inner] = /\btoYaml\s+\.((?:[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)?)(?![\w.])/.exec(action) ?? [];
  if (inner === undefined || inner.startsWith('Values')) return [];
  const below = inner === '' ? [] : inner.split('.');
  return here.map((path) => [...path, ...below]);
}
