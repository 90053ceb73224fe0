import { describe, expect, it } from 'vitest';
import type { KeyChange } from '../summary.ts';
import { findWayBack } from './way-back.ts';

function change(path: string, from?: string | boolean): KeyChange {
  return { path, takesEffect: 'commit', ...(from === undefined ? {} : { from }) };
}

describe('generator/summary/dangers/way-back.ts', () => {
  it.each([
    { name: 'nothing', keys: [], back: undefined },
    { name: 'its own switch', keys: [change('apps.demo.enabled', true)], back: 'write apps.demo.enabled: true' },
    {
      name: 'its own switch, with the availability',
      keys: [change('apps.demo.enabled', true), change('availability', 'high')],
      back: 'write apps.demo.enabled: true',
    },
    { name: 'the availability', keys: [change('availability', 'high')], back: 'write availability: high' },
    {
      name: 'an availability that was not written',
      keys: [change('availability')],
      back: 'write availability: single',
    },
    {
      name: 'the availability, with what no app follows',
      keys: [change('availability', 'high'), change('cluster.version', 'v1.35.9+k3s1')],
      back: 'write availability: high',
    },
    {
      name: 'the availability or the files',
      keys: [change('availability', 'high'), change('objectStorage')],
      back: undefined,
    },
    {
      name: 'the availability or another app',
      keys: [change('availability', 'high'), change('apps.onyx.enabled', true)],
      back: undefined,
    },
  ])('says what to type where one key tells: $name', ({ keys, back }) => {
    const found = findWayBack('demo', keys);

    expect(found?.text).toBe(back);
  });
});
