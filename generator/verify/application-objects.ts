// Which objects in Git belong to which Application: the link that projects and ownership are checked by.
import { listManifestFiles, listSources } from './application-sources.ts';
import type { CheckInput } from './check.ts';
import { asMap, asText, groupBy, isApplication, listObjects, type PlacedObject } from './kubernetes-objects.ts';

/** An Application with the objects that it applies from this repository; what charts render is not among them. */
export interface ApplicationObjects {
  readonly application: PlacedObject;
  readonly project: string;
  readonly objects: readonly PlacedObject[];
}

/** All Applications under `clusters/` with their objects, in order of their files. */
export function listApplicationObjects(input: CheckInput): ApplicationObjects[] {
  const all = listObjects(input);
  const byFile = groupBy(all, ({ file }) => file.path);
  return all.filter(isApplication).map((application) => {
    const files = listSources(application).flatMap((source) => listManifestFiles(input.tree, source));
    const paths = [...new Set(files.map(({ path }) => path))];
    return {
      application,
      project: asText(asMap(application.object['spec'])['project']) ?? 'default',
      objects: paths.flatMap((path) => byFile.get(path) ?? []),
    };
  });
}
