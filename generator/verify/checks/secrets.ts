// No secret lies in Git in the clear, and no store of secrets in pieces.
import type { TreeFile } from '../../core/file-tree.ts';
import type { KeyPath } from '../../core/key-path.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { PlainMap, PlainValue } from '../../core/provenance.ts';
import { type Check, type CheckInput, problemIn } from '../check.ts';
import { asList, asMap, asText, isMap, type PlacedObject, problemAt } from '../kubernetes-objects.ts';

const PLAIN_SECRET: ProblemKind = {
  code: 'VER-260',
  title: 'A Secret with data in Git',
  explanation:
    'Base64 is not encryption: everybody who can read the repository, now or later, can read the Secret. Seal it, so that only the cluster can read it. A secret that was committed once has to be changed.',
};
const CREDENTIAL: ProblemKind = {
  code: 'VER-261',
  title: 'Something that looks like a private key or token',
  explanation:
    'The text has the form of a credential. It does not belong into a repository, not even for a moment: whoever cloned it has it. Take it out, and make a new one if it was ever pushed.',
};

const BROKEN_STORE: ProblemKind = {
  code: 'VER-264',
  title: 'A store of secrets that is not whole',
  explanation:
    'The file is cut off, has conflict markers, or is no encrypted text. Pushed like this, the next person who clones the repository has lost every value in it. Take the file back from Git or from a backup.',
};

/** The textual form of age: whole lines of base64 between two lines of dashes. */
const ARMOR =
  /^\s*-----BEGIN AGE ENCRYPTED FILE-----\r?\n(?:[A-Za-z0-9+/]{64}\r?\n)*[A-Za-z0-9+/]{1,64}={0,2}\r?\n-----END AGE ENCRYPTED FILE-----\s*$/;

/** Forms that are credentials wherever they stand; names and lengths as their makers document them. */
const FORMS: readonly { readonly what: string; readonly form: RegExp }[] = [
  { what: 'a private key', form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: 'an age secret key', form: /AGE-SECRET-KEY-1[0-9A-Z]{58}/ },
  { what: 'a GitHub token', form: /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})/ },
  { what: 'a GitLab token', form: /\bgl(pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}/ },
  { what: 'an AWS access key id', form: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: 'a Slack token', form: /\bxox[abprs]-[0-9A-Za-z-]{10,}/ },
  { what: 'a Hugging Face token', form: /\bhf_[A-Za-z0-9]{30,}/ },
  { what: 'an OpenAI key', form: /\bsk-(proj-)?[A-Za-z0-9_-]{40,}/ },
  // Starts with the literal part: a search that starts with the scheme would take minutes on long encoded text.
  { what: 'a URL with a password', form: /:\/\/[^\s/:@'"$<{]+:[^\s/:@'"$<{]{3,}@[A-Za-z0-9]/ },
];

/** Reads every file of the tree, not only YAML. Codes: VER-260, VER-261, VER-264. */
export const secrets: Check = {
  kinds: [PLAIN_SECRET, CREDENTIAL, BROKEN_STORE],
  run(input) {
    return [...findPlainSecrets(input), ...findCredentials(input), ...findBrokenStores(input)];
  },
};

/** In every YAML and JSON file, wherever it lies: what `kubectl get secrets` prints is a list, and read by nobody but people. */
function findPlainSecrets({ yaml, tree }: CheckInput): Problem[] {
  const json = [...tree.values()].filter(({ path }) => path.endsWith('.json')).map(readJson);
  return [...yaml, ...json].flatMap(({ file, documents }) =>
    documents.flatMap((document, index) => checkObject({ file, index }, document, [])),
  );
}

/** JSON that is none is for others to report: much of it is not ours. */
function readJson(file: TreeFile): CheckInput['yaml'][number] {
  try {
    const data = JSON.parse(file.content) as PlainValue;
    return { file, documents: isMap(data) ? [data] : [] };
  } catch {
    return { file, documents: [] };
  }
}

function checkObject(placed: Pick<PlacedObject, 'file' | 'index'>, object: PlainMap, path: KeyPath): Problem[] {
  if (object['apiVersion'] !== 'v1') return [];
  if (object['kind'] === 'List' || object['kind'] === 'SecretList')
    return asList(object['items']).flatMap((item, index) =>
      checkObject(placed, { apiVersion: 'v1', kind: 'Secret', ...asMap(item) }, [...path, 'items', index]),
    );
  if (object['kind'] !== 'Secret') return [];
  const name = asText(asMap(object['metadata'])['name']) ?? '';
  return ['data', 'stringData']
    .filter((key) => Object.keys(asMap(object[key])).length > 0)
    .map((key) =>
      problemAt(PLAIN_SECRET, placed, [...path, key], {
        message: `${`Secret ${name}`.trimEnd()} has ${Object.keys(asMap(object[key])).join(', ')} in ${key}.`,
        hint: 'delete the file, seal the Secret, and change what was in it',
      }),
    );
}

function findCredentials(input: CheckInput): Problem[] {
  return [...input.tree.values()].flatMap((file) =>
    FORMS.flatMap(({ what, form }) => {
      const match = form.exec(file.content);
      return match === null ? [] : [credential(file, what, match.index)];
    }),
  );
}

function findBrokenStores(input: CheckInput): Problem[] {
  return [...input.tree.values()]
    .filter(({ path, content }) => /^secrets\/[^/]+\.age$/.test(path) && !ARMOR.test(content))
    .map((file) => {
      const message = `${file.path} is cut off, or no text that age encrypted.`;
      return problemIn(BROKEN_STORE, file, { message, hint: `git checkout HEAD -- ${file.path}` });
    });
}

/** The message names the form and the place, never the text itself. */
function credential(file: TreeFile, what: string, offset: number): Problem {
  const before = file.content.slice(0, offset).split('\n');
  return problemIn(CREDENTIAL, file, {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: `${file.path} has what looks like ${what}.`,
    hint: 'take it out, and make a new one if it was ever pushed',
  });
}
