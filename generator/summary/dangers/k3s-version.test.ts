import { describe, expect, it } from 'vitest';
import { SMALL } from '../../testing/plan-builder.ts';
import { summariseChange } from '../../testing/summarise-change.ts';

const NO_APPS = { before: [], after: [] };

function withVersion(version: string | undefined): object {
  return { ...SMALL, cluster: { ...SMALL.cluster, ...(version === undefined ? {} : { version }) } };
}

describe('generator/summary/dangers/k3s-version.ts', () => {
  it.each([
    { name: 'an older minor', from: 'v1.35.9+k3s1', to: 'v1.34.8+k3s1', found: true },
    { name: 'an older patch', from: 'v1.35.9+k3s1', to: 'v1.35.8+k3s1', found: true },
    { name: 'an older build', from: 'v1.35.9+k3s2', to: 'v1.35.9+k3s1', found: true },
    { name: 'an older one in place of the default', from: undefined, to: 'v1.34.8+k3s1', found: true },
    { name: 'a newer minor', from: 'v1.34.8+k3s1', to: 'v1.35.9+k3s1', found: false },
    { name: 'a patch that is newer as a number', from: 'v1.35.9+k3s1', to: 'v1.35.10+k3s1', found: false },
    { name: 'the default, written', from: undefined, to: 'v1.35.9+k3s1', found: false },
  ])('finds a k3s that goes back: $name ($found)', ({ from, to, found }) => {
    const dangers = summariseChange(withVersion(from), withVersion(to), NO_APPS)?.dangers ?? [];

    expect(dangers).toEqual(
      found
        ? [
            {
              name: 'k3s-version',
              takesEffect: 'node replacement',
              key: 'cluster.version',
              what: expect.stringContaining(`run k3s ${to}, older than ${from ?? 'v1.35.9+k3s1'}`),
              avoid: expect.stringMatching(
                `^write version: ${(from ?? 'v1.35.9+k3s1').replace('+', '.')} under cluster`,
              ),
            },
          ]
        : [],
    );
  });

  it('reads the file where the version of now cannot plan what was there', () => {
    const [from, to] = [withVersion('v1.35.9+k3s1'), withVersion('v1.34.8+k3s1')];

    const dangers = summariseChange(from, to, NO_APPS, { plans: false })?.dangers;

    expect(dangers?.map(({ name }) => name)).toEqual(['k3s-version']);
  });
});
