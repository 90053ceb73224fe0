// A repository as it lies on disk → the SealedSecrets that people put beside the manifests of its apps.
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { compareText } from '../core/problem.ts';
import type { PlainMap } from '../core/provenance.ts';
import { DIGEST_ANNOTATION, type SealedSecret } from '../plan/sealing.ts';
import { readYamlFile } from './checks/yaml-form.ts';
import { asMap, asText } from './kubernetes-objects.ts';

/** Where the Application of an app reads its manifests; folders below are not read. */
export const MANIFEST = /^clusters\/([^/]+)\/manifests\/([^/]+)\/[^/]+\.yaml$/;

/** Lists them in order of their paths. A file that does not parse holds none; `yaml-form` reports it. */
export function listSealedSecrets(tree: FileTree): SealedSecret[] {
  return [...tree.values()].sort((a, b) => compareText(a.path, b.path)).flatMap(sealedSecretsIn);
}

function sealedSecretsIn(file: TreeFile): SealedSecret[] {
  const [, environment, app] = MANIFEST.exec(file.path) ?? [];
  if (environment === undefined || app === undefined || !file.content.includes('SealedSecret')) return [];
  const reading = readYamlFile(file);
  if (!reading.ok) return [];
  return reading.documents
    .filter(isSealedSecret)
    .map((document) => ({ environment, app, path: file.path, ...describe(document) }));
}

function isSealedSecret({ apiVersion, kind }: PlainMap): boolean {
  return kind === 'SealedSecret' && apiVersion === 'bitnami.com/v1alpha1';
}

/** The Secret gets the encrypted keys and those that its template makes. */
function describe(document: PlainMap): Pick<SealedSecret, 'name' | 'namespace' | 'keys' | 'digest' | 'encrypted'> {
  const { name, namespace, annotations } = asMap(document['metadata']);
  const digest = asText(asMap(annotations)[DIGEST_ANNOTATION]);
  const { encryptedData, template } = asMap(document['spec']);
  const keys = new Set([...Object.keys(asMap(encryptedData)), ...Object.keys(asMap(asMap(template)['data']))]);
  return {
    name: asText(name) ?? '',
    namespace: asText(namespace) ?? '',
    keys: [...keys].sort(compareText),
    ...(digest === undefined ? {} : { digest }),
    encrypted: Object.fromEntries(
      Object.entries(asMap(encryptedData)).map(([key, value]) => [key, asText(value) ?? '']),
    ),
  };
}
