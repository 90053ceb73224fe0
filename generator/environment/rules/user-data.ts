// What the file writes into the user data of the first control node fits; certificates have a rule of their own.
import type { ProblemKind } from '../../core/problem.ts';
import { findLongestText, findUserDataRoom, USER_DATA_LIMIT } from '../user-data-room.ts';
import type { Rule } from './rule.ts';

const FULL: ProblemKind = {
  code: 'NODE-014',
  title: 'The user data of the control nodes is full',
  explanation:
    'Clouds limit user data to 16,384 bytes after compression, and refuse the node at terraform apply, when the network stands already. Most of it are scripts and the first manifests; what is left is for hosts that are reached without the proxy, labels, the inputs of Argo CD, and the key of a GitHub App.',
};

export const userData: Rule = {
  kinds: [FULL],
  check(environment) {
    const over = -findUserDataRoom(environment);
    if (over <= 0) return [];
    const { at, bytes } = findLongestText(environment);
    const app = environment.repository.access === 'githubApp' ? ', or write repository.access: token' : '';
    const message = `User data would take some ${USER_DATA_LIMIT + over} bytes, ${over} too many; ${at.join('.')} takes some ${bytes} of them.`;
    return [{ kind: FULL, at, message, hint: `take ${over} bytes out of ${at.join('.')}${app}` }];
  },
};
