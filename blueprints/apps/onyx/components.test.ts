import { describe, expect, it } from 'vitest';
import { COMPONENTS, listExceptions, SLACKBOT } from './components.ts';

describe('blueprints/apps/onyx/components.ts', () => {
  it.each([
    ['primary Celery worker', 'While it is updated there are two'],
    ['Celery beat', 'queued twice'],
  ])('says of the one %s that an update makes it two for a while', (name, text) => {
    const exception = listExceptions(COMPONENTS).find(({ what }) => what.startsWith(`Onyx has one ${name}`));

    expect(exception?.onNodeLoss).toContain(text);
    expect(exception?.onNodeLoss).toContain('five to seven minutes');
  });

  it('says nothing of updates where nothing is to be said', () => {
    expect(listExceptions([SLACKBOT])).toEqual([
      { what: 'Onyx has one Slackbot: the chart offers no more.', onNodeLoss: SLACKBOT.alone?.onNodeLoss },
    ]);
  });
});
