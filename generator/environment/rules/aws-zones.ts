// Availability zones are those of the region, and `high` has three.
import type { ProblemKind } from '../../core/problem.ts';
import type { Rule } from './rule.ts';

const OTHER_REGION: ProblemKind = {
  code: 'AWS-001',
  title: 'An availability zone belongs to another region',
  explanation: 'The name of a zone is the name of its region and a letter.',
};
const TOO_FEW: ProblemKind = {
  code: 'AWS-002',
  title: 'High availability on AWS needs three zones',
  explanation:
    'Three control nodes in fewer than three zones put two of them in one: losing that zone loses the majority of etcd, and with it the cluster.',
};

export const awsZones: Rule = {
  kinds: [OTHER_REGION, TOO_FEW],
  check: ({ platform, availability }) => {
    if (platform.kind !== 'aws') return [];
    const { region, availabilityZones: zones } = platform;
    const at = ['platform', 'availabilityZones'];
    const strangers = zones.flatMap((zone, index) =>
      zone.slice(0, -1) === region
        ? []
        : [
            {
              kind: OTHER_REGION,
              at: [...at, index],
              message: `${zone} is not a zone of platform.region, which is ${region}.`,
              hint: `write ${region}${zone.slice(-1)}`,
            },
          ],
    );
    if (availability !== 'high' || zones.length === 3) return strangers;
    const message = `availability is high, but ${zones.length === 1 ? 'only one zone is' : `only ${zones.length} zones are`} given.`;
    const hint = `write availabilityZones: [${['a', 'b', 'c'].map((letter) => `${region}${letter}`).join(', ')}]`;
    return [...strangers, { kind: TOO_FEW, at, message, hint }];
  },
};
