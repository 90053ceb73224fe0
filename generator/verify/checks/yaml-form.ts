// Every YAML file parses, and every key in it is written once.
import { LineCounter, parseAllDocuments } from 'yaml';
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

/** Reads the documents of a YAML file; empty documents are dropped. Code: VER-001. */
export function readYamlFile(file: TreeFile): YamlReading {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.content, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents)) return { ok: true, documents: [] };
  const problems = documents.flatMap((document) =>
    document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return problemIn(NOT_YAML, file, { line, column: col, message: `${error.message.replace(/\s+/g, ' ')}.` });
    }),
  );
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    documents: documents
      .map((document) => document.toJS() as PlainMap | null)
      .filter((data): data is PlainMap => data !== null && typeof data === 'object'),
  };
}
