// Everything an Application refers to in this repository is there, and everything there is referred to.
import type { TreeFile } from '../../core/file-tree.ts';
import { compareText, type Problem, type ProblemKind } from '../../core/problem.ts';
import type { PlainMap } from '../../core/provenance.ts';
import { DIGEST_ANNOTATION } from '../../plan/sealing.ts';
import {
  isChart,
  listManifestFiles,
  listSources,
  normalizeRepository,
  type PlacedSource,
} from '../application-sources.ts';
import { type Check, type CheckInput, problemIn } from '../check.ts';
import {
  annotationsOf,
  asList,
  asMap,
  asText,
  groupBy,
  isApplication,
  listObjects,
  nameNode,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';
import { MANIFEST } from '../sealed-secrets.ts';

const NO_VALUES: ProblemKind = {
  code: 'VER-240',
  title: 'A values file that is not there',
  explanation:
    'A chart source reads `$<ref>/<path>` from another source of the same Application with that `ref`. A missing reference or file stops the Application with a ComparisonError.',
};
const NO_FOLDER: ProblemKind = {
  code: 'VER-241',
  title: 'A source path without manifests',
  explanation:
    'Git does not keep empty folders, so a path without files does not exist for Argo CD, and the Application stops with a ComparisonError.',
};
const WATCHED_PATHS: ProblemKind = {
  code: 'VER-242',
  title: 'An Application does not watch exactly what it reads',
  explanation:
    'With argocd.argoproj.io/manifest-generate-paths Argo CD renders an Application anew only if one of these paths changed. What it reads and does not watch changes without effect.',
};
const OTHER_REPOSITORY: ProblemKind = {
  code: 'VER-243',
  title: 'A source names this repository in another way',
  explanation:
    'Credentials belong to a URL prefix: the SSH form, the HTTPS form and a form without .git are different repositories to Argo CD. All Applications use the one that `repository.access` leads to.',
};
const ORPHAN: ProblemKind = {
  code: 'VER-244',
  title: 'A values file or manifest that no Application reads',
  explanation: 'Nothing applies the file, so whoever changes it waits for an effect that never comes.',
};

const UNREAD_SEALED: ProblemKind = {
  code: 'VER-245',
  title: 'A SealedSecret of Rootstock that no Application reads',
  severity: 'unchecked',
  explanation:
    'Its app or environment is gone. The file stays until a render names it with `--allow-replace`, because what it holds may be needed again, and nothing reads it until then. What else lies there is not known to Rootstock, and is an error.',
};

const WATCH = 'argocd.argoproj.io/manifest-generate-paths';

/** Follows every reference of every Application into the tree. Codes: VER-240 to VER-245. */
export const references: Check = {
  kinds: [NO_VALUES, NO_FOLDER, WATCHED_PATHS, OTHER_REPOSITORY, ORPHAN, UNREAD_SEALED],
  run(input) {
    const environments = groupBy(listObjects(input).filter(isApplication), ({ environment }) => environment);
    const read = new Set<string>();
    const problems = [...environments].flatMap(([environment, applications]) => {
      const own = findRepository(input, environment, applications);
      return applications.flatMap((placed) => checkApplication(input, placed, own, read));
    });
    return [...problems, ...findOrphans(input, read)];
  },
};

/** URL of this repository: from the plan, or as the root Application has it. */
function findRepository(
  input: CheckInput,
  environment: string,
  applications: readonly PlacedObject[],
): string | undefined {
  const planned = input.plan?.environments.find(({ name }) => name === environment)?.argoRepositoryUrl;
  if (planned !== undefined) return planned;
  const root = applications.find(({ file }) => /\/root\.ya?ml$/.test(file.path)) ?? applications[0];
  const source = root === undefined ? undefined : listSources(root).find((candidate) => !isChart(candidate));
  return asText(source?.source['repoURL']);
}

function checkApplication(
  input: CheckInput,
  placed: PlacedObject,
  own: string | undefined,
  read: Set<string>,
): Problem[] {
  const sources = listSources(placed);
  // Another repository cannot be followed from here; Argo CD says what is missing there.
  const here = sources.filter(
    (source) => !isChart(source) && own !== undefined && isSameRepository(String(source.source['repoURL']), own),
  );
  const refs = new Set(here.map(({ source }) => asText(source['ref'])).filter((ref) => ref !== undefined));
  const foreign = new Set(
    sources.map(({ source }) => asText(source['ref'])).filter((ref) => ref !== undefined && !refs.has(ref)),
  );
  const values = sources
    .filter(isChart)
    .flatMap((source) => checkValueFiles(input, placed, source, { refs, foreign, read }));
  const folders = here.flatMap((source) => checkFolder(input, placed, source, read));
  return [
    ...checkRepository(input, placed, sources, own),
    ...values,
    ...folders,
    ...checkWatched(placed, sources, here),
  ];
}

function isSameRepository(a: string, b: string): boolean {
  return normalizeRepository(a) === normalizeRepository(b);
}

function checkRepository(
  input: CheckInput,
  placed: PlacedObject,
  sources: readonly PlacedSource[],
  own: string | undefined,
): Problem[] {
  if (own === undefined) return [];
  return sources
    .filter((source) => !isChart(source))
    .flatMap(({ source, path }) => {
      const url = asText(source['repoURL']);
      const other = url !== undefined && !isSameRepository(url, own);
      // Somebody may add an Application of another repository by hand; the generator never does.
      if (url === undefined || url === own || (other && input.plan === undefined)) return [];
      return [
        problemAt(OTHER_REPOSITORY, placed, [...path, 'repoURL'], {
          message: `${nameObject(placed)} reads ${url}, the environment's repository is ${own}.`,
          hint: `write repoURL: ${own}`,
        }),
      ];
    });
}

interface Known {
  readonly refs: ReadonlySet<string>;
  /** References to other repositories. */
  readonly foreign: ReadonlySet<string | undefined>;
  readonly read: Set<string>;
}

function checkValueFiles(
  input: CheckInput,
  placed: PlacedObject,
  { source, path }: PlacedSource,
  known: Known,
): Problem[] {
  const helm = asMap(source['helm']);
  return asList(helm['valueFiles']).flatMap((item, index) => {
    const name = String(item);
    const parts = /^\$([^/]+)\/(.+)$/.exec(name);
    const ref = parts?.[1];
    const file = parts?.[2];
    if (ref !== undefined && known.foreign.has(ref)) return [];
    if (file !== undefined) known.read.add(file);
    const found = ref !== undefined && known.refs.has(ref) && file !== undefined && input.tree.has(file);
    if (found || (helm['ignoreMissingValueFiles'] === true && ref !== undefined && known.refs.has(ref))) return [];
    const noRef = ref === undefined || !known.refs.has(ref);
    return [
      problemAt(NO_VALUES, placed, [...path, 'helm', 'valueFiles', index], {
        message: `${nameObject(placed)} reads ${name}, ${noRef ? 'and none of its sources has that ref' : 'which is not in the repository'}.`,
        hint: noRef
          ? `add a source with ref: ${ref ?? 'values'}, and write $values/<path>`
          : `add ${file}, or correct the path`,
      }),
    ];
  });
}

function checkFolder(input: CheckInput, placed: PlacedObject, source: PlacedSource, read: Set<string>): Problem[] {
  if (source.source['path'] === undefined) return [];
  const files = listManifestFiles(input.tree, source);
  for (const file of files) read.add(file.path);
  // Where an app waits for SealedSecrets, a README keeps the folder until somebody puts one beside it.
  if (files.length > 0 || input.tree.has(`${String(source.source['path'])}/README.md`)) return [];
  return [
    problemAt(NO_FOLDER, placed, [...source.path, 'path'], {
      message: `${nameNode(source.path)} of ${nameObject(placed)} reads ${String(source.source['path'])}, which has no manifests.`,
      hint: 'correct the path, or delete the source',
    }),
  ];
}

/** Paths an Application reads against paths it watches; the root may go without, as it is small. */
function checkWatched(
  placed: PlacedObject,
  sources: readonly PlacedSource[],
  here: readonly PlacedSource[],
): Problem[] {
  const annotation = asText(annotationsOf(placed)[WATCH]);
  if (annotation === undefined) return [];
  const watched = annotation.split(';').map((path) => path.replace(/^\/|\/$/g, ''));
  const readPaths = [
    ...sources.flatMap(({ source }) =>
      asList(asMap(source['helm'])['valueFiles']).map((name) => String(name).replace(/^\$[^/]+\//, '')),
    ),
    ...here.flatMap(({ source }) => asText(source['path']) ?? []),
  ].map((path) => path.replace(/^\/|\/$/g, ''));
  const covers = (outer: string, inner: string) => outer === inner || inner.startsWith(`${outer}/`);
  // A folder read with `include` is watched by the parts of it that are included.
  const missed = readPaths.filter((path) => !watched.some((watch) => covers(watch, path) || covers(path, watch)));
  const needless = watched.filter((watch) => !readPaths.some((path) => covers(path, watch) || covers(watch, path)));
  if (missed.length === 0 && needless.length === 0) return [];
  return [
    problemAt(WATCHED_PATHS, placed, ['metadata', 'annotations', WATCH], {
      message:
        missed.length > 0
          ? `${nameObject(placed)} reads ${missed.join(' and ')} and does not watch it.`
          : `${nameObject(placed)} watches ${needless.join(' and ')}, which it does not read.`,
      hint: `write ${readPaths
        .map((path) => `/${path}`)
        .sort(compareText)
        .join(';')}`,
    }),
  ];
}

function findOrphans(input: CheckInput, read: ReadonlySet<string>): Problem[] {
  return input.yaml
    .filter(
      ({ file }) => /^clusters\/[^/]+\/(apps|manifests|projects|values)\//.test(file.path) && !read.has(file.path),
    )
    .map(({ file, documents }) => {
      const names = documents.map(nameOurs);
      const isOurs = MANIFEST.test(file.path) && names.length > 0 && !names.includes(undefined);
      if (isOurs) return unreadSealed(file, names.map(String));
      return problemIn(ORPHAN, file, {
        message: `No Application of the environment reads ${file.path}.`,
        hint: 'delete it, or add it to the sources of an Application',
      });
    });
}

function unreadSealed(file: TreeFile, names: readonly string[]): Problem {
  const flags = names.map((name) => `--allow-replace ${name}`).join(' ');
  return problemIn(UNREAD_SEALED, file, {
    message: `No Application reads ${file.path} any more, which holds ${names.join(' and ')}.`,
    hint: `render with ${flags} to delete it, with the Secret in the cluster`,
  });
}

/** `namespace/name` of a SealedSecret that Rootstock made; undefined for anything else. */
function nameOurs(document: PlainMap): string | undefined {
  const { namespace, name, annotations } = asMap(document['metadata']);
  const isSealed = document['kind'] === 'SealedSecret' && document['apiVersion'] === 'bitnami.com/v1alpha1';
  if (!isSealed || asText(asMap(annotations)[DIGEST_ANNOTATION]) === undefined) return undefined;
  return `${asText(namespace) ?? ''}/${asText(name) ?? ''}`;
}
