// The `Cluster` object: instances, volumes, settings of PostgreSQL, and whether it starts empty or from backups.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, POSTGRES, POSTGRES_OPERATOR } from '../../../generator/core/data-services.ts';
import { planWayOut, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import {
  type Archive,
  INSTANCE_LABELS,
  nameGeneration,
  POSTGRES_IMAGE,
  STORAGE_CLASS,
  STORE,
  WAVE,
  WAVES,
} from './names.ts';

/** What the pools of Onyx v4.6.1 may open together: see the README. */
const CONNECTIONS = { single: 300, high: 600 } as const;

/** Name under which a recovery finds its source. */
const SOURCE = 'source';

/** The Cluster as one object, for Git and for the guard that makes it. */
export function planCluster(context: AppContext<Inputs>, archive: Archive | undefined): Manifest {
  const { availability, egress, inputs } = context;
  const { instances, enablePDB, affinity, topologySpreadConstraints, synchronous } = planAvailability(context);
  return {
    file: 'cluster',
    object: {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: POSTGRES.cluster, namespace: ONYX_NAMESPACE, annotations: planAnnotations(archive) },
      spec: {
        imageName: POSTGRES_IMAGE,
        imagePullSecrets: pullSecretObjects(egress),
        instances: from('availability', instances),
        enablePDB: from('availability', enablePDB),
        enableSuperuserAccess: false,
        // The pools of Onyx never close their connections, so waiting for that would only lengthen every restart.
        smartShutdownTimeout: 10,
        affinity,
        topologySpreadConstraints,
        storage: { size: from('apps.onyx-database.storageGiB', `${inputs.storageGiB}Gi`), storageClass: STORAGE_CLASS },
        walStorage: { size: from('apps.onyx-database.walGiB', `${inputs.walGiB}Gi`), storageClass: STORAGE_CLASS },
        resources: planResources(inputs),
        postgresql: { parameters: planParameters(inputs, availability.mode), synchronous },
        bootstrap: planBootstrap(inputs, archive),
        plugins: planPlugins(archive),
        externalClusters: planSource(archive),
        projectedVolumeTemplate: archive === undefined ? undefined : planCaVolume(context),
      },
    },
  };
}

/** Operators and people never delete it by deleting its Application; the guard compares the other two with Git. */
function planAnnotations(archive: Archive | undefined): YamlMap {
  const kept = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', [WAVE]: WAVES.cluster };
  if (archive === undefined) return kept;
  return {
    ...kept,
    'rootstock.dev/archive': from('backup', archive.url),
    'rootstock.dev/server-name': from('apps.onyx-database.generation', archive.serverName),
  };
}

interface AvailabilityFields {
  readonly instances: number;
  readonly enablePDB: boolean;
  readonly affinity?: YamlMap;
  readonly topologySpreadConstraints?: readonly YamlMap[];
  readonly synchronous?: YamlMap;
}

function planAvailability({ availability }: AppContext<Inputs>): AvailabilityFields {
  // A budget for the only instance would stop every drain of its node.
  if (availability.mode === 'single') return { instances: availability.quorum, enablePDB: false };
  const overZones = availability
    .spread(INSTANCE_LABELS)
    .filter(({ topologyKey }) => topologyKey === 'topology.kubernetes.io/zone')
    // Its pods are not made by a Deployment, so there are no revisions to tell apart.
    .map(({ matchLabelKeys: _, ...constraint }) => constraint);
  return {
    instances: availability.quorum,
    enablePDB: true,
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: 'required',
      topologyKey: 'kubernetes.io/hostname',
    },
    ...(overZones.length === 0 ? {} : { topologySpreadConstraints: overZones }),
    // A commit is on two instances before it counts, and none is promoted that may lack one.
    synchronous: { method: 'any', number: 1, dataDurability: 'required', failoverQuorum: true },
  };
}

