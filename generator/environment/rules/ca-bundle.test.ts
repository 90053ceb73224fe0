import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_CA } from '../../testing/certificates.ts';
import { FACTS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { makeSizedCertificate } from '../../testing/sized-certificate.ts';
import { findCertificateRoom } from '../user-data-room.ts';
import { caBundle } from './ca-bundle.ts';

const run = (bundle: string, now?: Date) =>
  runRule(caBundle, makeEnvironment({ egress: { caBundle: bundle } }), {
    ...FACTS,
    ...(now === undefined ? {} : { now }),
  });

describe('generator/environment/rules/ca-bundle', () => {
  it.each([
    { name: 'no bundle', patch: {} },
    { name: 'one certificate', patch: { egress: { caBundle: EXAMPLE_CA } } },
    { name: 'several with comments', patch: { egress: { caBundle: `# root\n${EXAMPLE_CA}\n# again\n${EXAMPLE_CA}` } } },
  ])('accepts $name', ({ patch }) => {
    const findings = runRule(caBundle, makeEnvironment(patch));

    expect(findings).toEqual([]);
  });

  it.each([
    {
      name: 'something else',
      bundle: 'our CA',
      code: 'EGRESS-004',
      says: 'holds no certificate in PEM',
      hint: 'write caBundle: |, and the output of openssl x509 -in FILE',
    },
    {
      name: 'a certificate and what openssl prints for people',
      bundle: `Certificate:\n  Data:\n${EXAMPLE_CA}`,
      code: 'EGRESS-004',
      says: 'holds something beside its certificate.',
      hint: 'write caBundle: |, and the output of openssl x509 -in FILE',
    },
    {
      name: 'a certificate that was cut',
      bundle: EXAMPLE_CA + EXAMPLE_CA.replace(/DTI2MT.*\n/, ''),
      code: 'EGRESS-004',
      says: 'Certificate 2 of egress.caBundle cannot be read',
      hint: 'copy it again; openssl x509 -in FILE -noout -subject must read it',
    },
    {
      name: 'a private key',
      bundle: `${EXAMPLE_CA}-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n`,
      code: 'EGRESS-005',
      says: 'contains a private key',
      hint: 'leave only the blocks between BEGIN and END CERTIFICATE',
    },
    {
      name: 'too much',
      bundle: EXAMPLE_CA.repeat(10),
      code: 'EGRESS-007',
      says: `The 10 certificates take 4340 bytes, and user data has room for ${findCertificateRoom(makeEnvironment())}.`,
      hint: 'leave out what nodes can do without: Example Root CA, Example Root CA',
    },
  ])('refuses $name', ({ bundle, code, says, hint }) => {
    const findings = run(bundle);

    expect(findings).toMatchObject([{ code, key: 'egress.caBundle' }]);
    expect(findings[0]?.message).toContain(says);
    expect(findings[0]?.hint).toContain(hint);
  });

  it.each([
    { access: 'deployKey', beside: '', also: '' },
    { access: 'githubApp', beside: ' beside the key of the GitHub App', also: ', or write repository.access: token' },
  ])(
    'takes as much as there is room for with access: $access, and not a byte more',
    async ({ access, beside, also }) => {
      const environment = makeEnvironment({ repository: { access } });
      const room = findCertificateRoom(environment);
      const check = async (bytes: number) =>
        runRule(caBundle, {
          ...environment,
          egress: { ...environment.egress, caBundle: await makeSizedCertificate(bytes) },
        });

      const full = await check(room);
      const over = await check(room + 1);

      expect(full).toEqual([]);
      expect(over).toEqual([
        {
          code: 'EGRESS-007',
          key: 'egress.caBundle',
          message: `Example CA takes ${room + 1} bytes, and user data has room for ${room}${beside}.`,
          hint: `use a root with a smaller key${also}`,
        },
      ]);
    },
  );

  it('repeats nothing of a private key', () => {
    const secret = randomBytes(48).toString('base64');

    const findings = run(`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`);

    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  it('refuses what has expired, at the time that it is told', () => {
    const before = run(EXAMPLE_CA, new Date('2046-11-16'));
    const after = run(EXAMPLE_CA, new Date('2046-11-19'));

    expect(before).toEqual([]);
    expect(after).toEqual([
      {
        code: 'EGRESS-006',
        key: 'egress.caBundle',
        message: 'Example Root CA expired on 2046-11-17.',
        hint: 'replace it with its successor, or remove it',
      },
    ]);
  });
});
