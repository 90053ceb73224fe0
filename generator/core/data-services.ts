// Names under which the data services of Onyx and those who call them find each other: one app never imports another.

/** Onyx and its data live in one namespace, so that each Secret exists once. */
export const ONYX_NAMESPACE = 'onyx';

const SERVICE_DOMAIN = `${ONYX_NAMESPACE}.svc.cluster.local`;

/** PostgreSQL by CloudNativePG; its operator makes a Service for the primary under `host`. */
export const POSTGRES = {
  cluster: 'onyx-database',
  host: `onyx-database-rw.${SERVICE_DOMAIN}`,
  port: 5432,
  database: 'onyx',
  owner: 'onyx',
  /** Of type kubernetes.io/basic-auth. */
  secret: { name: 'onyx-database-app', username: 'username', password: 'password' },
} as const;

/** The operator of PostgreSQL, and its plugin for backups, which has to be in the same namespace. */
export const POSTGRES_OPERATOR = { namespace: 'cnpg-system', plugin: 'barman-cloud.cloudnative-pg.io' } as const;

export const OPENSEARCH = {
  service: 'onyx-search',
  host: `onyx-search.${SERVICE_DOMAIN}`,
  port: 9200,
  secret: {
    name: 'onyx-search-admin',
    username: 'opensearch_admin_username',
    password: 'opensearch_admin_password',
  },
  /** Certificate of the service by cert-manager; `ca` is the key that callers verify it with. */
  tls: { secret: 'onyx-search-tls', ca: 'ca.crt' },
  /** All indices of Onyx start with this. @see onyx v4.6.1, backend/onyx/configs/embedding_configs.py */
  indices: 'danswer_chunk*',
  /** Snapshot repository, where there is a `backup`. */
  repository: 'backup',
  /**
   * Setting of the cluster that is set once it is decided whether the indices come back from a snapshot. Only where there
   * is a `backup`; any name under `cluster.metadata.` is free.
   * @see OpenSearch 3.6, ClusterService.USER_DEFINED_METADATA
   */
  restoreMark: 'cluster.metadata.rootstock_restore',
} as const;

/** Valkey alone in `single`; in `high` Redis with Sentinel, which callers ask for the master. */
export const REDIS = {
  service: 'onyx-redis',
  host: `onyx-redis.${SERVICE_DOMAIN}`,
  port: 6379,
  /** Headless, with an address for each of three Sentinels, which ask for no password. */
  /** Each by its own name: one that has just started knows no master yet, and a client asks the next. */
  sentinelHosts: [0, 1, 2].map((number) => `onyx-redis-s-${number}.onyx-redis-s-hl.${SERVICE_DOMAIN}`),
  sentinelPort: 26379,
  /** Fixed in redis-operator v0.26.0. */
  masterName: 'mymaster',
  /** In `high`, the master by a label that the operator moves within half a minute: for callers without Sentinel. */
  masterHost: `onyx-redis-master.${SERVICE_DOMAIN}`,
  secret: { name: 'onyx-redis', password: 'redis_password' },
} as const;

/** Files of Onyx: a bucket outside, or SeaweedFS in the cluster under `host`. */
export const OBJECT_STORAGE = {
  service: 'onyx-files',
  host: `onyx-files.${SERVICE_DOMAIN}`,
  port: 8333,
  /** Of the store in the cluster. */
  bucket: 'onyx-files',
  secret: {
    name: 'onyx-object-storage',
    accessKey: 's3_aws_access_key_id',
    secretKey: 's3_aws_secret_access_key',
  },
} as const;

/** Keys of the bucket that backups go to. */
export const BACKUP_STORAGE = {
  secret: { name: 'backup-storage', accessKey: 'ACCESS_KEY_ID', secretKey: 'ACCESS_SECRET_KEY' },
} as const;
