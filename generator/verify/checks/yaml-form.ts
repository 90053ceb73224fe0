// Every YAML file parses, and every key in it is written once.
import { type Document, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { TreeFile } from '../../core/file-tree.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { PlainMap } from '../../core/provenance.ts';
import { problemIn } from '../check.ts';

const NOT_YAML: ProblemKind = {
  code: 'VER-001',
  title: 'A generated or edited YAML file does not parse',
  explanation: 'Argo CD cannot read the file, so the Application it belongs to would stop at a ComparisonError.',
};

export const yamlFormProblems: readonly ProblemKind[] = [NOT_YAML];

export type YamlReading =
  | { readonly ok: true; readonly documents: readonly PlainMap[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

interface Fault {
  /** Where in the text, counted from 0. */
  readonly offset: number;
  readonly message: string;
}

/** Reads the documents of a YAML file; empty documents are dropped. Code: VER-001. */
export function readYamlFile(file: TreeFile): YamlReading {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(file.content, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(parsed)) return { ok: true, documents: [] };
  const documents: PlainMap[] = [];
  const faults = parsed.flatMap((document) => listFaults(document) ?? addData(document, documents));
  if (faults.length === 0) return { ok: true, documents };
  const problems = faults.map(({ offset, message }) => {
    const { line, col: column } = lines.linePos(offset);
    return problemIn(NOT_YAML, file, { line, column, message, hint: `git diff -- ${file.path}` });
  });
  return { ok: false, problems };
}

function listFaults({ errors }: Document.Parsed): readonly Fault[] | undefined {
  if (errors.length === 0) return undefined;
  return errors.map(({ pos, message }) => ({ offset: pos[0], message: `${message.replace(/\s+/g, ' ')}.` }));
}

/** Adds what a document says. The parser leaves aliases alone until then: what is wrong with them is thrown only here. */
function addData(document: Document.Parsed, documents: PlainMap[]): readonly Fault[] {
  try {
    const data: unknown = document.toJS();
    if (data !== null && typeof data === 'object') documents.push(data as PlainMap);
    return [];
  } catch (error) {
    const unknown = listUnknownAliases(document);
    const message = `${error instanceof Error ? error.message : String(error)}.`;
    return unknown.length > 0 ? unknown : [{ offset: document.range[0], message }];
  }
}

function listUnknownAliases(document: Document.Parsed): readonly Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined)
        faults.push({ offset: node.range?.[0] ?? 0, message: `The alias *${node.source} stands for nothing.` });
    },
  });
  return faults;
}
