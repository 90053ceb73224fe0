// Which keys an Application and an AppProject may have, and of which type: the API server drops unknown ones in silence.

/** A type; a map of keys (a trailing `*` marks a required one); a list of one shape; `any` for free content. */
export type Shape =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'any'
  | 'texts'
  | readonly [Shape]
  | { readonly [key: string]: Shape };

const helmParameter: Shape = { forceString: 'boolean', name: 'string', value: 'string' };
const jsonnetVariable: Shape = { code: 'boolean', 'name*': 'string', 'value*': 'string' };
const nameAndValue: Shape = { 'name*': 'string', 'value*': 'string' };

const directory: Shape = {
  exclude: 'string',
  include: 'string',
  jsonnet: { extVars: [jsonnetVariable], libs: ['string'], tlas: [jsonnetVariable] },
  recurse: 'boolean',
};

const helm: Shape = {
  apiVersions: ['string'],
  fileParameters: [{ name: 'string', path: 'string' }],
  ignoreMissingValueFiles: 'boolean',
  kubeVersion: 'string',
  namespace: 'string',
  parameters: [helmParameter],
  passCredentials: 'boolean',
  releaseName: 'string',
  skipCrds: 'boolean',
  skipSchemaValidation: 'boolean',
  skipTests: 'boolean',
  valueFiles: ['string'],
  values: 'string',
  valuesObject: 'any',
  version: 'string',
};

const kustomize: Shape = {
  apiVersions: ['string'],
  commonAnnotations: 'texts',
  commonAnnotationsEnvsubst: 'boolean',
  commonLabels: 'texts',
  components: ['string'],
  forceCommonAnnotations: 'boolean',
  forceCommonLabels: 'boolean',
  ignoreMissingComponents: 'boolean',
  images: ['string'],
  kubeVersion: 'string',
  labelIncludeTemplates: 'boolean',
  labelWithoutSelector: 'boolean',
  namePrefix: 'string',
  nameSuffix: 'string',
  namespace: 'string',
  patches: [
    {
      options: 'any',
      patch: 'string',
      path: 'string',
      target: {
        annotationSelector: 'string',
        group: 'string',
        kind: 'string',
        labelSelector: 'string',
        name: 'string',
        namespace: 'string',
        version: 'string',
      },
    },
  ],
  replicas: [{ 'count*': 'any', 'name*': 'string' }],
  version: 'string',
};

const plugin: Shape = {
  env: [nameAndValue],
  name: 'string',
  parameters: [{ array: ['string'], map: 'texts', name: 'string', string: 'string' }],
};

const source: Shape = {
  chart: 'string',
  directory,
  helm,
  kustomize,
  name: 'string',
  path: 'string',
  plugin,
  ref: 'string',
  'repoURL*': 'string',
  targetRevision: 'string',
};

/** Object metadata as people write it; what only the API server sets does not belong into Git. */
const metadata: Shape = {
  annotations: 'texts',
  finalizers: ['string'],
  labels: 'texts',
  'name*': 'string',
  'namespace*': 'string',
};

/** @see https://github.com/argoproj/argo-cd/blob/v3.4.4/manifests/crds/application-crd.yaml */
export const APPLICATION: Shape = {
  'apiVersion*': 'string',
  'kind*': 'string',
  'metadata*': metadata,
  'spec*': {
    'destination*': { name: 'string', namespace: 'string', server: 'string' },
    ignoreDifferences: [
      {
        group: 'string',
        jqPathExpressions: ['string'],
        jsonPointers: ['string'],
        'kind*': 'string',
        managedFieldsManagers: ['string'],
        name: 'string',
        namespace: 'string',
      },
    ],
    info: [nameAndValue],
    'project*': 'string',
    revisionHistoryLimit: 'integer',
    source,
    sourceHydrator: {
      'drySource*': {
        directory,
        helm,
        kustomize,
        'path*': 'string',
        plugin,
        'repoURL*': 'string',
        'targetRevision*': 'string',
      },
      hydrateTo: { 'targetBranch*': 'string' },
      'syncSource*': { 'path*': 'string', 'targetBranch*': 'string' },
    },
    sources: [source],
    syncPolicy: {
      automated: { allowEmpty: 'boolean', enabled: 'boolean', prune: 'boolean', selfHeal: 'boolean' },
      managedNamespaceMetadata: { annotations: 'texts', labels: 'texts' },
      retry: {
        backoff: { duration: 'string', factor: 'integer', maxDuration: 'string' },
        limit: 'integer',
        refresh: 'boolean',
      },
      syncOptions: ['string'],
    },
  },
};

const groupKind: Shape = { 'group*': 'string', 'kind*': 'string' };
const groupKindName: Shape = { 'group*': 'string', 'kind*': 'string', name: 'string' };

