import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { reservedNames } from './reserved-names.ts';

describe('generator/environment/rules/reserved-names', () => {
  it.each(['sg', 'sg-lab', 'internal', 'internal-ai'])('refuses %s', (name) => {
    const found = runRule(reservedNames, makeEnvironment({ metadata: { name } }));

    expect(found).toMatchObject([{ code: 'NAME-005', key: 'metadata.name', hint: `write name: my-${name}` }]);
  });

  it.each(['sgx', 'prod', 'lab-internal', 'internals'])('accepts %s', (name) => {
    expect(runRule(reservedNames, makeEnvironment({ metadata: { name } }))).toEqual([]);
  });
});
