import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { emitJsonSchema, makeEnvironmentSchema, SCHEMA_FILE } from '../environment/schema/environment-schema.ts';
import { listExamples } from '../testing/examples.ts';
import { listInputSchemas } from './catalog.ts';

interface Node {
  readonly [keyword: string]: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly required?: readonly string[];
}

interface Key {
  readonly path: string;
  readonly schema: Node;
  readonly required: boolean;
}

const schema = emitJsonSchema(makeEnvironmentSchema(listInputSchemas())) as Node;

/** Every key of the schema, members of choices included. */
function listKeys(node: Node, path = ''): Key[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]): Key[] => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ path: at, schema: child, required: node.required?.includes(name) === true }, ...listKeys(child, at)];
  });
  const values = Object.values(node.patternProperties ?? {}).flatMap((child) => listKeys(child, `${path}.<name>`));
  const items = node.items === undefined ? [] : listKeys(node.items, `${path}[]`);
  const members = (node.oneOf ?? []).flatMap((member) => listKeys(member, path));
  return [...own, ...values, ...items, ...members];
}

const keys = listKeys(schema);

function makeAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, discriminator: true });
  return ajv.addVocabulary(['x-takes-effect', 'x-shape']);
}

describe('environments/environment.schema.json', () => {
  it('is what the schema says today; npm run schema writes it', () => {
    const committed = JSON.parse(readFileSync('environments/environment.schema.json', 'utf8')) as unknown;

    expect(committed).toEqual(schema);
  });

  it.each(listExamples().flatMap(({ texts }) => texts))(
    'lies beside $file, whose first line names it here and in the repository',
    ({ file, text }) => {
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=./${SCHEMA_FILE}`);
      expect(existsSync(join(dirname(file), SCHEMA_FILE))).toBe(true);
    },
  );

  it('follows JSON Schema 2020-12', () => {
    const ajv = makeAjv();

    ajv.validateSchema(schema);

    expect(ajv.errors ?? []).toEqual([]);
  });

  it('knows more than a hundred keys, those of the apps included', () => {
    expect(keys.length).toBeGreaterThan(100);
    expect(keys.map(({ path }) => path)).toContain('cluster.nodeGroups.<name>.gpu.model');
    for (const app of Object.keys(listInputSchemas())) expect(keys.map(({ path }) => path)).toContain(`apps.${app}`);
  });

  it.each(keys.filter(({ path }) => !/^apps\.[^.]+$/.test(path)))(
    'says what $path means',
    ({ schema: { description } }) => {
      expect(description).toMatch(/^.{8,}\.$/s);
    },
  );

  it.each(keys.filter(({ path }) => !/^apps\.[^.]+$/.test(path)))(
    'says when $path takes effect',
    ({ schema: node }) => {
      expect(['commit', 'apply', 'node replacement', 'never']).toContain(node['x-takes-effect']);
    },
  );

  it.each(keys)('says what happens without $path', ({ schema: node, required }) => {
    const isShown = node.examples !== undefined || node['const'] !== undefined;
    const hasParts = ['properties', 'patternProperties', 'oneOf', 'items'].some((part) => node[part] !== undefined);

    // Required, defaulted, or optional: the first and the last need something to copy.
    expect(required && node.default !== undefined).toBe(false);
    expect(node.default !== undefined || isShown || hasParts).toBe(true);
  });

  it.each(keys.filter(({ schema: node }) => node.examples !== undefined))(
    'shows examples of $path that it takes',
    ({ schema: node }) => {
      const validate = makeAjv().compile({ ...node, $defs: {} });

      for (const example of node.examples ?? []) expect([example, validate(example)]).toEqual([example, true]);
    },
  );

  it.each(keys.filter(({ schema: node }) => node.default !== undefined))(
    'has a default of $path that it takes',
    ({ schema: node }) => {
      const validate = makeAjv().compile({ ...node, $defs: {} });

      expect([node.default, validate(node.default)]).toEqual([node.default, true]);
    },
  );
});
