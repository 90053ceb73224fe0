// What the outside can refuse: files, Git, tools. These end with exit code 3, or 1 where the user's own files are in the way.
import type { ProblemKind } from '../core/problem.ts';

export const UNREADABLE: ProblemKind = {
  code: 'IO-001',
  title: 'A file cannot be read',
  explanation: 'The file or folder does not exist, is not a file, or its permissions keep you out.',
};
export const EDITED: ProblemKind = {
  code: 'IO-002',
  title: 'A generated file was edited by hand',
  explanation:
    'Edits are merged with what is generated, except where that cannot be done without losing something: an environment file that is given from elsewhere while the copy in the repository was edited, a file that is no text, and repositories that do not hold what was generated last. Move the file aside and render again, with --restore where the hint says so: the generated text comes back, and the two can be compared.',
};
export const IN_THE_WAY: ProblemKind = {
  code: 'IO-003',
  title: 'A file that Rootstock did not generate is in the way',
  explanation:
    'The path is one that Rootstock writes, or a folder on the way to it, but what is there is not its own as far as its records tell; `git stash` takes records away and leaves new files. Move or rename it.',
};
export const FOREIGN_FOLDER: ProblemKind = {
  code: 'IO-004',
  title: 'The folder holds something else',
  explanation:
    'Rootstock writes into an empty folder, a Git repository, or a folder that it generated before. Anything else is probably a mistyped path.',
};
export const UNWRITABLE: ProblemKind = {
  code: 'IO-005',
  title: 'The folder cannot be written',
  explanation: 'The disk is full, read-only, or the permissions keep you out. Nothing was changed.',
};
export const BUSY: ProblemKind = {
  code: 'IO-006',
  title: 'Another run is writing to this folder',
  explanation:
    'Two runs at once would mix their files. Wait for the other one; if it was killed, its lock is taken over by itself.',
};
export const NOT_GENERATED: ProblemKind = {
  code: 'IO-007',
  title: 'The folder is not a Rootstock repository',
  explanation: 'There is no .rootstock/lock.json, which `rootstock render` writes, or it cannot be read.',
};
export const LINKED: ProblemKind = {
  code: 'IO-008',
  title: 'A path leads out of the folder',
  explanation:
    'A generated file, or a folder on the way to it, is a symbolic link. Rootstock follows none, because it must neither write outside the repository nor prove what lies outside.',
};

export const BAD_JOURNAL: ProblemKind = {
  code: 'IO-009',
  title: 'An interrupted run cannot be completed',
  explanation:
    'Rootstock found the journal of a run that was interrupted, but the journal was changed or leads out of the folder. Nothing was written. Remove it and render again: what is missing is written anew.',
};
export const INTERRUPTED: ProblemKind = {
  code: 'IO-010',
  title: 'A run was interrupted and is not complete',
  explanation:
    'The folder is between two states. `rootstock render` completes the interrupted run before it does anything else, or takes it back where files were changed since; `verify` and `diff` write nothing, and `push` decides nothing, so they stop here.',
};
export const UNPRINTABLE: ProblemKind = {
  code: 'IO-011',
  title: 'The output cannot be printed',
  explanation:
    'What stdout leads to takes no more: a disk is full, or a device refuses. The work itself was done before anything is printed; run the same command again to see what it has to say.',
};
export const NOT_READ: ProblemKind = {
  code: 'IO-012',
  title: 'Something in the repository was not read',
  explanation:
    'It is a symbolic link, which Rootstock does not follow, or no ordinary file. It is none of the generated files, so it may be right, but nothing was checked in it.',
  severity: 'unchecked',
};

export const UNRESOLVED: ProblemKind = {
  code: 'IO-013',
  title: 'A conflict is not resolved',
  explanation:
    'An earlier render could not merge an edit with what it generated, and left both in the file between markers. Keep what should stay, remove the lines of the markers, and run the same command again.',
};
export const UNSAVED: ProblemKind = {
  code: 'IO-014',
  title: 'An edit is not committed',
  explanation:
    'The file was edited and has to be merged with what is generated now. Should the result not please you, only a commit can bring your version back, so commit it first.',
};

export const CONFLICT: ProblemKind = {
  code: 'IO-015',
  title: 'An edit and a change could not be merged',
  explanation:
    'Somebody edited a line that is generated differently now. The file holds both between ordinary conflict markers, with what was generated last between them. Everything else was written. Keep what should stay, remove the markers, and go on: nothing has to be told to Rootstock.',
};

export const NOT_RENDERED: ProblemKind = {
  code: 'IO-016',
  title: 'Something was changed and not rendered',
  explanation:
    'The environment file in the repository is not the one that the repository was rendered from, or secrets were sealed or branches merged since, so what lies beside it does not do what it says. Render, and look at what changes.',
};

export const RENAMED: ProblemKind = {
  code: 'IO-017',
  title: 'An environment was renamed',
  explanation:
    'The name is the folder in the repository and the prefix of every cloud resource, so another name is another environment: nothing of the old one is taken over. Remove the old one in the same run, once its cluster is gone or given up.',
};

export const SKIPPED: ProblemKind = {
  code: 'IO-018',
  title: 'Git leaves generated files out of the working tree',
  explanation:
    'A sparse checkout, or `git update-index --skip-worktree`, keeps files away that the repository holds. They look as if somebody had deleted them, and what is written to them is never committed. Bring them back first.',
};

export const ORPHAN: ProblemKind = {
  code: 'IO-019',
  title: 'An edited file is no longer generated',
  explanation:
    'What the environment describes does not need the file any more, and it would have been deleted, had nobody edited it. As long as it lies there, Terraform and Argo CD go on applying it, whatever the summary says. Remove it, or give it a name of its own to keep it as yours.',
  severity: 'pending',
};

export const ioProblems: readonly ProblemKind[] = [
  UNREADABLE,
  EDITED,
  IN_THE_WAY,
  FOREIGN_FOLDER,
  UNWRITABLE,
  BUSY,
  NOT_GENERATED,
  LINKED,
  BAD_JOURNAL,
  INTERRUPTED,
  UNPRINTABLE,
  NOT_READ,
  UNRESOLVED,
  UNSAVED,
  CONFLICT,
  NOT_RENDERED,
  RENAMED,
  SKIPPED,
  ORPHAN,
];
