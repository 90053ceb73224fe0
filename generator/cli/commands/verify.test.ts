import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeRepository } from '../../io/repository-folder.ts';
import { generate } from '../../pipeline.ts';
import { listExamples } from '../../testing/examples.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { runVerify } from './verify.ts';

const base = makeTemporaryFolder();
const texts = listExamples().find(({ name }) => name === 'zcompute-single')?.texts ?? [];
let generated: Awaited<ReturnType<typeof generate>>;
let count = 0;
let folder = '';

beforeAll(async () => {
  generated = await generate(texts);
}, 60_000);

beforeEach(async () => {
  folder = join(base, `case-${count++}`);
  if (generated.ok) await writeRepository(folder, generated.value.tree);
});
afterEach(() => vi.restoreAllMocks());

describe('generator/cli/commands/verify.ts', () => {
  it('has nothing against what was rendered, and counts its files', async () => {
    const { code, data } = await run();

    expect(code).toBe(0);
    expect(data).toMatchObject({ ok: true, folder, files: expect.any(Number) });
  });

  it.each([
    ['text that is not JSON', '{bad'],
    ['an object without anything', '{}'],
    ['nothing', ''],
    ['paths that lead out', '{"generator":"0.1.0","environments":{},"files":{"../x":"0"}}'],
  ])('IO-007: a lock with %s proves nothing', async (_title, text) => {
    writeFileSync(join(folder, '.rootstock/lock.json'), text);

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data).toMatchObject({ ok: false, problems: [{ code: 'IO-007', hint: expect.any(String) }] });
  });

  it.each([
    ['a lock', '.rootstock/lock.json'],
    ['an environment file', 'environments/lab.yaml'],
  ])('IO-001: %s that is a folder cannot be read', async (_title, path) => {
    rmSync(join(folder, path));
    mkdirSync(join(folder, path));

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data).toMatchObject({
      problems: [{ code: 'IO-001', place: { file: join(folder, path) }, hint: expect.any(String) }],
    });
  });

  it('IO-007: a folder without a lock was not generated', async () => {
    rmSync(join(folder, '.rootstock'), { recursive: true });

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data).toMatchObject({
      problems: [{ code: 'IO-007', hint: expect.stringMatching(/^rootstock render -e .*lab\.yaml -o /) }],
    });
  });

  it('IO-010: a folder between two states is not proven', async () => {
    writeFileSync(join(folder, '.rootstock/journal.json'), '[]');

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data).toMatchObject({ problems: [{ code: 'IO-010', hint: `rootstock render -e FILE -o ${folder}` }] });
  });

  it('IO-008: a folder behind a link is no pass', async () => {
    renameSync(join(folder, 'clusters/lab/values'), join(base, `values-${count}`));
    symlinkSync(join(base, `values-${count}`), join(folder, 'clusters/lab/values'));

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-008', place: { file: join(folder, 'clusters/lab/values') } }],
    });
  });

  it('IO-012: counts what it did not follow', async () => {
    symlinkSync(base, join(folder, 'own'));

    const { code, data, status } = await run();

    expect(code).toBe(0);
    expect(data).toMatchObject({ ok: true });
    expect(data.problems.map(({ code }) => code)).toContain('IO-012');
    expect(status).toMatch(/files: no errors, \d+ things still pending, \d+ things? not checked\n/);
  });

  it('PLAN-020: says what a person still has to supply, and where', async () => {
    const { code, data, status } = await run();

    expect(code).toBe(0);
    expect(data.problems).toContainEqual(
      expect.objectContaining({
        code: 'PLAN-020',
        severity: 'pending',
        place: expect.objectContaining({ file: join(folder, 'environments/lab.yaml') }),
      }),
    );
    expect(status).toMatch(/files: no errors, \d+ things still pending/);
  });

  it('tells what is broken together with what it did not follow', async () => {
    symlinkSync(base, join(folder, 'own'));
    writeFileSync(join(folder, 'clusters/lab/values/traefik.yaml'), 'a: *nothing\n');

    const { code, data } = await run();

    expect(code).toBe(1);
    expect(data.problems.map(({ code }) => code)).toEqual(expect.arrayContaining(['IO-012', 'VER-001']));
  });
});

interface Printed {
  readonly ok: boolean;
  readonly problems: readonly { readonly code: string }[];
}

async function run(): Promise<{ readonly code: number; readonly data: Printed; readonly status: string }> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await runVerify(folder, { json: true });
  const [data, status] = [out, err].map((spy) => spy.mock.calls.map(([text]) => String(text)).join(''));
  return { code, data: JSON.parse(data ?? '') as Printed, status: status ?? '' };
}
