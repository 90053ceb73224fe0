import { describe, expect, it } from 'vitest';
import { joinPem, readPem } from './pem.ts';

const block = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

describe('generator/core/pem.ts', () => {
  it.each([
    ['one certificate', block('AAAA'), block('AAAA')],
    ['two, in their order', block('BBBB') + block('AAAA'), block('BBBB') + block('AAAA')],
    [
      'comments and blank lines',
      `# Root\n\n${block('AAAA')}\n\n# Proxy\n${block('BBBB')}`,
      block('AAAA') + block('BBBB'),
    ],
    ['Windows line ends and indentation', block('AAAA').replaceAll('\n', '\r\n  '), block('AAAA')],
    ['nothing', 'nothing', ''],
  ])('joins %s', (_title, text, joined) => {
    expect(joinPem(text)).toBe(joined);
  });

  it.each([
    ['a certificate alone', block('AAAA'), false],
    ['a comment', `# CA\n${block('AAAA')}`, false],
    ['a key beside it', `${block('AAAA')}-----BEGIN PRIVATE KEY-----\n`, true],
    ['text of openssl', `Certificate:\n${block('AAAA')}`, true],
  ])('tells whether there is more: %s', (_title, text, others) => {
    expect(readPem(text).others).toBe(others);
  });
});
