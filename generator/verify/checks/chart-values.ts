// Every Helm value is one the chart knows: Helm itself ignores a misspelt key in silence.
import { isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { TreeFile } from '../../core/file-tree.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { findOrigin, type PlainMap } from '../../core/provenance.ts';
import { type Check, type CheckInput, problemIn } from '../check.ts';
import { asList, asMap } from '../kubernetes-objects.ts';
import { findWrongValues } from '../value-findings.ts';
import { parseValuePaths, type ValuePathList } from '../value-paths.ts';

const UNKNOWN_VALUE: ProblemKind = {
  code: 'VER-301',
  title: 'A Helm value that the chart does not know',
  explanation:
    'Helm ignores values that no template reads, without a word, so a misspelt key means that the setting is missing. The keys of each chart version are listed in value-paths.txt beside its blueprint. In a generated file this is a bug of the blueprint: please report it.',
};
const WRONG_SHAPE: ProblemKind = {
  code: 'VER-302',
  title: 'A Helm value of another shape than the chart expects',
  explanation:
    'Where the chart has a map, a list or a single value, its templates expect the same. Helm drops a value that stands in place of a map, and a template that walks over the wrong shape renders nothing.',
};
const NOT_CHECKED: ProblemKind = {
  code: 'VER-303',
  title: 'Helm values that could not be checked',
  explanation:
    'Rootstock has the list of keys for the chart versions of its own catalog only. For another chart or another version, render it with helm and read the result.',
  severity: 'unchecked',
};

/** Holds the values of every Application with a chart against the chart's list. Codes: VER-301, VER-302, VER-303. */
export const chartValues: Check = {
  kinds: [UNKNOWN_VALUE, WRONG_SHAPE, NOT_CHECKED],
  run(input) {
    const lists = [...input.valuePaths.values()].map(readList);
    return listChartUses(input).flatMap((use) => checkUse(use, lists));
  },
};

/** A chart that an Application installs, with the values it gives to it. */
interface ChartUse {
  readonly application: TreeFile;
  readonly chart: string;
  readonly version: string;
  readonly values: readonly GivenValues[];
}

interface GivenValues {
  readonly file: TreeFile;
  /** Where the values start in the file: the document, then keys. */
  readonly at: readonly (string | number)[];
  readonly values: PlainMap;
}

/** Lists are constant for a run of the program, and parsing one takes longer than checking against it. */
const parsedLists = new Map<string, ValuePathList>();

function readList(text: string): ValuePathList {
  const list = parsedLists.get(text) ?? parseValuePaths(text);
  parsedLists.set(text, list);
  return list;
}

/** Applications say which file belongs to which chart, so this needs no plan. */
function listChartUses(input: CheckInput): ChartUse[] {
  const files = new Map(input.yaml.map((entry) => [entry.file.path, entry]));
  return input.yaml.flatMap(({ file, documents }) =>
    documents.flatMap((document, index) =>
      listChartSources(document).map(({ source, path }): ChartUse => {
        const helm = asMap(source['helm']);
        const inline = asMap(helm['valuesObject']);
        const referenced = asList(helm['valueFiles']).flatMap((name): GivenValues[] => {
          const found = files.get(String(name).replace(/^\$[^/]+\//, ''));
          const values = found?.documents[0];
          return found === undefined || values === undefined ? [] : [{ file: found.file, at: [0], values }];
        });
        return {
          application: file,
          chart: String(source['chart']),
          version: String(source['targetRevision']),
          values: [...referenced, { file, at: [index, ...path, 'helm', 'valuesObject'], values: inline }],
        };
      }),
    ),
  );
}

function listChartSources(
  document: PlainMap,
): { readonly source: PlainMap; readonly path: readonly (string | number)[] }[] {
  if (document['kind'] !== 'Application' || !String(document['apiVersion']).startsWith('argoproj.io/')) return [];
  const spec = asMap(document['spec']);
  const single = { source: asMap(spec['source']), path: ['spec', 'source'] };
  const several = asList(spec['sources']).map((source, index) => ({
    source: asMap(source),
    path: ['spec', 'sources', index],
  }));
  return [single, ...several].filter(({ source }) => typeof source['chart'] === 'string');
}

function checkUse(use: ChartUse, lists: readonly ValuePathList[]): Problem[] {
  const ofChart = lists.filter(({ chart }) => chart === use.chart);
  const list = ofChart.find(({ version }) => version === use.version);
  if (list !== undefined) return use.values.flatMap((given) => checkValues(given, list));
  const known = ofChart.map(({ version }) => version).join(', ');
  const reason =
    known === '' ? 'Rootstock has no list of its keys' : `Rootstock has the keys of ${use.chart} ${known} only`;
  return [
    problemIn(NOT_CHECKED, use.application, {
      message: `The values of ${use.chart} ${use.version} were not checked: ${reason}.`,
      hint: 'render the chart with `helm template` and look for what each value changes',
    }),
  ];
}

function checkValues(given: GivenValues, list: ValuePathList): Problem[] {
  return findWrongValues(given.values, list).map(({ kind, path, message, hint }) => {
    const at = [...given.at, ...path];
    const origin = findOrigin(given.file.provenance ?? new Map(), toPointer(at));
    return problemIn(kind === 'unknown' ? UNKNOWN_VALUE : WRONG_SHAPE, given.file, {
      message,
      hint,
      key: origin,
      ...findLine(given.file.content, at),
    });
  });
}

function toPointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Line and column of a key, by reading the file again: only files with a problem pay for it. */
function findLine(
  content: string,
  [index = 0, ...keys]: readonly (string | number)[],
): { readonly line?: number; readonly column?: number } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(content, { lineCounter: lines });
  const document = Array.isArray(documents) ? documents[Number(index)] : undefined;
  const parent = keys.length > 1 ? document?.getIn(keys.slice(0, -1)) : document?.contents;
  if (!isMap(parent)) return {};
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1));
  const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  if (start === undefined) return {};
  const { line, col } = lines.linePos(start);
  return { line, column: col };
}