function planResources({ cpuMillis, memoryGiB }: Inputs): YamlMap {
  return {
    requests: {
      cpu: from('apps.onyx-database.cpuMillis', `${cpuMillis}m`),
      memory: from('apps.onyx-database.memoryGiB', `${memoryGiB}Gi`),
    },
    limits: { memory: from('apps.onyx-database.memoryGiB', `${2 * memoryGiB}Gi`) },
  };
}

function planParameters({ maxConnections, memoryGiB, walGiB }: Inputs, mode: 'single' | 'high'): YamlMap {
  const memory = (part: number) => from('apps.onyx-database.memoryGiB', `${Math.round(memoryGiB * 1024 * part)}MB`);
  return {
    effective_cache_size: memory(0.75),
    max_connections:
      maxConnections === undefined
        ? from('availability', String(CONNECTIONS[mode]))
        : from('apps.onyx-database.maxConnections', String(maxConnections)),
    // A replica that is gone for long makes a new copy; it must not fill the volume of the primary.
    max_slot_wal_keep_size: from('apps.onyx-database.walGiB', `${Math.floor(walGiB / 2)}GB`),
    shared_buffers: memory(0.25),
  };
}

/**
 * Onyx' migrations run as the owner. Both extensions are trusted, so the owner could make them; the role it could not,
 * and with its name taken the migration makes none. Nobody can log in with it, since nothing in v4.6.1 does.
 * @see https://github.com/onyx-dot-app/onyx/blob/v4.6.1/backend/alembic/versions/495cb26ce93e_create_knowlege_graph_tables.py
 */
const FIRST_STATEMENTS = [
  'CREATE EXTENSION IF NOT EXISTS pg_trgm',
  'CREATE EXTENSION IF NOT EXISTS pgcrypto',
  'CREATE ROLE db_readonly_user NOLOGIN',
];

function planBootstrap({ recoverUntil }: Inputs, archive: Archive | undefined): YamlMap {
  const { database, owner, secret } = POSTGRES;
  const application = { database, owner, secret: { name: secret.name } };
  if (archive?.source === undefined)
    return {
      initdb: {
        ...application,
        dataChecksums: true,
        encoding: 'UTF8',
        // Knows upper and lower case of all scripts, and depends on no library of the image, whose update would break indexes.
        localeProvider: 'builtin',
        builtinLocale: 'C.UTF-8',
        localeCollate: 'C',
        // Full-text search of PostgreSQL 17 still asks the library what a letter is.
        localeCType: 'C.UTF-8',
        postInitApplicationSQL: FIRST_STATEMENTS,
      },
    };
  return {
    recovery: from('apps.onyx-database.generation', {
      ...application,
      source: SOURCE,
      recoveryTarget:
        recoverUntil === undefined ? undefined : { targetTime: from('apps.onyx-database.recoverUntil', recoverUntil) },
    }),
  };
}

function planPlugins(archive: Archive | undefined): readonly YamlMap[] | undefined {
  if (archive === undefined) return undefined;
  return [
    {
      name: POSTGRES_OPERATOR.plugin,
      isWALArchiver: true,
      parameters: {
        barmanObjectName: STORE,
        serverName: from('apps.onyx-database.generation', archive.serverName),
      },
    },
  ];
}

function planSource(archive: Archive | undefined): readonly YamlMap[] | undefined {
  if (archive?.source === undefined) return undefined;
  const parameters: PlainMap = { barmanObjectName: STORE, serverName: nameGeneration(archive.source) };
  return [{ name: SOURCE, plugin: { name: POSTGRES_OPERATOR.plugin, parameters } }];
}

/** For the sidecar, which mounts what the instance does: a variable of its own points there. */
function planCaVolume(context: AppContext<Inputs>): YamlMap | undefined {
  const { volumes } = planWayOut(context, { name: POSTGRES.cluster, namespace: ONYX_NAMESPACE });
  const sources = unlessEmpty(volumes.map(({ configMap }) => ({ configMap })));
  return sources === undefined ? undefined : { sources };
}
