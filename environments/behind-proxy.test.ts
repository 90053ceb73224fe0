// Every app of every example, put behind a proxy: what all of them have to know, whatever their charts call it.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TreeFile } from '../generator/core/file-tree.ts';
import { renderApplications } from '../generator/render/applications.ts';
import { environmentText } from '../generator/testing/environment-text.ts';
import { planOf } from '../generator/testing/plan-of.ts';

const plan = planOf(environmentText({}, 'zcompute-behind-proxy'));
const files = renderApplications(plan);
const running = plan.apps.filter(({ plan: { workloads = [] } }) => workloads.length > 0);

const filesOf = (app: string): TreeFile[] =>
  files.filter(({ path }) => path.endsWith(`/values/${app}.yaml`) || path.includes(`/manifests/${app}/`));

describe('environments/behind-proxy', () => {
  it.each(running.map(({ blueprint }) => blueprint.name))('%s pulls its images with the pull secret', (app) => {
    const text = filesOf(app).map(({ content }) => content);

    expect(text.join('\n')).toMatch(/[pP]ullSecrets:\n\s+- (name: )?mirror-login/);
  });

  it.each(running.map((app) => [app.blueprint.name, app] as const))(
    '%s says that it needs the pull secret',
    (_name, { blueprint, plan: { secrets } }) => {
      expect(secrets).toContainEqual(
        expect.objectContaining({ name: 'mirror-login', namespace: blueprint.namespace.name }),
      );
    },
  );

  it('tells every pod the same proxy and the same exceptions from it', () => {
    const variables = files.flatMap(({ content }) => [...content.matchAll(/name: NO_PROXY\n\s+value: (.*)$/gm)]);

    const exceptions = variables.map(([, value = '']) =>
      value.split(',').filter((entry) => !entry.startsWith('argocd-')),
    );
    expect(exceptions.length).toBeGreaterThan(4);
    for (const entries of exceptions) expect(entries).toEqual(exceptions[0]);
  });

  it('mounts no certificates that are not there', () => {
    const made = files.flatMap(({ path, content }) =>
      path.endsWith('/ca-bundle.yaml') ? [(parse(content) as { metadata: { name: string } }).metadata.name] : [],
    );

    const mounted = files.flatMap(({ content }) =>
      [...content.matchAll(/name: ([a-z-]+-ca-[0-9a-f]{8})$/gm)].map(([, name]) => name),
    );
    expect(made.length).toBeGreaterThan(3);
    expect([...new Set(mounted)].sort()).toEqual([...made].sort());
  });
});
