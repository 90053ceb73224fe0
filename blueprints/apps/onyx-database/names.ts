// Names, images and waves that the objects of the database share.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { POSTGRES } from '../../../generator/core/data-services.ts';
import type { Inputs } from './inputs.ts';

/** As the operator labels its pods, those of its jobs included. */
export const DATABASE_LABELS = { 'cnpg.io/cluster': POSTGRES.cluster } as const;
export const INSTANCE_LABELS = { ...DATABASE_LABELS, 'cnpg.io/podRole': 'instance' } as const;

/**
 * PostgreSQL 17, the version that Onyx' own chart starts with; `minimal`, because backups have a sidecar of their own.
 * @see https://github.com/cloudnative-pg/artifacts, image-catalogs/catalog-minimal-trixie.yaml of 2026-08-17
 */
export const POSTGRES_IMAGE = 'ghcr.io/cloudnative-pg/postgresql:17.11-202608170816-minimal-trixie';

export const STORAGE_CLASS = 'gp3-retain';
/** ObjectStore: where the archive is. */
export const STORE = 'onyx-database-archive';
export const GUARD = 'onyx-database-guard';

/**
 * In-app waves. SealedSecrets have none, so they come with wave 0. The Cluster is in the last one, which a sync does not
 * wait for: one that cannot recover would otherwise hold the sync, and with it the commit that mends it, for hours.
 */
export const WAVES = { guard: '1', cluster: '2' } as const;

export const WAVE = 'argocd.argoproj.io/sync-wave';

/** Where copies go, and under which names. */
export interface Archive {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Folder of all generations, without slashes at the ends, e.g. `prod/postgres`. */
  readonly folder: string;
  /** The same as a URL, for people and to compare. */
  readonly url: string;
  /** Name of the folder of this generation, e.g. `onyx-database-2`. */
  readonly serverName: string;
  /** Generation that this one recovers from; undefined: it starts empty. */
  readonly source?: number;
  readonly retentionDays: number;
}

/** Undefined without `backup`. */
export function planArchive({ backup, inputs }: AppContext<Inputs>): Archive | undefined {
  if (backup === undefined) return undefined;
  const { endpoint, bucket, region, retentionDays } = backup;
  const { generation, recoverFrom } = inputs;
  const folder = `${backup.folder}/postgres`;
  return {
    endpoint,
    bucket,
    region,
    folder,
    url: `${endpoint}/${bucket}/${folder}`,
    serverName: nameGeneration(generation),
    ...(generation === 1 ? {} : { source: recoverFrom ?? generation - 1 }),
    retentionDays,
  };
}

export function nameGeneration(generation: number): string {
  return `${POSTGRES.cluster}-${generation}`;
}
