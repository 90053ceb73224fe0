// What every process of Onyx reads from its environment: where its data is, and how it behaves.
import { isAwsHost } from '../../../generator/core/aws-hosts.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, OPENSEARCH, POSTGRES, REDIS } from '../../../generator/core/data-services.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { BARE_SERVICES, SEARCH_CA_FOLDER } from './names.ts';
import { planSiteUrl } from './site.ts';

/**
 * Seconds between two words of a model. A model that is loaded first says nothing for minutes.
 * @see https://github.com/onyx-dot-app/onyx/blob/v4.6.1/backend/onyx/configs/chat_configs.py (60 by default)
 */
const MODEL_SILENCE_SECONDS = 900;

/** Values are text: the chart leaves out what counts as empty, a 0 included. */
export function planSettings(context: AppContext<Inputs>): YamlMap {
  const { inputs, availability, oidc } = context;
  return {
    WEB_DOMAIN: from('ingress.domain', planSiteUrl(context)),
    POSTGRES_HOST: POSTGRES.host,
    POSTGRES_PORT: String(POSTGRES.port),
    POSTGRES_DB: POSTGRES.database,
    OPENSEARCH_HOST: OPENSEARCH.host,
    OPENSEARCH_REST_API_PORT: String(OPENSEARCH.port),
    OPENSEARCH_VERIFY_CERTS: 'true',
    OPENSEARCH_CA_CERTS: `${SEARCH_CA_FOLDER}/${OPENSEARCH.tls.ca}`,
    // Read when an index is made: a copy on another node, which one node cannot hold.
    OPENSEARCH_INDEX_NUM_REPLICAS: from('availability', availability.mode === 'high' ? '1' : '0'),
    ...planRedis(context),
    ...planObjectStorage(context),
    ...planProxy(context),
    ...planEmailDomains(oidc?.emailDomains ?? []),
    LLM_SOCKET_READ_TIMEOUT: String(MODEL_SILENCE_SECONDS),
    MAX_ALLOWED_UPLOAD_SIZE_MB: from('apps.onyx.maxUploadMB', String(inputs.maxUploadMB)),
    DEFAULT_USER_FILE_MAX_UPLOAD_SIZE_MB: from('apps.onyx.maxUploadMB', String(inputs.maxUploadMB)),
    LOG_LEVEL: from('apps.onyx.logLevel', inputs.logLevel),
    // Of a private platform nothing is reported.
    DISABLE_TELEMETRY: 'true',
  };
}

/** In `high` Onyx asks Sentinel who the master is, at each connection. */
function planRedis({ availability }: AppContext<Inputs>): YamlMap {
  const alone = { REDIS_HOST: REDIS.host, REDIS_PORT: String(REDIS.port) };
  if (availability.mode === 'single') return alone;
  return {
    ...alone,
    REDIS_SENTINEL_HOSTS: from(
      'availability',
      REDIS.sentinelHosts.map((host) => `${host}:${REDIS.sentinelPort}`).join(','),
    ),
    REDIS_SENTINEL_MASTER_NAME: REDIS.masterName,
  };
}

/**
 * boto3 sends checksums since 1.36 that other stores than Amazon's may refuse; Onyx v4.6.1 has 1.39.11.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html
 */
const PLAIN_CHECKSUMS: YamlMap = {
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
};

function planObjectStorage({ objectStorage }: AppContext<Inputs>): YamlMap {
  if (objectStorage?.kind !== 's3')
    return {
      S3_ENDPOINT_URL: `http://${OBJECT_STORAGE.host}:${OBJECT_STORAGE.port}`,
      S3_FILE_STORE_BUCKET_NAME: OBJECT_STORAGE.bucket,
      AWS_REGION_NAME: 'us-east-1',
      ...PLAIN_CHECKSUMS,
    };
  const { endpoint, bucket, region } = objectStorage;
  return {
    S3_ENDPOINT_URL: from('objectStorage.endpoint', endpoint),
    S3_FILE_STORE_BUCKET_NAME: from('objectStorage.bucket', bucket),
    AWS_REGION_NAME: from('objectStorage.region', region),
    ...(isAwsHost(new URL(endpoint).hostname) ? {} : PLAIN_CHECKSUMS),
    // Onyx trusts any certificate unless told otherwise.
    S3_VERIFY_SSL: endpoint.startsWith('https:') ? 'true' : undefined,
  };
}

/** Model servers and the API are called by bare name. */
function planProxy({ egress: { proxy } }: AppContext<Inputs>): YamlMap {
  if (proxy === undefined) return {};
  const url: YamlValue = from('egress.proxy.url', proxy.url);
  const direct = [...new Set([...proxy.noProxy, ...BARE_SERVICES])].sort();
  return { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: from('egress.proxy.noProxy', direct.join(',')) };
}

/** Holds for accounts with passwords too, which anybody can make who reaches the site. */
function planEmailDomains(domains: readonly string[]): YamlMap {
  return domains.length === 0
    ? {}
    : { VALID_EMAIL_DOMAINS: from('auth.oidc.emailDomains', [...domains].sort().join(',')) };
}
