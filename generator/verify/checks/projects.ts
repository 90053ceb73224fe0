// Every Application has a project that allows what it does, and no project allows everything.
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { PlainMap, PlainValue } from '../../core/provenance.ts';
import { type ApplicationObjects, listApplicationObjects } from '../application-objects.ts';
import { listSources, normalizeRepository } from '../application-sources.ts';
import type { Check } from '../check.ts';
import { isClusterKind } from '../cluster-kinds.ts';
import {
  asList,
  asMap,
  asText,
  isProject,
  listObjects,
  nameNode,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';

const NO_PROJECT: ProblemKind = {
  code: 'VER-230',
  title: 'An Application names a project that is not there',
  explanation:
    'Argo CD refuses the Application until the AppProject exists. The project `default` exists always, and allows everything, so it is not used.',
};
const SOURCE_REFUSED: ProblemKind = {
  code: 'VER-231',
  title: 'A project does not allow a source of its Application',
  explanation:
    'Every repository an Application reads, charts and values included, must be in `sourceRepos` of its project.',
};
const DESTINATION_REFUSED: ProblemKind = {
  code: 'VER-232',
  title: 'A project does not allow a namespace of its Application',
  explanation:
    'Argo CD holds the destination, and the namespace of every object, against `destinations` of the project, and refuses the whole sync if one is missing.',
};
const KIND_REFUSED: ProblemKind = {
  code: 'VER-233',
  title: 'A project does not allow a cluster-scoped kind of its Application',
  explanation:
    'Cluster-scoped objects are denied unless their kind is in `clusterResourceWhitelist`. CreateNamespace needs Namespace there.',
};
const TOO_BROAD: ProblemKind = {
  code: 'VER-234',
  title: 'A project allows everything',
  explanation:
    'A wildcard lets any Application of the project write anywhere, Argo CD itself included. Projects list what their apps need, and no more.',
};

/** Holds Applications and their manifests against their AppProjects. Codes: VER-230 to VER-234. */
export const projects: Check = {
  kinds: [NO_PROJECT, SOURCE_REFUSED, DESTINATION_REFUSED, KIND_REFUSED, TOO_BROAD],
  run(input) {
    const found = listObjects(input).filter(isProject);
    const inProject = new Map(found.map((project) => [`${project.environment}/${project.name}`, project]));
    return [
      ...found.flatMap(checkBreadth),
      ...listApplicationObjects(input).flatMap((use) => {
        const project = inProject.get(`${use.application.environment}/${use.project}`);
        return project === undefined ? [missingProject(use)] : checkUse(use, project);
      }),
    ];
  },
};

function missingProject({ application, project }: ApplicationObjects): Problem {
  return problemAt(NO_PROJECT, application, ['spec', 'project'], {
    message: `${nameObject(application)} is in project ${project}, which clusters/${application.environment}/projects does not have.`,
    hint: 'use one of the projects there, or add the AppProject',
  });
}

function checkBreadth(project: PlacedObject): Problem[] {
  const spec = asMap(project.object['spec']);
  const entries = (key: string, fields: readonly string[]) =>
    asList(spec[key]).flatMap((entry, index) =>
      fields.every((field) => (asMap(entry)[field] ?? '*') === '*') ? [['spec', key, index]] : [],
    );
  const broad = [
    ...asList(spec['sourceRepos']).flatMap((entry, index) => (entry === '*' ? [['spec', 'sourceRepos', index]] : [])),
    ...entries('destinations', ['namespace']),
    ...entries('clusterResourceWhitelist', ['kind']),
  ];
  return broad.map((path) =>
    problemAt(TOO_BROAD, project, path, {
      message: `${nameNode(path)} of ${nameObject(project)} allows everything.`,
      hint: 'list what the Applications of the project need',
    }),
  );
}

function checkUse(use: ApplicationObjects, project: PlacedObject): Problem[] {
  const spec = asMap(project.object['spec']);
  return [
    ...checkSources(use, project, spec),
    ...checkNamespaces(use, project, spec),
    ...checkKinds(use, project, spec),
  ];
}

function checkSources({ application }: ApplicationObjects, project: PlacedObject, spec: PlainMap): Problem[] {
  const allowed = asList(spec['sourceRepos']).map(String);
  return listSources(application).flatMap(({ source, path }) => {
    const url = asText(source['repoURL']) ?? '';
    if (allowed.some((entry) => entry === '*' || normalizeRepository(entry) === normalizeRepository(url))) return [];
    return [
      problemAt(SOURCE_REFUSED, application, [...path, 'repoURL'], {
        message: `${nameObject(application)} reads ${url}, which project ${project.name} does not allow.`,
        hint: `add ${url} to spec.sourceRepos in ${project.file.path}`,
      }),
    ];
  });
}

function checkNamespaces(use: ApplicationObjects, project: PlacedObject, spec: PlainMap): Problem[] {
  const { application, objects } = use;
  const destination = asMap(asMap(application.object['spec'])['destination']);
  const allows = (namespace: string) =>
    asList(spec['destinations']).some((entry) => allowsDestination(asMap(entry), destination, namespace));
  const wanted = [
    { placed: application, path: ['spec', 'destination', 'namespace'], namespace: asText(destination['namespace']) },
    ...objects
      .filter((placed) => !isClusterKind(placed))
      .map((placed) => ({ placed, path: ['metadata', 'namespace'], namespace: placed.namespace })),
  ];
  return wanted.flatMap(({ placed, path, namespace }) => {
    if (namespace === undefined || allows(namespace)) return [];
    return [
      problemAt(DESTINATION_REFUSED, placed, path, {
        message: `${nameObject(placed)} goes into namespace ${namespace}, which project ${project.name} of Application ${application.name} does not allow.`,
        hint: `add the namespace to spec.destinations in ${project.file.path}`,
      }),
    ];
  });
}

function allowsDestination(entry: PlainMap, destination: PlainMap, namespace: string): boolean {
  const same = (allowed: PlainValue | undefined, wanted: PlainValue | undefined) =>
    allowed === '*' || (allowed !== undefined && allowed === wanted);
  const cluster = same(entry['server'], destination['server']) || same(entry['name'], destination['name']);
  return cluster && same(entry['namespace'], namespace);
}

function checkKinds(use: ApplicationObjects, project: PlacedObject, spec: PlainMap): Problem[] {
  const { application, objects } = use;
  const allows = (group: string, kind: string) =>
    asList(spec['clusterResourceWhitelist']).some((entry) => {
      const { group: allowedGroup, kind: allowedKind } = asMap(entry);
      return (allowedGroup === '*' || allowedGroup === group) && (allowedKind === '*' || allowedKind === kind);
    });
  const options = asList(asMap(asMap(application.object['spec'])['syncPolicy'])['syncOptions']);
  const wanted = [
    ...objects
      .filter(isClusterKind)
      .map((placed) => ({ placed, path: ['kind'], group: placed.group, kind: placed.kind })),
    ...(options.includes('CreateNamespace=true')
      ? [{ placed: application, path: ['spec', 'syncPolicy', 'syncOptions'], group: '', kind: 'Namespace' }]
      : []),
  ];
  return wanted.flatMap(({ placed, path, group, kind }) => {
    if (allows(group, kind)) return [];
    return [
      problemAt(KIND_REFUSED, placed, path, {
        message: `${nameObject(placed)} needs the cluster-scoped kind ${kind}, which project ${project.name} of Application ${application.name} does not allow.`,
        hint: `add { group: "${group}", kind: ${kind} } to spec.clusterResourceWhitelist in ${project.file.path}`,
      }),
    ];
  });
}
