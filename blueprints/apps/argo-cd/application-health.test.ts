import fengari from 'fengari';
import { describe, expect, it } from 'vitest';
import script from './application-health.lua';

const { lua, lauxlib, lualib, to_jsstring, to_luastring } = fengari;

describe('blueprints/apps/argo-cd/application-health.lua', () => {
  it.each([
    ['waits for a status', application({}), 'Progressing', 'first reconciliation'],
    [
      'waits for a health status',
      application({ status: { sync: { ...compared, status: 'OutOfSync' }, health: {} } }),
      'Progressing',
      'first reconciliation',
    ],
    [
      'waits for the first sync',
      application({ status: outOfSync({ health: 'Missing' }) }),
      'Progressing',
      'never synced',
    ],
    [
      'waits while a sync runs, though 3.4 calls a half-synced app Healthy',
      application({ status: outOfSync({ operation: running('waiting for healthy state') }) }),
      'Progressing',
      'waiting for healthy state',
    ],
    [
      'waits while a failed sync is going to be retried',
      application({ status: synced({ operation: { ...running('retrying'), finishedAt: '2026-01-01T00:00:00Z' } }) }),
      'Progressing',
      'retrying',
    ],
    [
      'waits while a sync is being stopped',
      application({ status: synced({ operation: { ...running(''), phase: 'Terminating' } }) }),
      'Progressing',
      'sync running',
    ],
    [
      'waits for a sync that was asked for and has not begun',
      application({ operation: { sync: {} }, status: synced({}) }),
      'Progressing',
      'about to start',
    ],
    ['opens after a good sync', application({ status: synced({}) }), 'Healthy', ''],
    [
      'opens although a noisy diff stays after a good sync',
      application({ status: outOfSync({ operation: succeeded('1') }) }),
      'Healthy',
      '',
    ],
    [
      'waits if only an older revision was synced',
      application({ status: outOfSync({ operation: succeeded('0') }) }),
      'Progressing',
      'new revision',
    ],
    [
      'waits while the verdict belongs to an older chart version',
      application({ source: { ...source, targetRevision: '2' }, status: synced({}) }),
      'Progressing',
      'older spec',
    ],
    [
      'waits while the verdict belongs to a spec that had one setting more',
      application({ source: { ...source, helm: { valuesObject: {} } }, status: synced({}) }),
      'Progressing',
      'older spec',
    ],
    [
      'waits while an app moves from one source to several',
      application({ sources: [source], status: synced({}) }),
      'Progressing',
      'older spec',
    ],
    [
      'does not take an empty list for a change',
      application({ source: { ...source, helm: { valuesObject: { a: 1, list: [] } } }, status: synced({}) }),
      'Healthy',
      '',
    ],
    [
      'says that a sync failed',
      application({ status: outOfSync({ operation: { ...succeeded('1'), phase: 'Failed', message: 'boom' } }) }),
      'Degraded',
      'sync failed: boom',
    ],
    [
      'says that a sync ended in an error',
      application({ status: outOfSync({ operation: { phase: 'Error', message: 'timed out' } }) }),
      'Degraded',
      'sync failed: timed out',
    ],
    [
      'forgives an old failure once everything is in sync',
      application({ status: synced({ operation: { ...succeeded('0'), phase: 'Failed' } }) }),
      'Healthy',
      '',
    ],
    [
      'says that manifests cannot be made, though Argo CD calls that Healthy',
      application({
        status: { ...synced({}), conditions: [{ type: 'ComparisonError', message: 'values file missing' }] },
      }),
      'Degraded',
      'ComparisonError: values file missing',
    ],
    [
      'says that the spec is refused, where Argo CD would wait without a word',
      application({
        status: { ...synced({ health: 'Unknown' }), conditions: [{ type: 'InvalidSpecError', message: 'no project' }] },
      }),
      'Degraded',
      'InvalidSpecError: no project',
    ],
    [
      'is not held up by a warning',
      application({ status: { ...synced({}), conditions: [{ type: 'SharedResourceWarning', message: 'x' }] } }),
      'Healthy',
      '',
    ],
    ['repeats Degraded', application({ status: synced({ health: 'Degraded' }) }), 'Degraded', ''],
    ['repeats Suspended', application({ status: synced({ health: 'Suspended' }) }), 'Suspended', ''],
    [
      'waits for a new revision of one of several sources',
      several({ synced: 'a', current: 'b' }),
      'Progressing',
      'new',
    ],
    ['opens when all of several sources are synced', several({ synced: 'b', current: 'b' }), 'Healthy', ''],
    [
      'repeats the health of an app that people sync by hand',
      application({ syncPolicy: {}, status: outOfSync({ health: 'Missing' }) }),
      'Missing',
      '',
    ],
    [
      'takes an app with automation switched off for one that people sync by hand',
      application({ syncPolicy: { automated: { enabled: false } }, status: outOfSync({ health: 'Healthy' }) }),
      'Healthy',
      '',
    ],
    [
      'does not compare the spec of an app whose manifests are hydrated',
      { spec: { sourceHydrator: {}, syncPolicy: { automated: {} } }, status: synced({}) },
      'Healthy',
      '',
    ],
  ])('%s', (_, object, status, message) => {
    const health = judge(object);

    expect(health.status).toBe(status);
    expect(health.message).toContain(message);
  });

  it('says something of every object, however broken', () => {
    for (const object of [
      {},
      { spec: {} },
      { status: {} },
      { spec: { sources: [] }, status: { sync: {}, health: {} } },
    ])
      expect(judge(object).status).toBe('Progressing');
  });
});

