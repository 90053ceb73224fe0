// Applications and AppProjects have what Argo CD needs, and nothing that it would drop or write back.

import { findNearest } from '../../core/nearest.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { APP_PROJECT, APPLICATION, findShapeFaults, type ShapeFinding } from '../argo-shapes.ts';
import type { Check } from '../check.ts';
import {
  isApplication,
  isProject,
  listObjects,
  nameNode,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';

const INCOMPLETE: ProblemKind = {
  code: 'VER-200',
  title: 'An Application or AppProject lacks a required key',
  explanation:
    'Argo CD needs a name, its own namespace, a project, a destination and at least one source. Without one of them the API server or Argo CD refuses the object, and everything behind it in the same sync.',
};
const UNKNOWN_KEY: ProblemKind = {
  code: 'VER-201',
  title: 'A key that Applications and AppProjects do not have',
  explanation:
    'The API server drops keys that the custom resource does not know, in silence, so a misspelt key means that the setting is missing. The keys are those of Argo CD 3.4.',
};
const WRONG_TYPE: ProblemKind = {
  code: 'VER-202',
  title: 'A value of an Application or AppProject has the wrong type',
  explanation:
    'The custom resource declares the type of each key, and the API server refuses the whole object if one value is of another. Annotations, labels and versions are strings: quote what looks like a number or a truth value.',
};
const RUNTIME_KEY: ProblemKind = {
  code: 'VER-203',
  title: 'An Application in Git carries status or operation',
  explanation:
    'The Application resource has no status subresource, so Argo CD would apply these keys from Git over what it knows itself, and start or lose syncs by them.',
};
const EMPTY_BLOCK: ProblemKind = {
  code: 'VER-204',
  title: 'An Application or AppProject has an empty block',
  explanation:
    'Argo CD removes empty blocks such as `helm: {}` or `syncPolicy: {}` from the live object, so Git and cluster would differ for ever.',
};

const TYPES = {
  string: 'a string',
  integer: 'a whole number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map of keys',
} as const;

/** Holds every Application and AppProject against the keys of Argo CD 3.4. Codes: VER-200 to VER-204. */
export const applicationShape: Check = {
  kinds: [INCOMPLETE, UNKNOWN_KEY, WRONG_TYPE, RUNTIME_KEY, EMPTY_BLOCK],
  run(input) {
    return listObjects(input).flatMap((placed) => {
      if (isApplication(placed)) return checkShape(placed);
      return isProject(placed) ? toProblems(placed, findShapeFaults(placed.object, APP_PROJECT)) : [];
    });
  },
};

function checkShape(placed: PlacedObject): Problem[] {
  const { status, operation, ...declared } = placed.object;
  const runtime = Object.entries({ status, operation }).filter(([, value]) => value !== undefined);
  return [
    ...runtime.map(([key]) =>
      problemAt(RUNTIME_KEY, placed, [key], {
        message: `${nameObject(placed)} has \`${key}\`, which belongs to Argo CD, not to Git.`,
        hint: `delete ${key}`,
      }),
    ),
    ...toProblems(placed, findShapeFaults(declared, APPLICATION)),
  ];
}

function toProblems(placed: PlacedObject, findings: readonly ShapeFinding[]): Problem[] {
  return findings.map((finding) => {
    const node = nameNode(finding.path);
    const subject = nameObject(placed);
    if (finding.kind === 'missing')
      return problemAt(INCOMPLETE, placed, finding.path, {
        message: `${subject} has no ${node}.`,
        hint: `add ${node}`,
      });
    if (finding.kind === 'empty')
      return problemAt(EMPTY_BLOCK, placed, finding.path, {
        message: `${subject} has an empty ${node}.`,
        hint: `delete ${node}`,
      });
    if (finding.kind === 'type')
      return problemAt(WRONG_TYPE, placed, finding.path, {
        message: `${node} of ${subject} must be ${TYPES[finding.wanted]}.`,
        hint: finding.wanted === 'string' ? 'put it in quotes' : `write ${TYPES[finding.wanted]}`,
      });
    const key = String(finding.path.at(-1));
    const nearest = findNearest(key, finding.known);
    return problemAt(UNKNOWN_KEY, placed, finding.path, {
      message: `${subject} has ${node}, which Argo CD does not know.`,
      hint: nearest === undefined ? `known here: ${[...finding.known].sort().join(', ')}` : `did you mean ${nearest}?`,
    });
  });
}
