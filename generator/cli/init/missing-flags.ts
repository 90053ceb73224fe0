// Which flags a run without a terminal still needs, whatever else is undecided.
import { fillDefaults } from './answers.ts';
import type { Given, Question } from './questions.ts';

export interface MissingFlag {
  readonly question: Question;
  /** Set where the flag is needed on one platform only, and the platform is not known. */
  readonly onlyOn?: string;
}

/** Lists all flags that are missing, in the order of the questions. */
export function listMissingFlags(flags: Given): readonly MissingFlag[] {
  const { missing } = fillDefaults(flags);
  const platform = missing.find(({ flag }) => flag === 'platform');
  if (platform === undefined) return missing.map((question) => ({ question }));
  const zcompute = fillDefaults({ ...flags, platform: 'zcompute' }).missing;
  const aws = fillDefaults({ ...flags, platform: 'aws' }).missing;
  return [
    { question: platform },
    ...zcompute.map((question) => (aws.includes(question) ? { question } : { question, onlyOn: 'zcompute' })),
    ...aws.filter((question) => !zcompute.includes(question)).map((question) => ({ question, onlyOn: 'aws' })),
  ];
}
