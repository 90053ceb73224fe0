// Writes blueprints/apps/index.generated.ts from the folders that are there, so that no list needs editing.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'blueprints/apps');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'app.ts')))
  .map((entry) => entry.name)
  .sort();

const camel = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
/** `value-paths.txt`, and `value-paths-<platform>.txt` where a platform has a chart of its own. */
const listValuePaths = (name) =>
  readdirSync(join(folder, name))
    .filter((file) => /^value-paths(-[a-z]+)?\.txt$/.test(file))
    .sort();
const nameList = (name, file) => name + file.slice('value-paths'.length, -'.txt'.length);
const text = [
  '// Made by scripts/index-blueprints.mjs from the folders beside this file. Not committed.',
  "import type { AppBlueprint } from '../../generator/core/blueprint.ts';",
  ...names.map((name) => `import { app as ${camel(name)} } from './${name}/app.ts';`),
  '',
  'export const apps: readonly AppBlueprint[] = [',
  ...names.map((name) => `  ${camel(name)},`),
  '];',
  '',
  '/** Value paths of each chart, one per line; loaded only when values are checked. */',
  'export const valuePaths: Readonly<Record<string, () => Promise<{ readonly default: string }>>> = {',
  ...names.flatMap((name) =>
    listValuePaths(name).map((file) => `  '${nameList(name, file)}': () => import('./${name}/${file}'),`),
  ),
  '};',
  '',
].join('\n');

const target = join(folder, 'index.generated.ts');
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