const source = {
  repoURL: 'https://charts.example.com',
  chart: 'x',
  targetRevision: '1',
  helm: { valuesObject: { a: 1 } },
};
const compared = { comparedTo: { source }, revision: '1' };

interface Shape {
  readonly source?: object;
  readonly sources?: readonly object[];
  readonly syncPolicy?: object;
  readonly operation?: object;
  readonly status?: object;
}

function application({ source: own = source, sources, syncPolicy = { automated: { prune: true } }, ...rest }: Shape) {
  return { spec: { ...(sources === undefined ? { source: own } : { sources }), syncPolicy }, ...rest };
}

function synced({ health = 'Healthy', operation = succeeded('1') }: { health?: string; operation?: object }) {
  return { sync: { ...compared, status: 'Synced' }, health: { status: health }, operationState: operation };
}

function outOfSync({ health = 'Healthy', operation }: { health?: string; operation?: object }) {
  return {
    sync: { ...compared, status: 'OutOfSync' },
    health: { status: health },
    ...(operation === undefined ? {} : { operationState: operation }),
  };
}

function succeeded(revision: string) {
  return { phase: 'Succeeded', syncResult: { revision } };
}

function running(message: string) {
  return { phase: 'Running', message, syncResult: { revision: '1' } };
}

/** With several sources Argo CD fills `revisions` and leaves an empty `source` behind. */
function several({ synced: done, current }: { synced: string; current: string }) {
  const sources = [{ repoURL: 'https://git.example.com/x.git', ref: 'values' }];
  return {
    spec: { sources, syncPolicy: { automated: {} } },
    status: {
      sync: {
        status: done === current ? 'Synced' : 'OutOfSync',
        comparedTo: { source: { repoURL: '' }, sources },
        revisions: [current],
      },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded', syncResult: { revision: '', revisions: [done] } },
    },
  };
}

/** Runs the script as Argo CD does: `obj` is the Application, and only the base library is open. */
function judge(object: unknown): { status: string; message: string } {
  const state = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(state, to_luastring('_G'), lualib.luaopen_base, 1);
  push(state, object);
  lua.lua_setglobal(state, to_luastring('obj'));
  if (lauxlib.luaL_dostring(state, to_luastring(script)) !== 0)
    throw new Error(to_jsstring(lua.lua_tostring(state, -1)));
  const read = (field: string) => {
    lua.lua_getfield(state, -1, to_luastring(field));
    const text = to_jsstring(lua.lua_tostring(state, -1));
    lua.lua_pop(state, 1);
    return text;
  };
  return { status: read('status'), message: read('message') };
}

function push(state: unknown, value: unknown): void {
  if (typeof value === 'string') lua.lua_pushstring(state, to_luastring(value));
  else if (typeof value === 'boolean') lua.lua_pushboolean(state, value);
  else if (typeof value === 'number') lua.lua_pushnumber(state, value);
  else if (Array.isArray(value))
    pushEntries(
      state,
      value.map((item, index) => [index + 1, item]),
    );
  else pushEntries(state, Object.entries(value as object));
}

function pushEntries(state: unknown, entries: readonly (readonly [string | number, unknown])[]): void {
  lua.lua_newtable(state);
  for (const [key, item] of entries) {
    push(state, key);
    push(state, item);
    lua.lua_settable(state, -3);
  }
}
