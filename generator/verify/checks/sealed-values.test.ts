import { describe, expect, it } from 'vitest';
import { inputWith } from '../../testing/argo-tree.ts';
import { sealedValues } from './sealed-values.ts';

const FILE = 'clusters/lab/manifests/shop/sealed-login.yaml';

function run(value: string, template = 'name: login, namespace: shop') {
  const text = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: login
  namespace: shop
spec:
  encryptedData:
    user: ${value}
  template:
    metadata: { ${template} }
`;
  return sealedValues.run(inputWith({ [FILE]: text }));
}

/** As many bytes as the controller's format starts with, and some more. */
const sealed = (length: number) => Buffer.from([length >> 8, length & 255, 1, 2, 3]).toString('base64');

describe('generator/verify/checks/sealed-values.ts', () => {
  it.each([
    ['RSA 4096', sealed(512)],
    ['RSA 3072', sealed(384)],
    ['RSA 2048', sealed(256)],
  ])('has nothing against what is sealed with %s', (_, value) => {
    expect(run(value)).toEqual([]);
  });

  it.each([
    ['plain text', 'hunter22'],
    ['a password in base64', Buffer.from('a password').toString('base64')],
    ['text that is no base64', '"pa:ss"'],
    ['a number', '12345678'],
    ['nothing', '""'],
  ])('VER-262: refuses %s, and does not repeat it', (_, value) => {
    const problems = run(value);

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-262',
        severity: 'error',
        place: { file: FILE, line: 8, column: 5 },
        hint: expect.stringContaining('rootstock secrets seal'),
      }),
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter22');
  });

  it.each([
    ['name', 'name: other, namespace: shop', 'other'],
    ['namespace', 'name: login, namespace: other', 'other'],
  ])('VER-263: refuses a template of another %s', (key, template, made) => {
    expect(run(sealed(512), template)).toEqual([
      expect.objectContaining({
        code: 'VER-263',
        place: { file: FILE, line: 10, column: expect.any(Number) },
        message: expect.stringContaining(`${key} `),
        hint: `seal the Secret anew for ${made}`,
      }),
    ]);
  });

  it('needs no template', () => {
    expect(run(sealed(512), '')).toEqual([]);
  });
});
