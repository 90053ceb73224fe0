// The one YAML writer: fixed settings, so that the same data gives the same bytes everywhere.
import { stringify } from 'yaml';
import { type PlainMap, type Provenance, stripProvenance, type YamlMap } from '../core/provenance.ts';

/** Argo CD and kubectl read YAML 1.1, where `on`, `no` and 0777 are not text: `compat` makes those quoted. */
const SETTINGS = {
  lineWidth: 0,
  compat: 'yaml-1.1',
  aliasDuplicateObjects: false,
  defaultStringType: 'PLAIN',
  defaultKeyType: 'PLAIN',
} as const;

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
  const plain = documents.map((document, index) => {
    const stripped = stripProvenance(document);
    for (const [pointer, key] of stripped.provenance) provenance.set(`/${index}${pointer}`, key);
    return stripped.plain as PlainMap;
  });
  return {
    content: head + plain.map((document) => stringify(document, SETTINGS)).join('---\n'),
    documents: plain,
    provenance,
  };
}
