// Applications say one thing only, pin what they install, and keep trying.
import type { KeyPath } from '../../core/key-path.ts';
import { findNearest } from '../../core/nearest.ts';
import { compareText, type Problem, type ProblemKind } from '../../core/problem.ts';
import type { PlainValue } from '../../core/provenance.ts';
import { isChart, listSources, type PlacedSource } from '../application-sources.ts';
import type { Check } from '../check.ts';
import {
  annotationsOf,
  asList,
  asMap,
  asText,
  isApplication,
  isProject,
  listObjects,
  listOptions,
  nameNode,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';
import { isKnownOption, listKnownOptions, type OptionPlace } from '../sync-options.ts';

const SOURCES: ProblemKind = {
  code: 'VER-205',
  title: 'An Application has no source, or both `source` and `sources`',
  explanation:
    'With both, Argo CD reads `sources` and ignores `source` without a word. With none it has nothing to apply.',
};
const SOURCE_FORM: ProblemKind = {
  code: 'VER-206',
  title: 'A source says too much or too little',
  explanation:
    'A source is a chart, a path, or a reference that other sources read values from; a chart can be neither of the others.',
};
const DESTINATION: ProblemKind = {
  code: 'VER-207',
  title: 'A destination is not exactly one cluster and one namespace',
  explanation:
    'Argo CD refuses an Application whose destination has both a server and a name, or neither. Objects without a namespace of their own go into that of the destination, so it must be there too.',
};
const UNPINNED: ProblemKind = {
  code: 'VER-208',
  title: 'A source is not pinned',
  explanation:
    'A range such as `1.*` is resolved anew at every refresh, so the cluster would change without a commit. A branch name without `refs/heads/` is ambiguous as soon as a tag has the same name.',
};
const UNKNOWN_OPTION: ProblemKind = {
  code: 'VER-209',
  title: 'A sync or compare option that Argo CD does not know',
  explanation: 'Argo CD ignores unknown options in silence, so a misspelt option means that it is not set.',
};
const NO_SERVER_DIFF: ProblemKind = {
  code: 'VER-210',
  title: 'Server-side apply without server-side diff',
  explanation:
    'With ServerSideApply alone Argo CD compares with a discontinued method, which shows differences that are none. The annotation argocd.argoproj.io/compare-options: ServerSideDiff=true chooses the one that fits.',
};
const FINALIZER: ProblemKind = {
  code: 'VER-211',
  title: 'An Application has the wrong finalizer',
  explanation:
    'Without the finalizer, removing a child from Git leaves all that it installed in the cluster. The root must have none, or deleting it would delete the platform. A child that is never pruned (Prune=false) needs none.',
};
const RETRY: ProblemKind = {
  code: 'VER-212',
  title: 'An Application does not keep trying',
  explanation:
    'Without retry an automated sync gives up after two and a half minutes and never tries that revision again; without refresh it retries an old revision while a newer one is there.',
};
const UNSORTED: ProblemKind = {
  code: 'VER-213',
  title: 'A list of an Application or AppProject is not sorted',
  explanation: 'Sorted lists without repetitions keep differences small and merges clean.',
};
const NAME: ProblemKind = {
  code: 'VER-214',
  title: 'A name is too long or not a DNS label',
  explanation:
    'A Helm release name has at most 53 characters and becomes part of longer names; the name of an Application becomes a label value, which has at most 63.',
};

const RESOURCES_FINALIZER = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;
const EXACT_VERSION = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const EXACT_REVISION = /^(refs\/(heads|tags)\/\S+|[0-9a-f]{40})$/;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Checks each Application for itself. Codes: VER-205 to VER-214. */
export const applications: Check = {
  kinds: [
    SOURCES,
    SOURCE_FORM,
    DESTINATION,
    UNPINNED,
    UNKNOWN_OPTION,
    NO_SERVER_DIFF,
    FINALIZER,
    RETRY,
    UNSORTED,
    NAME,
  ],
  run(input) {
    return listObjects(input).flatMap((placed) => {
      const options = checkAnnotationOptions(placed);
      if (isProject(placed)) return [...options, ...checkProjectOrder(placed)];
      return isApplication(placed) ? [...options, ...checkApplication(placed)] : options;
    });
  },
};

function checkApplication(placed: PlacedObject): Problem[] {
  return [
    ...checkSources(placed),
    ...checkDestination(placed),
    ...listSources(placed).flatMap((source) => checkRevision(placed, source)),
    ...checkApplicationOptions(placed),
    ...checkServerDiff(placed),
    ...checkFinalizer(placed),
    ...checkRetry(placed),
    ...checkOrder(placed, ['spec', 'syncPolicy', 'syncOptions'], String),
    ...checkNames(placed),
  ];
}

function checkSources(placed: PlacedObject): Problem[] {
  const spec = asMap(placed.object['spec']);
  const both = spec['source'] !== undefined && spec['sources'] !== undefined;
  const none = listSources(placed).length === 0 && spec['sourceHydrator'] === undefined;
  if (both || none)
    return [
      problemAt(SOURCES, placed, ['spec', both ? 'source' : 'sources'], {
        message: `${nameObject(placed)} has ${both ? 'both spec.source and spec.sources' : 'no source'}.`,
        hint: both ? 'delete spec.source' : 'add spec.source with repoURL, path or chart, and targetRevision',
      }),
    ];
  return listSources(placed).flatMap((source) => checkSourceForm(placed, source));
}

function checkSourceForm(placed: PlacedObject, { source, path }: PlacedSource): Problem[] {
  const given = ['chart', 'path', 'ref'].filter((key) => source[key] !== undefined);
  if (given.length > 0 && (given.length === 1 || !given.includes('chart'))) return [];
  return [
    problemAt(SOURCE_FORM, placed, path, {
      message: `${nameNode(path)} of ${nameObject(placed)} has ${given.length === 0 ? 'no chart, path or ref' : given.join(' and ')}.`,
      hint: given.length === 0 ? 'add path: <folder>' : 'give each a source of its own',
    }),
  ];
}

function checkDestination(placed: PlacedObject): Problem[] {
  const path = ['spec', 'destination'];
  const { server, name, namespace } = asMap(asMap(placed.object['spec'])['destination']);
  const faults = [
    ...((server === undefined) === (name === undefined)
      ? [{ says: server === undefined ? 'neither server nor name' : 'both server and name' }]
      : []),
    ...(namespace === undefined ? [{ says: 'no namespace' }] : []),
  ];
  return faults.map(({ says }) =>
    problemAt(DESTINATION, placed, path, {
      message: `spec.destination of ${nameObject(placed)} has ${says}.`,
      hint: says === 'no namespace' ? 'add namespace' : 'keep server: https://kubernetes.default.svc, and no name',
    }),
  );
}

function checkRevision(placed: PlacedObject, placedSource: PlacedSource): Problem[] {
  const { source, path } = placedSource;
  const chart = isChart(placedSource);
  const revision = asText(source['targetRevision']) ?? '';
  if ((chart ? EXACT_VERSION : EXACT_REVISION).test(revision)) return [];
  const branch = /^[\w./-]+$/.test(revision) && revision !== 'HEAD' ? revision : 'main';
  return [
    problemAt(UNPINNED, placed, [...path, 'targetRevision'], {
      message: `${nameNode(path)} of ${nameObject(placed)} follows ${revision === '' ? 'whatever is newest' : `\`${revision}\``}.`,
      hint: chart ? 'write the exact chart version, such as 1.2.3' : `write targetRevision: refs/heads/${branch}`,
    }),
  ];
}

function checkApplicationOptions(placed: PlacedObject): Problem[] {
  const path = ['spec', 'syncPolicy', 'syncOptions'];
  return asList(asMap(asMap(placed.object['spec'])['syncPolicy'])['syncOptions']).flatMap((option, index) =>
    checkOption(placed, 'application', String(option), [...path, index]),
  );
}

function checkAnnotationOptions(placed: PlacedObject): Problem[] {
  const annotations = annotationsOf(placed);
  const places = [
    ['argocd.argoproj.io/sync-options', 'annotation'],
    ['argocd.argoproj.io/compare-options', 'compare'],
  ] as const;
  return places.flatMap(([annotation, place]) =>
    listOptions(annotations[annotation]).flatMap((option) =>
      checkOption(placed, place, option, ['metadata', 'annotations', annotation]),
    ),
  );
}

function checkOption(placed: PlacedObject, place: OptionPlace, option: string, path: KeyPath): Problem[] {
  if (isKnownOption(place, option)) return [];
  return [
    problemAt(UNKNOWN_OPTION, placed, path, {
      message: `${nameObject(placed)} has the option ${option}, which Argo CD ${place === 'application' ? 'does not know' : 'does not know in an annotation'}.`,
      hint: hintOption(place, option),
    }),
  ];
}

function hintOption(place: OptionPlace, option: string): string {
  const known = listKnownOptions(place);
  const sameName = known.filter((candidate) => candidate.startsWith(`${option.split('=')[0] ?? ''}=`));
  if (sameName.length > 0) return `write ${sameName.join(' or ')}`;
  const nearest = findNearest(option, known);
  return nearest === undefined ? `known: ${known.join(', ')}` : `did you mean ${nearest}?`;
}

function checkServerDiff(placed: PlacedObject): Problem[] {
  const options = asList(asMap(asMap(placed.object['spec'])['syncPolicy'])['syncOptions']);
  const compare = listOptions(annotationsOf(placed)['argocd.argoproj.io/compare-options']);
  if (!options.includes('ServerSideApply=true') || compare.includes('ServerSideDiff=true')) return [];
  return [
    problemAt(NO_SERVER_DIFF, placed, ['metadata', 'annotations'], {
      message: `${nameObject(placed)} applies on the server and compares on the client.`,
      hint: 'add the annotation argocd.argoproj.io/compare-options: ServerSideDiff=true',
    }),
  ];
}

function checkFinalizer(placed: PlacedObject): Problem[] {
  const metadata = asMap(placed.object['metadata']);
  const has = asList(metadata['finalizers']).some((finalizer) => RESOURCES_FINALIZER.test(String(finalizer)));
  const root = /^clusters\/[^/]+\/root\.ya?ml$/.test(placed.file.path);
  const stays = listOptions(annotationsOf(placed)['argocd.argoproj.io/sync-options']).includes('Prune=false');
  if (root ? !has : has || stays) return [];
  return [
    problemAt(FINALIZER, placed, ['metadata', 'finalizers'], {
      message: root
        ? `${nameObject(placed)} would delete every Application when it is deleted.`
        : `${nameObject(placed)} would leave all it installed behind when it is removed.`,
      hint: root ? 'delete metadata.finalizers' : 'add the finalizer resources-finalizer.argocd.argoproj.io',
    }),
  ];
}

function checkRetry(placed: PlacedObject): Problem[] {
  const policy = asMap(asMap(placed.object['spec'])['syncPolicy']);
  if (policy['automated'] === undefined) return [];
  const { limit, refresh } = asMap(policy['retry']);
  const enough = typeof limit === 'number' && (limit < 0 || limit >= 5);
  if (enough && refresh === true) return [];
  return [
    problemAt(RETRY, placed, ['spec', 'syncPolicy', 'retry'], {
      message: `${nameObject(placed)} ${enough ? 'retries an old revision while a newer one is there' : 'gives up after a few minutes'}.`,
      hint: 'write retry: { limit: -1, refresh: true }',
    }),
  ];
}

function checkProjectOrder(placed: PlacedObject): Problem[] {
  return [
    ...checkOrder(placed, ['spec', 'sourceRepos'], String),
    ...checkOrder(placed, ['spec', 'destinations'], joinKeys('server', 'name', 'namespace')),
    ...checkOrder(placed, ['spec', 'clusterResourceWhitelist'], joinKeys('group', 'kind')),
  ];
}

function joinKeys(...keys: readonly string[]): (item: PlainValue) => string {
  return (item) => keys.map((key) => asText(asMap(item)[key]) ?? '').join('\0');
}

function checkOrder(placed: PlacedObject, path: readonly string[], toText: (item: PlainValue) => string): Problem[] {
  let list: PlainValue | undefined = placed.object;
  for (const key of path) list = asMap(list)[key];
  const texts = asList(list).map(toText);
  const sorted = [...new Set(texts)].sort(compareText);
  const wrong = texts.findIndex((text, index) => text !== sorted[index]);
  if (wrong < 0) return [];
  return [
    problemAt(UNSORTED, placed, [...path, wrong], {
      message: `${nameNode(path)} of ${nameObject(placed)} is not sorted, or says something twice: item ${wrong + 1}.`,
      hint: `sort ${nameNode(path)}`,
    }),
  ];
}

function checkNames(placed: PlacedObject): Problem[] {
  const ownName = { text: placed.name, limit: 63, path: ['metadata', 'name'] as KeyPath };
  const releases = listSources(placed)
    .filter(isChart)
    .map(({ source, path }) => {
      const given = asText(asMap(source['helm'])['releaseName']);
      return given === undefined
        ? { text: placed.name, limit: 53, path: ['metadata', 'name'] as KeyPath }
        : { text: given, limit: 53, path: [...path, 'helm', 'releaseName'] as KeyPath };
    });
  return [ownName, ...releases]
    .filter(({ text, limit }) => text !== '' && (text.length > limit || !DNS_LABEL.test(text)))
    .map(({ text, limit, path }) =>
      problemAt(NAME, placed, path, {
        message: `${nameNode(path)} of ${nameObject(placed)} has ${text.length} characters or is not a DNS label: \`${text}\`.`,
        hint: `use at most ${limit} lower-case letters, digits and hyphens`,
      }),
    );
}
