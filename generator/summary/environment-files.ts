// Generated files of one environment → what Argo CD and Terraform would read in them.
import { parseAllDocuments } from 'yaml';
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH } from '../core/lock.ts';
import type { PlainMap, PlainValue } from '../core/provenance.ts';
import { isMap } from './value-changes.ts';

/** Content, and documents where they are known already. */
export interface File {
  readonly content: string;
  readonly documents?: readonly PlainMap[];
}

/** Files by path. */
export type Files = ReadonlyMap<string, File>;

export function filesOfTree(tree: FileTree): Files {
  return new Map([...tree].filter(([path]) => !isRecord(path)).map(([path, file]: [string, TreeFile]) => [path, file]));
}

/** @param like files whose documents are known: those of equal content need not be read again */
export function filesOfTexts(texts: ReadonlyMap<string, string>, like: Files): Files {
  const found = [...texts].filter(([path]) => !isRecord(path));
  return new Map(
    found.map(([path, content]) => {
      const known = like.get(path);
      return [path, known?.content === content ? known : { content }];
    }),
  );
}

function isRecord(path: string): boolean {
  return path === LOCK_PATH || path.startsWith(BASE_FOLDER);
}

/** An Application, as far as a summary tells of it. */
export interface ApplicationFacts {
  readonly app: string;
  readonly namespace: string;
  readonly wave: number;
  readonly releaseName: string | undefined;
  readonly chart: { readonly name: string; readonly repository: string; readonly version: string } | undefined;
  /** Argo CD leaves what it made when the Application's file goes. */
  readonly stays: boolean;
}

/** Applications by name, in whatever file they are, without those that keep the platform itself. */
export function listApplications(files: Files, environment: string): Map<string, ApplicationFacts> {
  const found = new Map<string, ApplicationFacts>();
  const folder = `clusters/${environment}/apps/`;
  for (const path of files.keys()) {
    const [object] = path.startsWith(folder) && path.endsWith('.yaml') ? readDocuments(files, path) : [];
    const name = asMap(object?.['metadata'])['name'];
    if (object === undefined || typeof name !== 'string' || name === 'projects') continue;
    found.set(name, toFacts(name, object));
  }
  return found;
}

function toFacts(app: string, object: PlainMap): ApplicationFacts {
  const spec = asMap(object['spec']);
  const annotations = asMap(asMap(object['metadata'])['annotations']);
  const listed = Array.isArray(spec['sources']) ? spec['sources'] : [spec['source']];
  const source = listed.map(asMap).find((candidate) => typeof candidate['chart'] === 'string');
  const releaseName = asMap(source?.['helm'])['releaseName'];
  return {
    app,
    namespace: String(asMap(spec['destination'])['namespace'] ?? ''),
    wave: Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0),
    releaseName: typeof releaseName === 'string' ? releaseName : undefined,
    chart:
      source === undefined
        ? undefined
        : {
            name: String(source['chart']),
            repository: String(source['repoURL']),
            version: String(source['targetRevision']),
          },
    stays: hasOption(object, 'Prune=false'),
  };
}

/** An object of a manifest, and the app that it belongs to. */
export interface ManifestObject {
  readonly app: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: PlainMap;
  /** Argo CD does not delete it when it is gone from Git while its Application stays. */
  readonly isKept: boolean;
  /** Nor when the Application itself goes. */
  readonly survivesApp: boolean;
}

/** All objects of the manifests of an environment, by `kind/namespace/name`; objects without a namespace have two parts. */
export function listObjects(files: Files, environment: string): Map<string, ManifestObject> {
  const found = new Map<string, ManifestObject>();
  for (const path of files.keys()) {
    const app = new RegExp(`^clusters/${environment}/manifests/([^/]+)/.+\\.yaml$`).exec(path)?.[1];
    if (app === undefined) continue;
    for (const object of readDocuments(files, path)) {
      const metadata = asMap(object['metadata']);
      const [kind, namespace, name] = [object['kind'], metadata['namespace'], metadata['name']].map((part) =>
        String(part ?? ''),
      ) as [string, string, string];
      const identity = [kind.toLowerCase(), namespace, name].filter((part) => part !== '').join('/');
      const [isKept, survivesApp] = [hasOption(object, 'Prune=false'), hasOption(object, 'Delete=false')];
      found.set(identity, { app, kind, namespace, name, object, isKept, survivesApp });
    }
  }
  return found;
}

function hasOption(object: PlainMap, option: string): boolean {
  const annotations = asMap(asMap(object['metadata'])['annotations']);
  return String(annotations['argocd.argoproj.io/sync-options'] ?? '')
    .split(',')
    .some((part) => part.trim() === option);
}

/** Helm values of an app; undefined where there are none. */
export function findValues(files: Files, environment: string, app: string): PlainValue | undefined {
  return readDocuments(files, `clusters/${environment}/values/${app}.yaml`)[0];
}

/** The environment file as it is written, without defaults; empty where nobody kept it. */
export function readEnvironmentFile(files: Files, environment: string): PlainMap {
  return readDocuments(files, `environments/${environment}.yaml`)[0] ?? {};
}

/** Each file is asked for several times, and reading YAML takes most of the time. */
const parsed = new WeakMap<File, readonly PlainMap[]>();

function readDocuments(files: Files, path: string): readonly PlainMap[] {
  const file = files.get(path);
  if (file === undefined) return [];
  if (file.documents !== undefined) return file.documents;
  const known = parsed.get(file) ?? parseDocuments(file.content);
  parsed.set(file, known);
  return known;
}

function parseDocuments(text: string): readonly PlainMap[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document): PlainMap[] => {
    const data: unknown = document.errors.length > 0 ? undefined : document.toJS();
    return isMap(data) ? [data] : [];
  });
}

export function asMap(value: unknown): PlainMap {
  return isMap(value) ? value : {};
}
