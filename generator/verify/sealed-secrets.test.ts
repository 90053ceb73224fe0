import { describe, expect, it } from 'vitest';
import { makeFileTree } from '../core/file-tree.ts';
import { listSealedSecrets } from './sealed-secrets.ts';

const SEALED = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: dns-token, namespace: zone }
spec:
  encryptedData: { token: AgB }
  template: { data: { config: 'x' } }
`;
const FOLDER = 'clusters/lab/manifests/external-dns';

describe('generator/verify/sealed-secrets.ts', () => {
  it('says where one lies, what it is for and which keys its Secret gets', () => {
    expect(listIn(`${FOLDER}/sealed-dns-token.yaml`, SEALED)).toEqual([
      {
        environment: 'lab',
        app: 'external-dns',
        path: `${FOLDER}/sealed-dns-token.yaml`,
        name: 'dns-token',
        namespace: 'zone',
        keys: ['config', 'token'],
        encrypted: { token: 'AgB' },
      },
    ]);
  });

  it.each([
    ['a folder below, which Argo CD does not read', `${FOLDER}/more/sealed.yaml`, SEALED, 0],
    ['another ending, which Argo CD is told to leave', `${FOLDER}/sealed.yml`, SEALED, 0],
    ['a folder of values', 'clusters/lab/values/sealed.yaml', SEALED, 0],
    ['another kind', `${FOLDER}/sealed.yaml`, SEALED.replace('kind: SealedSecret', 'kind: Secret # SealedSecret'), 0],
    ['text that does not parse', `${FOLDER}/sealed.yaml`, `${SEALED}\n  :\n- SealedSecret`, 0],
    ['one without a name', `${FOLDER}/sealed.yaml`, 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n', 1],
    ['two in one file', `${FOLDER}/sealed.yaml`, `${SEALED}---\n${SEALED}`, 2],
  ])('reads %s', (_, path, content, count) => {
    expect(listIn(path, content)).toHaveLength(count);
  });
});

function listIn(path: string, content: string) {
  return listSealedSecrets(makeFileTree([{ path, content, kind: 'manifest', origin: '' }]));
}