/** @see https://github.com/argoproj/argo-cd/blob/v3.4.4/manifests/crds/appproject-crd.yaml */
export const APP_PROJECT: Shape = {
  'apiVersion*': 'string',
  'kind*': 'string',
  'metadata*': metadata,
  'spec*': {
    clusterResourceBlacklist: [groupKindName],
    clusterResourceWhitelist: [groupKindName],
    description: 'string',
    destinationServiceAccounts: [{ 'defaultServiceAccount*': 'string', namespace: 'string', 'server*': 'string' }],
    destinations: [{ name: 'string', namespace: 'string', server: 'string' }],
    namespaceResourceBlacklist: [groupKind],
    namespaceResourceWhitelist: [groupKind],
    orphanedResources: { ignore: [{ group: 'string', kind: 'string', name: 'string' }], warn: 'boolean' },
    permitOnlyProjectScopedClusters: 'boolean',
    roles: [
      {
        description: 'string',
        groups: ['string'],
        jwtTokens: [{ exp: 'integer', 'iat*': 'integer', id: 'string' }],
        'name*': 'string',
        policies: ['string'],
      },
    ],
    signatureKeys: [{ 'keyID*': 'string' }],
    sourceNamespaces: ['string'],
    sourceRepos: ['string'],
    syncWindows: [
      {
        andOperator: 'boolean',
        applications: ['string'],
        clusters: ['string'],
        description: 'string',
        duration: 'string',
        kind: 'string',
        manualSync: 'boolean',
        namespaces: ['string'],
        schedule: 'string',
        timeZone: 'string',
      },
    ],
  },
};

export type ShapeFinding =
  | { readonly kind: 'unknown'; readonly path: readonly (string | number)[]; readonly known: readonly string[] }
  | { readonly kind: 'missing'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'empty'; readonly path: readonly (string | number)[] }
  | {
      readonly kind: 'type';
      readonly path: readonly (string | number)[];
      readonly wanted: 'string' | 'integer' | 'boolean' | 'list' | 'map';
    };

/** Argo CD removes a `directory` that only says false from the live object, like an empty one (argo-cd 4501). */
function hasNoEffect(value: unknown, path: readonly (string | number)[]): boolean {
  if (path.at(-1) !== 'directory' || value === null || typeof value !== 'object') return false;
  return Object.values(value).every((item) => item === false || isBlank(item));
}

/** Everything in a value that does not fit its shape, in the order in which it is written. */
export function findShapeFaults(value: unknown, shape: Shape, path: readonly (string | number)[] = []): ShapeFinding[] {
  if (shape === 'any') return [];
  if (isBlank(value) || hasNoEffect(value, path)) return [{ kind: 'empty', path }];
  if (typeof shape === 'string' && shape !== 'texts')
    return fits(value, shape) ? [] : [{ kind: 'type', path, wanted: shape }];
  if (isListShape(shape)) {
    if (!Array.isArray(value)) return [{ kind: 'type', path, wanted: 'list' }];
    return value.flatMap((item, index) => findShapeFaults(item, shape[0], [...path, index]));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ kind: 'type', path, wanted: 'map' }];
  return shape === 'texts' ? findTextFaults(value, path) : findKeyFaults(value, shape, path);
}

function findKeyFaults(
  value: object,
  shape: Readonly<Record<string, Shape>>,
  path: readonly (string | number)[],
): ShapeFinding[] {
  const { shapes, required } = readKeys(shape);
  const missing = required.filter((key) => !(key in value));
  return [
    ...missing.map((key): ShapeFinding => ({ kind: 'missing', path: [...path, key] })),
    ...Object.entries(value).flatMap(([key, item]) => {
      const of = shapes.get(key);
      if (of === undefined) return [{ kind: 'unknown' as const, path: [...path, key], known: [...shapes.keys()] }];
      return findShapeFaults(item, of, [...path, key]);
    }),
  ];
}

interface Keys {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly required: readonly string[];
}

/** Shapes are constants, so each is taken apart once. */
const readShapes = new WeakMap<object, Keys>();

function readKeys(shape: Readonly<Record<string, Shape>>): Keys {
  const known = readShapes.get(shape);
  if (known !== undefined) return known;
  const keys = {
    shapes: new Map(Object.entries(shape).map(([key, of]) => [key.replace('*', ''), of])),
    required: Object.keys(shape)
      .filter((key) => key.endsWith('*'))
      .map((key) => key.slice(0, -1)),
  };
  readShapes.set(shape, keys);
  return keys;
}

/** Labels and annotations: an empty value is a value there. */
function findTextFaults(value: object, path: readonly (string | number)[]): ShapeFinding[] {
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'string' ? [] : [{ kind: 'type' as const, path: [...path, key], wanted: 'string' as const }],
  );
}

/** Argo CD writes empty blocks out of the spec again, so Git and cluster would never agree. An empty core group is meant. */
function isBlank(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.keys(value as object).length === 0;
}

function fits(value: unknown, type: 'string' | 'integer' | 'boolean'): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
