import { describe, expect, it } from 'vitest';
import { parseMiB, parseMillis, parseObjects } from './inspect.ts';
import { listOperatorWorkloads } from './operator-workloads.ts';

function listOf(...manifests: readonly string[]) {
  return listOperatorWorkloads(parseObjects(manifests.join('---\n')), { cpu: parseMillis, memory: parseMiB });
}

const head = (kind: string) =>
  `apiVersion: operator.victoriametrics.com/v1beta1\nkind: ${kind}\nmetadata: { name: demo }\n`;

describe('scripts/render-charts/operator-workloads.ts', () => {
  it('adds the container that watches the configuration', () => {
    const spec =
      'spec:\n  replicaCount: 2\n  resources: { requests: { cpu: 100m, memory: 256Mi } }\n  configReloaderResources: { requests: { cpu: 5m, memory: 32Mi } }\n';

    const [agent] = listOf(head('VMAgent') + spec);

    expect(agent).toMatchObject({
      kind: 'Deployment',
      name: 'vmagent-demo',
      replicas: 2,
      cpuMillis: 105,
      memoryMiB: 288,
    });
  });

  it('finds each part of a cluster', () => {
    const part = (name: string, replicas: number) =>
      `  ${name}: { replicaCount: ${replicas}, resources: { requests: { cpu: 50m, memory: 128Mi } } }\n`;

    const parts = listOf(
      `${head('VMCluster')}spec:\n${part('vminsert', 2)}${part('vmselect', 2)}${part('vmstorage', 3)}`,
    );

    expect(parts.map(({ kind, name, replicas }) => [kind, name, replicas])).toEqual([
      ['Deployment', 'vminsert-demo', 2],
      ['StatefulSet', 'vmselect-demo', 2],
      ['StatefulSet', 'vmstorage-demo', 3],
    ]);
  });

  it('leaves what the operator makes no pods of, and kinds of others', () => {
    const other = 'apiVersion: example.com/v1\nkind: VMAgent\nmetadata: { name: demo }\n';

    expect(listOf(`${head('VMRule')}spec: {}\n`, other)).toEqual([]);
  });
});
