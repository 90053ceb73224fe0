// Every problem of the secrets room.
import type { ProblemKind } from '../core/problem.ts';

export const LOCKED: ProblemKind = {
  code: 'SEC-001',
  title: 'The store of secrets is locked',
  explanation:
    'The store is encrypted with age. Set ROOTSTOCK_AGE_KEY_FILE (or ROOTSTOCK_AGE_KEY) for a store that has recipients, ROOTSTOCK_PASSPHRASE_FILE (or ROOTSTOCK_PASSPHRASE) for one with a passphrase; in a terminal you are asked.',
};
export const CANNOT_OPEN: ProblemKind = {
  code: 'SEC-002',
  title: 'The store of secrets does not open',
  explanation:
    'The passphrase is wrong, the store was not encrypted for your age key, or the file is damaged. Git has its older versions; `rootstock secrets restore` puts a backup in its place.',
};
export const BROKEN_STORE: ProblemKind = {
  code: 'SEC-003',
  title: 'The store of secrets cannot be read',
  explanation:
    'The file is cut off, has conflict markers, or was written by something else. Take it back from Git or from a backup; a living cluster still has all values: `docs/<environment>/secrets.md` tells how to get them.',
};
export const WRONG_ENVIRONMENT: ProblemKind = {
  code: 'SEC-004',
  title: 'The store belongs to another environment',
  explanation: 'Each environment has a store of its own, so that staging cannot open the secrets of production.',
};
export const NO_STORE: ProblemKind = {
  code: 'SEC-005',
  title: 'There is no store of secrets',
  explanation: 'The environment has none yet: `rootstock secrets init` makes it.',
};
export const UNKNOWN_SECRET: ProblemKind = {
  code: 'SEC-006',
  title: 'The environment has no such secret',
  explanation:
    'A secret is named by namespace, Secret and key (`onyx/onyx-redis/redis_password`), or by its Terraform variable (`terraform/agent_token`). `rootstock secrets list` shows all of them.',
};
export const NOT_SET: ProblemKind = {
  code: 'SEC-007',
  title: 'The secret has no value',
  explanation:
    'Nobody has given it yet, or what it is made from has no value. `rootstock secrets set` takes a value, `rootstock secrets generate` makes those that can be made.',
};
export const UNFIT_VALUE: ProblemKind = {
  code: 'SEC-008',
  title: 'The value does not fit',
  explanation: 'It is empty, too large, or not what the reader of the secret needs. The message never shows the value.',
};
export const WILL_NOT_ROTATE: ProblemKind = {
  code: 'SEC-009',
  title: 'The secret cannot simply change',
  explanation:
    'Data or a running service is bound to the value, so that a new one takes more than sealing it. The hint names the procedure.',
};
export const ALREADY_THERE: ProblemKind = {
  code: 'SEC-010',
  title: 'Something is there already',
  explanation: 'Rootstock does not overwrite a store, a key or a variables file that may be the only copy.',
};
export const BAD_RECIPIENT: ProblemKind = {
  code: 'SEC-011',
  title: 'Not a public age key',
  explanation: 'A recipient is a public key such as `age1…`, as age-keygen prints it; never the private one.',
};
export const BAD_UNLOCK: ProblemKind = {
  code: 'SEC-012',
  title: 'Not a private age key',
  explanation:
    'The file or variable must hold a line that starts with AGE-SECRET-KEY-1. Comments and empty lines are fine.',
};
export const STALE_SEALED: ProblemKind = {
  code: 'SEC-013',
  title: 'A sealed file is no longer needed',
  severity: 'unchecked',
  explanation:
    'No app of the environment needs the SealedSecret any more. It stays until you name it with `--allow-replace`, because the Secret in the cluster goes with it.',
};
export const UNSEALABLE: ProblemKind = {
  code: 'SEC-014',
  title: 'A secret could not be sealed',
  explanation: 'There is no sealing key yet, or its certificate is no RSA certificate or has expired.',
};

export const NOT_IGNORED: ProblemKind = {
  code: 'SEC-015',
  title: 'Git would commit open secrets',
  explanation:
    'The variables file holds secrets in the clear. It is written only where Git ignores it: the generated `.gitignore` names it, and a file that was committed once has to be taken out of Git first.',
};

export const UNEXPLAINED: ProblemKind = {
  code: 'SEC-016',
  title: 'A value is in use that the store does not know',
  explanation:
    'The repository has SealedSecrets that Rootstock made, and the store does not know what they hold or with which key they open: it is not the store that they were sealed from. A cluster may live with these values, and new ones would lock its apps out of their data. Bring the store back, or import the values from the cluster. `--replace-sealed` says that no cluster needs them any more.',
};

export const FOREIGN_SEALED: ProblemKind = {
  code: 'SEC-017',
  title: 'A SealedSecret is sealed for a key that the store does not have',
  explanation:
    'Rootstock made the file, from another store or with a key that is gone from this one, or it was damaged and its value has changed since. Sealing it anew would replace what a living cluster opens by what it cannot open. Bring the store back, or import the sealing keys from the cluster. `rootstock secrets seal --replace-sealed` says that no cluster needs the file any more.',
};

export const NEWER_SEALED: ProblemKind = {
  code: 'SEC-018',
  title: 'A SealedSecret holds a value that the store never had',
  explanation:
    'Rootstock made the file from a store that was changed after this one: of two branches that both changed secrets, the store of one was kept, or an older copy was put back. Sealing would bring an old value back, perhaps one that was replaced because others knew it. `rootstock secrets import --sealed --force` takes what the files hold into the store; `rootstock secrets seal --replace-sealed` says that the store is right.',
};
export const CLOSED_TO_NEXT: ProblemKind = {
  code: 'SEC-019',
  title: 'The next cluster could not open a SealedSecret',
  explanation:
    'A new cluster is given the newest sealing key of the store, and the file is sealed for another one. `rootstock secrets seal` seals anew what the store has; what it does not have, `rootstock secrets import --sealed` takes from the files that its older keys open.',
};

export const secretProblems: readonly ProblemKind[] = [
  LOCKED,
  CANNOT_OPEN,
  BROKEN_STORE,
  WRONG_ENVIRONMENT,
  NO_STORE,
  UNKNOWN_SECRET,
  NOT_SET,
  UNFIT_VALUE,
  WILL_NOT_ROTATE,
  ALREADY_THERE,
  BAD_RECIPIENT,
  BAD_UNLOCK,
  STALE_SEALED,
  UNSEALABLE,
  NOT_IGNORED,
  UNEXPLAINED,
  FOREIGN_SEALED,
  NEWER_SEALED,
  CLOSED_TO_NEXT,
];
