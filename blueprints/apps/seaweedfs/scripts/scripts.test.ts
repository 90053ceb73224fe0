import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasTool } from '../../../../generator/testing/tools.ts';

const SCRIPT = fileURLToPath(new URL('make-bucket.sh', import.meta.url));

interface Answer {
  readonly status: number;
  readonly body?: string;
}

const OURS = { status: 409, body: '<Error><Code>BucketAlreadyOwnedByYou</Code></Error>' };
const THEIRS = { status: 409, body: '<Error><Code>BucketAlreadyExists</Code></Error>' };
const WRONG_KEY = { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };

/** Runs the script against a store that gives these answers, the last one for ever. */
async function makeBucket(answers: readonly Answer[]) {
  const requests: { line: string; login: string }[] = [];
  const server = createServer((request, response) => {
    const { status, body = '' } = answers[Math.min(requests.length, answers.length - 1)]!;
    requests.push({ line: `${request.method} ${request.url}`, login: request.headers.authorization ?? '' });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = {
    PATH: process.env['PATH'] ?? '',
    ACCESS_KEY: 'AK1',
    SECRET_KEY: 'SK1',
    BUCKET: 'onyx-files',
    REGION: 'us-east-1',
    STORE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PAUSE_SECONDS: '0',
    TRIES: '3',
  };
  const child = spawn('sh', [SCRIPT], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise((resolve) => server.close(resolve));
  return { status, output, requests };
}

describe.skipIf(!hasTool('curl'))('blueprints/apps/seaweedfs/scripts/make-bucket.sh', () => {
  it('makes a bucket with a signed request', async () => {
    const { status, output, requests } = await makeBucket([{ status: 200 }]);

    expect([status, output]).toEqual([0, 'make-bucket: made bucket onyx-files\n']);
    expect(requests.map(({ line }) => line)).toEqual(['PUT /onyx-files']);
    expect(requests[0]?.login).toMatch(/^AWS4-HMAC-SHA256 Credential=AK1\/\d{8}\/us-east-1\/s3\/aws4_request/);
  });

  it.each([
    ['leaves a bucket that is there as it is', [OURS], 0, 'is there', 1],
    ['waits for a store that is still starting', [{ status: 503 }, { status: 200 }], 0, 'made bucket', 2],
    ['gives up on keys that are wrong', [WRONG_KEY], 1, '(answer 403): <Error><Code>SignatureDoesNotMatch', 3],
    ["does not take somebody else's bucket for its own", [THEIRS], 1, '(answer 409)', 3],
  ])('%s', async (_title, answers, expected, message, calls) => {
    const { status, output, requests } = await makeBucket(answers);

    expect(status).toBe(expected);
    expect(output).toContain(message);
    expect(requests).toHaveLength(calls);
  });
});
