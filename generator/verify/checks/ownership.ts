// Every object has one owner, and what holds data is never deleted by a sync.
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { listApplicationObjects } from '../application-objects.ts';
import type { Check } from '../check.ts';
import { isClusterKind } from '../cluster-kinds.ts';
import {
  annotationsOf,
  asList,
  asMap,
  asText,
  groupBy,
  isApplication,
  listObjects,
  listOptions,
  nameObject,
  type PlacedObject,
  problemAt,
} from '../kubernetes-objects.ts';

const TWO_OWNERS: ProblemKind = {
  code: 'VER-250',
  title: 'Two Applications make the same object',
  explanation:
    'Each of them would write its own form of the object and prune the form of the other. For a CRD Argo CD does not even warn.',
};
const UNPROTECTED: ProblemKind = {
  code: 'VER-251',
  title: 'An object that holds data could be deleted by a sync',
  explanation:
    'A rename, a moved file or a removed Application prunes its objects. What holds data carries argocd.argoproj.io/sync-options: Prune=false,Delete=false, so that only a person can delete it. StatefulSets are not among them: the claims they make are not tracked.',
};
const NEEDLESS_NAMESPACE: ProblemKind = {
  code: 'VER-252',
  title: 'A cluster-scoped object with a namespace',
  explanation:
    'Argo CD strips the namespace and then tracks the object, which it would not do for a CRD otherwise: a CRD that is tracked can be pruned, with every object of its kind.',
};

/** Kinds whose deletion deletes data, as `group/kind`. */
const HOLDS_DATA: ReadonlySet<string> = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'opensearch.opster.io/OpenSearchCluster',
  'postgresql.cnpg.io/Cluster',
  'redis.redis.opstreelabs.in/Redis',
  'redis.redis.opstreelabs.in/RedisReplication',
]);
const SEALING_KEY = 'sealedsecrets.bitnami.com/sealed-secrets-key';
const NAMESPACE_FIGHT: ProblemKind = {
  code: 'VER-253',
  title: 'Two Applications give one namespace different labels',
  explanation:
    'With CreateNamespace each Application writes its own managedNamespaceMetadata, so the labels, Pod Security among them, change with whoever synced last.',
};
const OPTIONS = 'argocd.argoproj.io/sync-options';

/** Looks at the manifests that Applications apply from this repository. Codes: VER-250 to VER-253. */
export const ownership: Check = {
  kinds: [TWO_OWNERS, UNPROTECTED, NEEDLESS_NAMESPACE, NAMESPACE_FIGHT],
  run(input) {
    const objects = listObjects(input);
    return [
      ...findSharedObjects(input),
      ...objects.filter(holdsData).flatMap(checkProtection),
      ...objects.filter((placed) => isClusterKind(placed) && placed.namespace !== undefined).map(needlessNamespace),
      ...findNamespaceFights(objects.filter(isApplication)),
    ];
  },
};

function findNamespaceFights(applications: readonly PlacedObject[]): Problem[] {
  const makers = applications.flatMap((placed) => {
    const { destination, syncPolicy } = asMap(placed.object['spec']);
    if (!asList(asMap(syncPolicy)['syncOptions']).includes('CreateNamespace=true')) return [];
    const namespace = asText(asMap(destination)['namespace']) ?? '';
    const metadata = JSON.stringify(asMap(syncPolicy)['managedNamespaceMetadata'] ?? {});
    return [{ placed, namespace, metadata }];
  });
  const groups = groupBy(makers, ({ placed, namespace }) => `${placed.environment}/${namespace}`);
  return [...groups.values()].flatMap(([first, ...others]) =>
    others
      .filter(({ metadata }) => metadata !== first?.metadata)
      .map(({ placed, namespace }) =>
        problemAt(NAMESPACE_FIGHT, placed, ['spec', 'syncPolicy', 'managedNamespaceMetadata'], {
          message: `${nameObject(placed)} and ${first === undefined ? '' : nameObject(first.placed)} label the namespace ${namespace} differently.`,
          hint: 'give both the same managedNamespaceMetadata',
        }),
      ),
  );
}

interface Owned {
  readonly owner: string;
  readonly placed: PlacedObject;
  readonly identity: string;
}

function findSharedObjects(input: Parameters<Check['run']>[0]): Problem[] {
  const owned = listApplicationObjects(input).flatMap(({ application, objects }) => {
    const destination = asText(asMap(asMap(application.object['spec'])['destination'])['namespace']);
    return objects.map((placed): Owned => {
      const namespace = isClusterKind(placed) ? '' : (placed.namespace ?? destination ?? '');
      const identity = [placed.environment, placed.group, placed.kind, namespace, placed.name].join('\0');
      return { owner: application.name, placed, identity };
    });
  });
  return [...groupBy(owned, ({ identity }) => identity).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((other) => sharedObject(first, other)),
  );
}

function sharedObject(first: Owned, { owner, placed }: Owned): Problem {
  return problemAt(TWO_OWNERS, placed, ['metadata', 'name'], {
    message:
      owner === first.owner
        ? `${nameObject(placed)} of Application ${owner} is also in ${first.placed.file.path}.`
        : `${nameObject(placed)} is made by Application ${owner} and by Application ${first.owner} (${first.placed.file.path}).`,
    hint: 'delete one of the two',
  });
}

function holdsData(placed: PlacedObject): boolean {
  if (HOLDS_DATA.has(`${placed.group}/${placed.kind}`)) return true;
  const template = asMap(asMap(placed.object['spec'])['template']);
  const labels = [placed.object, template].map((holder) => asMap(asMap(holder['metadata'])['labels']));
  return placed.kind.endsWith('Secret') && labels.some((label) => label[SEALING_KEY] !== undefined);
}

function checkProtection(placed: PlacedObject): Problem[] {
  const options = listOptions(annotationsOf(placed)[OPTIONS]);
  const missing = ['Prune', 'Delete'].filter(
    (name) => !options.includes(`${name}=false`) && !options.includes(`${name}=confirm`),
  );
  if (missing.length === 0) return [];
  return [
    problemAt(UNPROTECTED, placed, ['metadata', 'annotations', OPTIONS], {
      message: `${nameObject(placed)} has no ${missing.map((name) => `${name}=false`).join(' and no ')}.`,
      hint: `add the annotation ${OPTIONS}: Prune=false,Delete=false`,
    }),
  ];
}

function needlessNamespace(placed: PlacedObject): Problem {
  return problemAt(NEEDLESS_NAMESPACE, placed, ['metadata', 'namespace'], {
    message: `${nameObject(placed)} is cluster-scoped and has the namespace ${placed.namespace ?? ''}.`,
    hint: 'delete metadata.namespace',
  });
}
