// The variables under which Git works in the folder that it is given, and nowhere else.

/** Set where a hook of another repository runs us: they would lead Git there. */
const OTHER_REPOSITORY = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** The user's own environment, as Git would get it on their command line, with messages in English. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  for (const name of OTHER_REPOSITORY) delete environment[name];
  return environment;
}
