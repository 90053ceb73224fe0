import { describe, expect, it } from 'vitest';
import { type ApiRequest, GithubDescription } from './github-openapi.ts';

const github = new GithubDescription();
const HEADERS = { accept: 'application/vnd.github.v3+json', 'user-agent': 'rootstock/0.1.0' };

describe('generator/testing/github-openapi', () => {
  it.each([
    ['a pull request', request('POST', '/repos/acme/ai/pulls', { title: 'a', head: 'b', base: 'c' }), []],
    ['a key without a key', request('POST', '/repos/acme/ai/keys', { title: 'a' }), ["required property 'key'"]],
    ['a misspelt key', request('PATCH', '/repos/acme/ai/pulls/1', { titel: 'a' }), ['unknown titel']],
    ['a number for a text', request('PATCH', '/repos/acme/ai/pulls/1', { title: 1 }), ['must be string']],
    ['a state that is none', request('GET', '/repos/acme/ai/pulls?state=merged'), ['must be equal to one of']],
    ['an unknown query', request('GET', '/repos/acme/ai?deep=true'), ['unknown query deep']],
    ['a body where none belongs', request('DELETE', '/repos/acme/ai/keys/1', {}), ['has a body']],
    ['a name for a number', request('GET', '/repos/acme/ai/hooks/x'), ['must be integer']],
    ['a client without a name', { ...request('GET', '/meta'), headers: { accept: 'application/json' } }, ['calls']],
  ])('holds %s against the description', (_name, sent, says) => {
    const operation = github.find(sent);
    const wrong = operation === undefined ? ['unknown'] : github.check(operation, sent);

    expect(wrong).toEqual(says.map((text) => expect.stringContaining(text)));
  });

  it('knows no other paths', () => {
    const found = github.find({ method: 'POST', path: '/repos/acme/ai/pull' });

    expect(found).toBeUndefined();
  });

  it('holds its own examples to be right, and changed ones to be wrong', () => {
    const operation = github.find({ method: 'GET', path: '/repos/acme/ai/hooks/1' })!;
    const example = github.example(operation, 200) as object;

    expect(github.checkAnswer(operation, 200, example)).toEqual([]);
    expect(github.checkAnswer(operation, 200, { ...example, active: 1 })).toHaveLength(1);
  });
});

function request(method: string, address: string, body?: unknown): ApiRequest {
  const { pathname: path, searchParams: query } = new URL(address, 'http://localhost');
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return { method, path, query, headers: { ...HEADERS, ...type }, body };
}
