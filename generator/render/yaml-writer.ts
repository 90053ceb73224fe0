// The one YAML writer: fixed settings, so that the same data gives the same bytes everywhere.
import { createHash } from 'node:crypto';
import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE, type ScalarLayout } from 'js-yaml';
import { type PlainMap, type Provenance, stripProvenance, type YamlMap } from '../core/provenance.ts';

/**
 * Argo CD and kubectl read YAML 1.1, where `on`, `no` and 0777 are not text: the schema that js-yaml writes by quotes
 * whatever any version of YAML would read as something else. It writes three times as fast as the package that reads here.
 */
const SETTINGS = {
  lineWidth: -1,
  noRefs: true,
  quoteStyle: 'double',
  scalarStyleRules: [
    quoteNumbersOfGo,
    quoteHugeNumbers,
    singleAroundDouble,
    ...Object.values(DEFAULT_SCALAR_STYLE_RULES),
  ],
} as const;

/** Go takes underscores out wherever they stand, and then looks whether a number is left: `5e_05`. */
function quoteNumbersOfGo(layout: ScalarLayout): void {
  if (/^[-+.\d][-+.\w]*_[-+.\w]*$/.test(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}

/** Text that some read as a number, and others as none because no number is so large: `51e6138479639189`. */
function quoteHugeNumbers(layout: ScalarLayout): void {
  const { tag, value } = layout.node;
  if (tag === 'tag:yaml.org,2002:str' && /^[-+]?(?:\d+\.?\d*|\.\d+)e[-+]?\d+$/i.test(value))
    layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
}

/** JSON and templates are full of double quotes, and easier to read without a backslash before each. */
function singleAroundDouble(layout: ScalarLayout): void {
  const isAllowed = (style: number) => (layout.allowedStylesMask & (1 << style)) !== 0;
  const isQuoted = layout.style === SCALAR_STYLE.PLAIN && !isAllowed(SCALAR_STYLE.PLAIN);
  if (isQuoted && isAllowed(SCALAR_STYLE.SINGLE_QUOTED) && /^[^'\n]*"[^'\n]*$/.test(layout.node.value))
    layout.style = SCALAR_STYLE.SINGLE_QUOTED;
}

export interface WrittenYaml {
  readonly content: string;
  readonly documents: readonly PlainMap[];
  /** Pointers start with the index of the document: `/0/spec/replicas`. */
  readonly provenance: Provenance;
}

/** Writes one or more documents; `comment` goes on top, one `#` per line. */
export function writeYaml(documents: readonly YamlMap[], comment?: string): WrittenYaml {
  const head =
    comment === undefined
      ? ''
      : `${comment
          .split('\n')
          .map((line) => `# ${line}`.trimEnd())
          .join('\n')}\n`;
  const provenance = new Map<string, string>();
  const parts = documents.map((document, index) => {
    const stripped = stripProvenance(document);
    for (const [pointer, key] of stripped.provenance) provenance.set(`/${index}${pointer}`, key);
    return writeDocument(stripped.plain as PlainMap);
  });
  return {
    content: head + parts.map(({ text }) => text).join('---\n'),
    documents: parts.map(({ document }) => document),
    provenance,
  };
}

interface WrittenDocument {
  readonly document: PlainMap;
  readonly text: string;
}

/** By a digest of the data. Environments share most of their documents: each is written, and held in memory, once. */
const known = new Map<string, WrittenDocument>();

function writeDocument(document: PlainMap): WrittenDocument {
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('base64');
  const written = known.get(digest) ?? { document, text: dump(document, SETTINGS) };
  known.set(digest, written);
  return written;
}
