import { describe, expect, it } from 'vitest';
import { FAKE_SECRETS, findPiece } from '../testing/fake-secrets.ts';
import { ED25519_KEY } from '../testing/make-environment.ts';
import { HIDDEN, hideSecrets } from './hide-secrets.ts';
import { makeProblem } from './problem.ts';

describe('generator/core/hide-secrets', () => {
  it.each(FAKE_SECRETS)('hides $what, whatever stands around it', ({ text }) => {
    const said = ['"%" is none of a, b.', 'apps.%.replicas', 'See %.', 'ENOENT: %', '--token=%', '*%'];

    const hidden = said.map((sentence) => hideSecrets(sentence.replace('%', text)));

    expect(hidden.map((sentence) => findPiece(sentence, text))).toEqual(said.map(() => undefined));
    expect(hidden[0]).toBe(`"${HIDDEN}" is none of a, b.`.replace(HIDDEN, hideSecrets(text)));
    expect(hideSecrets(hidden.join('\n'))).toBe(hidden.join('\n'));
  });

  it('hides the short last line of a key with the lines before it', () => {
    const line = FAKE_SECRETS.find(({ what }) => what === 'a line of an OpenSSH key')?.text ?? '';

    const plain = hideSecrets(`${line}\n${line}\nuC4vXq0ZbT8nHs==`);
    const quoted = hideSecrets(JSON.stringify(`${line}\r\nuC4vXq0ZbT8nHs==\n`));

    expect([plain, quoted]).toEqual([HIDDEN, `"${HIDDEN}\\n"`]);
  });

  it.each(FAKE_SECRETS)('hides $what in a Problem', ({ text }) => {
    const kind = { code: 'X-001', title: 'x', explanation: 'x' };

    const problem = makeProblem(kind, { place: { file: text }, key: [text], message: `${text} is wrong.`, hint: text });

    expect(findPiece(JSON.stringify(problem), text)).toBeUndefined();
  });

  it.each([
    { what: 'password', url: 'https://x-token:not-real@github.com/a.git', shown: 'https://…@github.com/a.git' },
    { what: 'password with an @', url: 's3://key:p@ss@example.com', shown: 's3://…@example.com' },
    { what: 'token alone', url: 'https://not-real@github.com/a.git', shown: 'https://…@github.com/a.git' },
    { what: 'password of git', url: 'ssh://git:not-real@example.com/a', shown: 'ssh://…@example.com/a' },
  ])('hides a $what in a URL', ({ url, shown }) => {
    expect(hideSecrets(`${url} is wrong`)).toBe(`${shown} is wrong`);
  });

  it.each([
    { what: 'a public SSH key', text: ED25519_KEY },
    { what: 'a URL of Git over SSH', text: 'ssh://git@git.example.com:2222/Acme/AI-Platform-2026.git' },
    { what: 'a user of SSH', text: 'ssh://deploy@git.example.com/acme/ai.git' },
    { what: 'another URL of Git', text: 'git@github.com:Acme-Corporation/AI-Platform-For-Production-2026.git' },
    { what: 'a digest', text: 'sha256:0F1e'.toLowerCase() + '0a1b2c3d'.repeat(8) },
    { what: 'a commit', text: 'a7fe72f04b1c6d8e9f0a1b2c3d4e5f6a7b8c9d0e' },
    { what: 'an ARN', text: 'arn:aws:iam::123456789012:role/AmazonEKSClusterAutoscalerRole2026' },
    {
      what: 'a load balancer',
      text: 'a1b2c3d4e5f60718293a4b5c6d7e8f90-0123456789abcdef.elb.eu-central-1.amazonaws.com',
    },
    { what: 'a PCI id', text: '0x10DE:0x27B8' },
    { what: 'a language model', text: 'qwen3:30b-a3b-instruct-2507-q4_K_M' },
    { what: 'another language model', text: 'hf.co/unsloth/DeepSeek-R1-Distill-Qwen-32B-GGUF:Q4_K_M' },
    { what: 'a model with a long name', text: 'DeepSeek-R1-Distill-Qwen-32B-Instruct-GGUF-Q4_K_M' },
    { what: 'a path', text: '/Users/Alice/Documents/Projects2026/AI-Platform/environments/Prod.yaml' },
    { what: 'a label', text: 'node-restriction.kubernetes.io/MyTeamName2026' },
    { what: 'a UUID', text: '3F2504E0-4F89-11D3-9A0C-0305E82C3301' },
    { what: 'a hosted zone', text: 'Z0123456789ABCDEFGHIJKL' },
    { what: 'a certificate', text: '-----BEGIN CERTIFICATE-----' },
    { what: 'the beginning of a token alone', text: 'ghp_ and glpat- are beginnings of tokens' },
  ])('shows $what', ({ text }) => {
    expect(hideSecrets(text)).toBe(text);
  });

  it('reads long encoded text in no time', () => {
    const started = performance.now();

    hideSecrets(`${'aB3+'.repeat(250_000)} ${'https://'.repeat(10_000)} ${'a:b@'.repeat(100_000)}`);

    expect(performance.now() - started).toBeLessThan(2000);
  });
});
