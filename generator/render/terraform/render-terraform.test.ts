import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../core/file-tree.ts';
import { listExamples } from '../../testing/examples.ts';
import { planRepositoryOf, renderOf } from '../../testing/plan-of.ts';
import { formatDifference, hasTerraform } from '../../testing/terraform.ts';
import { renderTerraform } from './render-terraform.ts';

const examples = listExamples();
const repositories = new Map(examples.map(({ name, texts }) => [name, renderOf(texts)]));

function requireTree(example: string): FileTree {
  const tree = repositories.get(example);
  if (tree === undefined) throw new Error(`no example ${example}`);
  return tree;
}

/** Code of one example by path, both projects of all its environments. */
function listCode(example: string): Record<string, string> {
  const files = [...requireTree(example).values()].filter(({ path }) => path.endsWith('.tf'));
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

describe('generator/render/terraform/render-terraform.ts', () => {
  describe.each(examples.map(({ name }) => ({ name })))('$name', ({ name }) => {
    it.skipIf(!hasTerraform)('is what terraform fmt leaves alone', () => {
      expect(formatDifference(listCode(name))).toBe('');
    });

    it('has two projects for each environment, with a state of its own each', () => {
      const folders = new Set(Object.keys(listCode(name)).map((path) => path.split('/').slice(0, 3).join('/')));
      const code = listCode(name);

      const backends = [...folders].map((folder) => code[`${folder}/versions.tf`]?.match(/backend "(\w+)"/)?.[1]);
      const keys = [...folders].map((folder) => code[`${folder}/versions.tf`]?.match(/ key +=.*/)?.[0]);

      expect([...folders].filter((folder) => folder.endsWith('/cluster'))).toHaveLength(folders.size / 2);
      expect([...folders].filter((folder) => folder.endsWith('/infrastructure'))).toHaveLength(folders.size / 2);
      for (const [index, backend] of backends.entries()) {
        expect(backend).toMatch(/^(local|s3)$/);
        if (backend === 's3') expect(keys.filter((key) => key === keys[index])).toHaveLength(1);
      }
    });

    it('holds nothing of the machine that it was made on, of cdktf, or of marks', () => {
      for (const [path, content] of Object.entries(listCode(name))) {
        expect(content, path).not.toMatch(/cdktf|\/\/ *=|uniqueId|[\uE000-\uF8FF]|\$\{TfToken|undefined|\[object /);
        expect(content, path).not.toContain(process.cwd());
        expect(content, path).not.toMatch(/^ +path += "\//m);
      }
    });

    it('quotes no references', () => {
      for (const [path, content] of Object.entries(listCode(name))) {
        expect(content, path).not.toMatch(/= "\$\{[^}"]*\}"$/m);
        expect(content, path).not.toMatch(/(depends_on|ignore_changes|replace_triggered_by) += \["/);
      }
    });

    it('says in every file what it is for, and describes every variable and output', () => {
      for (const [path, content] of Object.entries(listCode(name))) {
        expect(content.startsWith('# '), path).toBe(true);
        for (const [block] of content.matchAll(/^(?:variable|output) "[\s\S]*?\n\}/gm))
          expect(block, path).toMatch(/^ {2}description += "./m);
      }
    });
  });

  it('leaves the stacks of errors as they were', () => {
    const before = Error.captureStackTrace;
    const [plan] = planRepositoryOf(examples[0]?.texts ?? []).environments;

    expect(plan !== undefined && renderTerraform(plan, { manifests: [] }).length).toBeGreaterThan(0);
    expect(() => renderTerraform({} as never, { manifests: [] })).toThrow();
    expect(Error.captureStackTrace).toBe(before);
  });

  it('gives the same bytes twice', () => {
    for (const { texts } of examples) {
      const [plan] = planRepositoryOf(texts).environments;
      const again = planRepositoryOf(texts).environments[0];

      expect(plan !== undefined && renderTerraform(plan, { manifests: [] })).toEqual(
        again !== undefined && renderTerraform(again, { manifests: [] }),
      );
    }
  });
});
