import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareText } from '../generator/core/problem.ts';
import { environmentProblems, parseEnvironments } from '../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../generator/environment/schema/environment-schema.ts';
import { FACTS } from '../generator/testing/make-environment.ts';

const FOLDER = 'environments/invalid';

interface InvalidCase {
  readonly name: string;
  readonly texts: readonly { readonly file: string; readonly text: string }[];
  /** `CODE line:column`, in the order of the file. */
  readonly expected: readonly string[];
}

/** A file is a case by itself; a folder is a repository of several environments. */
const cases = readdirSync(FOLDER, { withFileTypes: true }).map((entry): InvalidCase => {
  const path = `${FOLDER}/${entry.name}`;
  const files = entry.isDirectory() ? readdirSync(path).map((file) => `${path}/${file}`) : [path];
  const texts = files.sort(compareText).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const expected = texts.flatMap(({ text }) => [...text.matchAll(/^# expect: (.+)$/gm)].map(([, line = '']) => line));
  return { name: entry.name.replace('.yaml', ''), texts, expected };
});

const schema = makeEnvironmentSchema({});

/** Codes that no small file can show, and the test that shows them. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  'ENV-004': 'generator/environment/source.test.ts, with files that are too large to keep',
  'NODE-014': 'generator/environment/rules/user-data.test.ts, with a proxy that hundreds of hosts go around',
  'EGRESS-006': 'generator/environment/rules/ca-bundle.test.ts, at a time of its own',
};

describe('environments/invalid', () => {
  it.each(cases)('$name is found where its comment says', ({ texts, expected }) => {
    const { problems } = parseEnvironments(texts, schema, FACTS);

    expect(problems.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each(environmentProblems.map(({ code }) => ({ code })))('shows $code', ({ code }) => {
    const shown = cases.some(({ expected }) => expected.some((line) => line.startsWith(`${code} `)));

    expect(shown || SHOWN_ELSEWHERE[code] !== undefined).toBe(true);
  });

  it('explains every code once', () => {
    const codes = environmentProblems.map(({ code }) => code);

    expect(codes).toEqual([...new Set(codes)]);
    for (const { code, title, explanation } of environmentProblems) {
      expect(code).toMatch(/^[A-Z0-9]+-\d{3}$/);
      expect(title).toMatch(/[^.]$/);
      expect(explanation).toMatch(/^.{20,}\.$/s);
    }
  });
});
