// An S3 store for tests of scripts: holds one bucket in memory, lists it, and refuses requests that are not signed well.
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BucketSettings {
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly keys?: readonly string[];
}

export interface FakeBucket {
  /** URL without a trailing slash. */
  readonly endpoint: string;
  /** What was asked: method and path with query. */
  readonly requests: readonly string[];
  /** Objects; their content does not matter here. */
  readonly keys: Set<string>;
  /** Answers everything with this instead. */
  broken?: { readonly status: number; readonly body: string };
  close(): Promise<void>;
}

/** Starts a store on a free port of this machine; whoever starts it closes it. */
export async function startFakeBucket(settings: BucketSettings): Promise<FakeBucket> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const [status, body] =
      store.broken === undefined ? answer(request, settings, store.keys) : [store.broken.status, store.broken.body];
    send(response, status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const store: FakeBucket = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    keys: new Set(settings.keys),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return store;
}

function answer(request: IncomingMessage, settings: BucketSettings, keys: ReadonlySet<string>): [number, string] {
  const refusal = findRefusal(request, settings);
  if (refusal !== undefined) return [403, error(refusal)];
  const url = new URL(request.url ?? '/', 'http://store');
  if (request.method !== 'GET') return [405, error('MethodNotAllowed')];
  if (url.pathname.replace(/\/$/, '') !== `/${settings.bucket}`) return [404, error('NoSuchBucket')];
  return [200, list(url.searchParams, keys)];
}

/** As ListObjects of the first version answers, in order of the keys. */
function list(query: URLSearchParams, keys: ReadonlySet<string>): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const max = Number(query.get('max-keys') ?? '1000');
  const found = new Set(
    [...keys]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => {
        const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        return end < 0
          ? `<Contents><Key>${key}</Key></Contents>`
          : `<CommonPrefixes><Prefix>${key.slice(0, end + 1)}</Prefix></CommonPrefixes>`;
      }),
  );
  const shown = [...found].slice(0, max);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>${prefix}</Prefix><IsTruncated>${found.size > max}</IsTruncated>${shown.join('')}</ListBucketResult>`;
}

/**
 * The error code of a request that is not signed as it should be; undefined if it is.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function findRefusal(request: IncomingMessage, { accessKey, secretKey, region }: BucketSettings): string | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, id, day, signedRegion, signedHeaders = '', signature] = form.exec(request.headers.authorization ?? '') ?? [];
  if (id === undefined || day === undefined) return 'AccessDenied';
  if (id !== accessKey) return 'InvalidAccessKeyId';
  if (signedRegion !== region) return 'AuthorizationHeaderMalformed';
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return 'AccessDenied';
  const moment = String(request.headers['x-amz-date']);
  if (!moment.startsWith(day)) return 'AccessDenied';
  const url = new URL(request.url ?? '/', 'http://store');
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', moment, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretKey}`,
  );
  const expected = createHmac('sha256', key).update(text).digest('hex');
  return signature === expected ? undefined : 'SignatureDoesNotMatch';
}

function canonicalQuery(url: URL): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function error(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(body);
}
