import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listExamples } from '../generator/testing/examples.ts';
import { makeReferencePages } from './reference.ts';
import { environmentPage } from './reference-pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...listMarkdown('docs')];

function listMarkdown(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listMarkdown(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

describe('scripts/reference', () => {
  it.each([...makeReferencePages()])('%s is fresh: npm run docs writes it', (path, text) => {
    const committed = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';

    expect(committed).toBe(text);
  });

  it('lists every key with its form, default and effect', () => {
    const page = environmentPage({
      required: ['name'],
      properties: {
        name: {
          type: 'string',
          description: 'Who.',
          'x-shape': 'a label',
          examples: ['prod'],
          'x-takes-effect': 'never',
        },
        size: {
          type: 'object',
          description: 'How large.',
          properties: { nodes: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'Nodes.' } },
        },
        cloud: {
          description: 'Where.',
          discriminator: { propertyName: 'kind' },
          oneOf: [
            {
              properties: {
                kind: { const: 'aws', description: 'Amazon.' },
                zones: { type: 'array', items: { type: 'string', 'x-shape': 'a zone' }, minItems: 1 },
              },
              required: ['kind', 'zones'],
            },
          ],
        },
      },
    });

    expect(page).toMatch(/\| `name` +\| Who\. +\| REQUIRED +\| a label +\| `prod` +\| never +\|/);
    expect(page).toMatch(/\| `size\.nodes` +\| Nodes\. +\| `3` +\| number, 1 to 9 +\|/);
    expect(page).toContain('### cloud with `kind: aws`\n\nAmazon.');
    expect(page).toMatch(/\| `cloud\.zones` +\| +\| REQUIRED +\| list, at least 1 items: a zone +\|/);
  });

  it.each(documents)('%s links only to what is there', (path) => {
    const text = readFileSync(join(root, path), 'utf8').replace(/```[\s\S]*?```/g, '');

    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      expect(existsSync(join(root, dirname(path), target)), `${path} links to ${target}`).toBe(true);
    }
  });

  it.each(listExamples().map(({ name }) => name))('the example %s has a how-to', (name) => {
    expect(documents).toContain(`docs/how-to/${name}.md`);
  });
});
