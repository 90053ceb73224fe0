import { describe, expect, it } from 'vitest';
import { inputWith } from '../../testing/argo-tree.ts';
import { secrets } from './secrets.ts';

const STORE = `-----BEGIN AGE ENCRYPTED FILE-----\n${'YWdl'.repeat(16)}\nQUJD\n-----END AGE ENCRYPTED FILE-----\n`;

describe('generator/verify/checks/secrets.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(secrets.run(inputWith())).toEqual([]);
  });

  it.each(['data', 'stringData'])('refuses a Secret with %s', (key) => {
    const file = 'clusters/lab/manifests/shop/login.yaml';
    const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\n${key}:\n  user: eA==\n  password: eA==\n`;

    const problems = secrets.run(inputWith({ [file]: text }));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-260',
        severity: 'error',
        place: { file, line: 5, column: 1 },
        message: `Secret login has user, password in ${key}.`,
        hint: expect.stringContaining('seal the Secret'),
      }),
    ]);
  });

  const inList = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, data: { user: 'eA==' } };
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }, inList],
  };

  it.each([
    ['a list, as kubectl prints it', 'clusters/lab/manifests/shop/dump.yaml', list],
    [
      'a list without the kinds of its items',
      'dump.yaml',
      { ...list, kind: 'SecretList', items: [{ ...inList, kind: undefined }] },
    ],
    ['JSON', 'secrets.json', list],
    ['a file that is no manifest', 'notes/login.yaml', inList],
  ])('refuses a Secret in %s', (_name, file, data) => {
    const problems = secrets.run(inputWith({ [file]: JSON.stringify(data) }));

    expect(problems).toMatchObject([{ code: 'VER-260', place: { file }, message: 'Secret login has user in data.' }]);
  });

  it.each([
    ['an empty Secret, which an operator fills', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\ndata: {}\n'],
    [
      'a sealed Secret',
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: login\nspec:\n  encryptedData:\n    user: AgB\n',
    ],
  ])('accepts %s', (_, text) => {
    expect(secrets.run(inputWith({ 'clusters/lab/manifests/shop/login.yaml': text }))).toEqual([]);
  });

  it.each([
    ['one that is whole', STORE],
    ['one with the line ends of Windows', STORE.replaceAll('\n', '\r\n')],
    ['one whose last line is full', STORE.replace('QUJD', 'A'.repeat(64))],
  ])('accepts a store: %s', (_, text) => {
    expect(secrets.run(inputWith({ 'secrets/lab.age': text }))).toEqual([]);
  });

  it.each([
    ['cut off in a line', STORE.slice(0, 90)],
    ['cut off behind a line', STORE.split('\n').slice(0, 2).join('\n')],
    ['empty', ''],
    ['with conflict markers', STORE.replace('QUJD', '<<<<<<< HEAD\nQUJD\n=======\nQUJE\n>>>>>>> other')],
    ['in the clear', 'onyx: password\n'],
    ['without its first lines', STORE.split('\n').slice(1).join('\n')],
  ])('VER-264: refuses a store that is %s', (_, text) => {
    expect(secrets.run(inputWith({ 'secrets/lab.age': text }))).toMatchObject([
      {
        code: 'VER-264',
        severity: 'error',
        place: { file: 'secrets/lab.age' },
        hint: 'git checkout HEAD -- secrets/lab.age',
      },
    ]);
  });

  it.each([
    ['a private key', ['-----BEGIN OPENSSH', 'PRIVATE KEY-----'].join(' ')],
    ['a private key', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
    ['an age secret key', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`],
    ['a GitHub token', `ghp_${'a1'.repeat(18)}`],
    ['a GitHub token', `github_pat_${'a1'.repeat(41)}`],
    ['a GitLab token', `glpat-${'a1'.repeat(10)}`],
    ['an AWS access key id', `AKIA${'A1'.repeat(8)}`],
    ['a Slack token', `xoxb-${'1'.repeat(12)}`],
    ['a Hugging Face token', `hf_${'a1'.repeat(17)}`],
    ['an OpenAI key', `sk-proj-${'a1'.repeat(24)}`],
    ['a URL with a password', ['https://robot', 'hunter22@git.example.com/x.git'].join(':')],
  ])('refuses %s in any file, without repeating it', (what, text) => {
    const problems = secrets.run(inputWith({ 'docs/notes.md': `first line\nsee ${text} here\n` }));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-261',
        severity: 'error',
        place: expect.objectContaining({ file: 'docs/notes.md', line: 2 }),
        message: `docs/notes.md has what looks like ${what}.`,
        hint: expect.stringContaining('make a new one'),
      }),
    ]);
    expect(JSON.stringify(problems)).not.toContain(text);
  });

  it.each([
    ['a public SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops'],
    ['an SSH URL with a user', 'ssh://git@git.example.com:2222/acme/x.git'],
    ['a port', 'http://localhost:8080/x@y'],
    ['a placeholder in a URL', ['https://$USER', '$PASSWORD@git.example.com'].join(':')],
    ['a certificate', '-----BEGIN CERTIFICATE-----'],
    ['a digest', `sha256:${'0a'.repeat(32)}`],
  ])('lets %s be', (_, text) => {
    expect(secrets.run(inputWith({ 'docs/notes.md': `${text}\n` }))).toEqual([]);
  });

  it('reads long encoded text in no time', () => {
    const started = performance.now();

    secrets.run(inputWith({ 'terraform/blob.txt': 'aB3+'.repeat(100_000) }));

    expect(performance.now() - started).toBeLessThan(1000);
  });
});
