import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { catalog, listCatalogFacts, listInputSchemas } from '../generator/catalog/catalog.ts';
import { formatProblem } from '../generator/cli/terminal.ts';
import type { Problem } from '../generator/core/problem.ts';
import { parseEnvironments } from '../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../generator/environment/schema/environment-schema.ts';
import { planRepository } from '../generator/plan/plan-repository.ts';
import { readExample } from '../generator/testing/examples.ts';
import { FAKE_SECRETS, findPiece } from '../generator/testing/fake-secrets.ts';

const STEP = 4;

const schema = makeEnvironmentSchema(listInputSchemas());

/** Ways to get a secret into YAML that is not what it should be. */
const TWISTS: readonly ((text: string, secret: string) => string)[] = [
  (text, secret) => `${text}\n${secret}`,
  (text, secret) => `${text}\n${secret}: ${secret}`,
  (text, secret) => `${text}\n  - ${secret}\n ${secret}`,
  (text, secret) => `${text}\nnotes: *${secret}`,
  (text, secret) => `${text}\nnotes: &${secret} *${secret}`,
  (text, secret) => `${text}\nnotes: !${secret} ${secret}`,
  (text, secret) => `${text}\nnotes: !!${secret} ${secret}`,
  (text, secret) => `${text}\nnotes: "${secret}\\q`,
  (text, secret) => `${text}\nnotes: {${secret}: [${secret}`,
  (text, secret) => `${text}\n? [${secret}]\n: ${secret}`,
  (text, secret) => `${text}\nnotes: |${secret}\n ${secret}`,
  (text, secret) => `${text}\nnotes: @${secret}`,
  (text, secret) => `${text}\nnotes: %${secret}`,
  (text, secret) => `%${secret} ${secret}\n---\n${text}`,
  (text, secret) => `%TAG !${secret}! ${secret}\n---\n${text}`,
  (text, secret) => `${text}\n--- ${secret}`,
  (text, secret) => `${text}\n... ${secret}`,
  (text, secret) => text.replaceAll(/: (?=\S)/g, `: ${secret}:`),
  (text, secret) => text.replaceAll(/: (?=\S)/g, `: ${secret} `),
  (_, secret) => secret,
  (_, secret) => `- ${secret}`,
  (_, secret) => `${secret}: ${secret}`,
];

/** The file with a secret in the place of each key, each value, and each map and list; and added to each of these. */
function listVariants(text: string, secret: string): string[] {
  const variants: string[] = [];
  const document = parseDocument(text);
  const print = () => variants.push(document.toString({ lineWidth: 0 }));
  const walk = (node: unknown): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        const { key, value } = pair;
        pair.key = document.createNode(secret);
        print();
        pair.key = key;
        pair.value = document.createNode(secret);
        print();
        pair.value = document.createNode([secret]);
        print();
        pair.value = value;
        walk(value);
      }
      node.set(secret, secret);
      print();
      node.delete(secret);
    }
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        node.items[index] = document.createNode(secret);
        print();
        node.items[index] = item;
        walk(item);
      }
      node.items.push(document.createNode(secret), document.createNode(secret));
      print();
      node.items.splice(-2);
    }
    if (isScalar(node) && typeof node.value === 'string') {
      const { value } = node;
      for (const part of [`${value} ${secret}`, `${value}=${secret}`, `https://x:${secret}@${value}`, `*${secret}*`]) {
        node.value = part;
        print();
      }
      node.value = value;
    }
  };
  walk(document.contents as Node);
  return variants;
}

function findProblems(file: string, text: string): readonly Problem[] {
  const parsed = parseEnvironments([{ file, text }], schema, listCatalogFacts());
  return parsed.ok ? [...parsed.problems, ...planRepository(parsed.value, catalog).problems] : parsed.problems;
}

/** Between them, they have every kind of key. */
const FILES = ['aws-high', 'gpu-mix', 'zcompute-high-cloudflare'];

const cases = FILES.flatMap((file) =>
  FAKE_SECRETS.map(({ what, text }, index) => ({ file, what, secret: text, turn: index })),
);

describe('environments/secrets-stay-hidden', () => {
  it.each(cases)('$what in $file', ({ file, secret, turn }) => {
    const [{ text } = { text: '' }] = readExample(file).texts;
    // Every place has its turn with some of the secrets: with all of them, this would take minutes.
    const variants = listVariants(text, secret).filter((_, index) => index % STEP === turn % STEP);
    const twisted = TWISTS.map((twist) => twist(text, secret));

    const problems = [...variants, ...twisted].flatMap((variant) => findProblems(`${file}.yaml`, variant));

    const leaks = problems.filter(
      (problem) => findPiece(`${formatProblem(problem)}\n${JSON.stringify(problem)}`, secret) !== undefined,
    );
    expect(leaks).toEqual([]);
    expect(problems.length).toBeGreaterThan(variants.length / 2);
  });
});
