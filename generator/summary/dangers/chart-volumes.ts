// What a chart makes of an app that holds data: volumes that cannot change as they should, and parts that go.
import { formatKeyPath, type KeyPath } from '../../core/key-path.ts';
import type { PlainValue } from '../../core/provenance.ts';
import { asMap, findValues } from '../environment-files.ts';
import type { Danger, KeyChange } from '../summary.ts';
import { findValueChanges, type PathChange } from '../value-changes.ts';
import type { FindDangers } from './danger.ts';
import { describeRefused, findPart, groupBy, isVolume, joinName, nameItems } from './refused-changes.ts';
import { findWayBack } from './way-back.ts';

export const findVolumeDangers: FindDangers = ({ environment, before, filesBefore, filesAfter, after, keys }) =>
  after.apps.flatMap(({ blueprint: { name: app }, plan }): Danger[] => {
    const earlier = before?.apps.find(({ blueprint }) => blueprint.name === app)?.plan.stores ?? [];
    const written = findValues(filesBefore, environment, app);
    if ([...(plan.stores ?? []), ...earlier].length === 0 || written === undefined) return [];
    const values = nameItems(written);
    const next = nameItems(findValues(filesAfter, environment, app) ?? {});
    const changes = findValueChanges(values, next);
    // Sizes only grow, and a class is for ever.
    const volumes = groupBy(changes.filter(isVolume), ({ at }) => joinName(`volume/${app}`, findPart(at)));
    const refused = describeRefused(app, volumes, keys);
    const parts = changes.filter((change) => isSwitchedOff(change, values, next));
    return [
      ...refused,
      ...parts.map(({ at }) => describeSwitchedOff(environment, app, formatKeyPath(at.slice(0, -1)), keys)),
    ];
  });

/** True for the switch of a part of a chart that has volumes, where the part goes. */
function isSwitchedOff({ at, from, to }: PathChange, before: PlainValue, after: PlainValue): boolean {
  if (at.at(-1) !== 'enabled') return false;
  const part = at.slice(0, -1);
  const isOff = to === false || (from === true && to === undefined && findAt(after, part) === undefined);
  return isOff && from !== false && HAS_VOLUMES.test(`${part.join('.')} ${JSON.stringify(findAt(before, part) ?? '')}`);
}

const HAS_VOLUMES = /persisten|volumeclaim|storageclass/i;

function findAt(value: PlainValue | undefined, path: KeyPath): PlainValue | undefined {
  return path.reduce<PlainValue | undefined>((at, part) => asMap(at)[part], value);
}

function describeSwitchedOff(environment: string, app: string, part: string, keys: readonly KeyChange[]): Danger {
  const back = findWayBack(app, keys);
  const copy = `copy the data of ${part} first: docs/${environment}/runbook.md says what can be copied, and how`;
  return {
    name: `component/${app}/${part}`,
    takesEffect: 'commit',
    key: back?.key ?? `apps.${app}`,
    what: `${part} of ${app} is switched off: Argo CD prunes what the chart made for it. Its volumes go with it, or stay with nobody who uses them; what takes its place starts empty.`,
    avoid: back === undefined ? copy : `${back.text}; or ${copy}`,
  };
}
