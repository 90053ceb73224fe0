import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ALERT_CASES, type AlertCase } from './alert-cases.ts';
import { backupRules } from './backups.ts';
import { dataServiceRules } from './data-services.ts';
import { gpuRules } from './gpus.ts';
import { monitoringRules } from './monitoring.ts';
import { nodeRules } from './nodes.ts';
import { platformRules } from './platform.ts';
import { type RuleGroup, toManifest } from './rule.ts';
import { storageRules, workloadRules } from './workloads.ts';

/** Everything that an environment can have. */
const GROUPS: readonly RuleGroup[] = [
  nodeRules({ hasGpus: true }),
  workloadRules,
  storageRules(true),
  ...platformRules(() => true),
  gpuRules(true),
  backupRules({
    etcdInBucket: true,
    hasDatabase: true,
    hasBackup: true,
    hasSearchSnapshots: true,
    hasFileCopies: true,
  }),
  dataServiceRules({ hasSearch: true, hasSearchCopies: true, hasRedis: true }),
  monitoringRules,
];
const ALERTS = GROUPS.flatMap(({ alerts }) => alerts);

/** `vmalert-tool` of Victoria Metrics, where it is: `go install …/app/vmalert-tool` makes one. */
const TOOL = process.env['ROOTSTOCK_VMALERT_TOOL'] ?? 'vmalert-tool';
const hasTool = spawnSync(TOOL, ['--help']).status === 0;

describe('blueprints/apps/monitoring/rules', () => {
  it('has a case for each alert', () => {
    const nameOf = ({ alert, severity = '' }: { readonly alert: string; readonly severity?: string }) =>
      ALERTS.filter((other) => other.alert === alert).length > 1 ? `${alert} ${severity}` : alert;

    expect(ALERT_CASES.map(nameOf).sort()).toEqual(ALERTS.map(nameOf).sort());
  });

  it('names labels in summaries that the expression leaves', () => {
    const aggregated = ALERTS.flatMap(({ alert, expr, summary }) => {
      const kept = /^(?:sum|max|min|count) by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ');
      const named = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? '');
      return kept === undefined
        ? []
        : named.filter((label) => !kept.includes(label)).map((label) => `${alert}: ${label}`);
    });

    expect(aggregated).toEqual([]);
  });

  it('says each alert in whole sentences', () => {
    const texts = ALERTS.flatMap(({ summary, description }) => [summary, description]);

    expect(texts.filter((text) => !/^\S.{20,}[.]$/s.test(text))).toEqual([]);
  });

  it.skipIf(!hasTool).each([
    { name: 'within an hour', long: false, interval: '1m', at: '60m' },
    { name: 'within days', long: true, interval: '10m', at: '50h' },
  ])('fires and keeps silent as it should, $name', { timeout: 120_000 }, ({ long, interval, at }) => {
    const cases = ALERT_CASES.filter((alertCase) => (alertCase.long === true) === long);

    const { status, output } = runTool(cases, interval, at);

    expect(output).toBe('');
    expect(status).toBe(0);
  });
});

/** One file for each alert, with its own rule only: all rules at each step of each test would take minutes. */
function runTool(cases: readonly AlertCase[], interval: string, at: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'rootstock-rules-'));
  try {
    for (const [index, alertCase] of cases.entries()) {
      const tests = [true, false].map((firing) => makeTest(alertCase, firing, { interval, at }));
      const file = { rule_files: [`rules-${index}.yaml`], evaluation_interval: interval, tests };
      writeFileSync(join(folder, `rules-${index}.yaml`), stringify({ groups: [groupOf(alertCase)] }, { lineWidth: 0 }));
      writeFileSync(join(folder, `cases-${index}.yaml`), stringify(file, { lineWidth: 0 }));
    }
    const run = spawnSync(TOOL, ['unittest', `--files=${join(folder, 'cases-*.yaml')}`], { encoding: 'utf8' });
    const lines = `${run.stdout}${run.stderr}`.split('\n').filter((line) => !/Total time|^\s*$/.test(line));
    return { status: run.status, output: run.status === 0 ? '' : lines.join('\n') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** When the tool's clock starts: the year 2000. */
const START_SECONDS = 946_684_800;

function groupOf({ alert, severity }: AlertCase): object {
  const alerts = ALERTS.filter((other) => other.alert === alert && (severity ?? other.severity) === other.severity);
  return (
    (toManifest({ name: 'tested', alerts }).object['spec'] as { readonly groups: readonly object[] }).groups[0] ?? {}
  );
}

function makeTest(
  { alert, severity, fires, quiet }: AlertCase,
  firing: boolean,
  { interval, at }: { readonly interval: string; readonly at: string },
): object {
  const only = severity === undefined ? '' : `,severity="${severity}"`;
  const series = (firing ? fires : quiet).map((line) => line.split(' | '));
  return {
    name: `${alert} ${severity ?? ''} ${firing ? 'fires' : 'is silent'}`,
    interval,
    // A test without any series would be none.
    input_series: [...series, ['something_else', '1x400']].map(([name, values = '']) => ({
      series: name,
      values: values.replace(/@(\d+)/g, (_, seconds) => String(START_SECONDS + Number(seconds))),
    })),
    metricsql_expr_test: [
      {
        expr: `sum(count(ALERTS{alertname="${alert}",alertstate="firing"${only}}) > bool 0) or vector(0)`,
        eval_time: at,
        exp_samples: [{ labels: '{}', value: firing ? 1 : 0 }],
      },
    ],
  };
}
