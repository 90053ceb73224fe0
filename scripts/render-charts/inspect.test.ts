import { describe, expect, it } from 'vitest';
import {
  listClusterKinds,
  listClusterScopedCustom,
  listCustomApis,
  listNamespaces,
  listWorkloads,
  parseMiB,
  parseMillis,
  parseObjects,
} from './inspect.ts';

const MANIFESTS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec: { group: example.com, scope: Cluster, names: { kind: Thing }, versions: [{ name: v1 }] }
---
apiVersion: example.com/v1
kind: Thing
metadata: { name: a }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: b } }
  - { apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: c, namespace: kube-system } }
---
# only a comment
---
apiVersion: v1
kind: Pod
metadata: { name: test, annotations: { helm.sh/hook: test } }
`;

describe('scripts/render-charts/inspect.ts', () => {
  it('flattens lists and drops empty documents and tests', () => {
    const objects = parseObjects(MANIFESTS);

    expect(objects.map(({ kind }) => kind)).toEqual(['CustomResourceDefinition', 'Thing', 'ConfigMap', 'Role']);
  });

  it('finds what is cluster-scoped, custom kinds by their own definition', () => {
    const objects = parseObjects(MANIFESTS);

    const custom = new Set(listClusterScopedCustom(objects));

    expect([...custom]).toEqual(['example.com/Thing']);
    expect(listClusterKinds(objects, custom)).toEqual([
      'apiextensions.k8s.io/CustomResourceDefinition',
      'example.com/Thing',
    ]);
    expect(listNamespaces(objects, custom, 'demo')).toEqual(['demo', 'kube-system']);
    expect(listCustomApis(objects)).toEqual(['example.com/v1', 'example.com/v1/Thing']);
  });

  it('adds up requests as the scheduler does', () => {
    const [workload] = listWorkloads([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          template: {
            spec: {
              containers: [
                { resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { 'nvidia.com/gpu': 12 } } },
                { resources: { limits: { cpu: 1 } } },
              ],
              initContainers: [
                { resources: { requests: { memory: '3Gi' } } },
                { restartPolicy: 'Always', resources: { requests: { cpu: '50m' } } },
              ],
            },
          },
        },
      },
    ]);

    expect(workload).toEqual({
      kind: 'Deployment',
      name: 'web',
      replicas: 2,
      cpuMillis: 1300,
      memoryMiB: 3072,
      gpuUnits: 12,
      nodeSelector: {},
      isHook: false,
    });
  });

  it.each([
    ['250m', 250],
    ['2', 2000],
    ['0.5', 500],
  ])('reads %s of CPU as %i m', (text, expected) => {
    expect(parseMillis(text)).toBe(expected);
  });

  it.each([
    ['128Mi', 128],
    ['1Gi', 1024],
    ['1.5Gi', 1536],
    ['1048576', 1],
    ['100M', 95],
  ])('reads %s of memory as %i MiB', (text, expected) => {
    expect(parseMiB(text)).toBe(expected);
  });
});
