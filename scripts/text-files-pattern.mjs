// Files that become modules with one string: one list for the build, the tests and the scripts. text-files.d.ts tells TypeScript.

export const TEXT_EXTENSIONS = ['lua', 'mustache', 'py', 'sh', 'tftpl', 'txt'];

export const TEXT_FILE = new RegExp(`\\.(${TEXT_EXTENSIONS.join('|')})$`);

/** For esbuild. */
export const TEXT_LOADERS = Object.fromEntries(TEXT_EXTENSIONS.map((extension) => [`.${extension}`, 'text']));
