// Changes that somebody may make to an example, with every app of the catalog: what each of them is in danger of.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalog } from '../../catalog/catalog.ts';
import { listExamples } from '../../testing/examples.ts';
import { summariseChange } from '../../testing/summarise-change.ts';

const HIGH = 'zcompute-high-cloudflare';
const FILES =
  'objectStorage:\n  kind: s3\n  endpoint: https://vsa-00000007-public.zadarazios.com\n  bucket: west-onyx-files\n';
const BACKUP =
  'backup:\n  endpoint: https://vsa-00000008-public.zadarazios.com # another store: one fault must not take both\n  bucket: west-backup\n  folder: onyx\n';
const ETCD =
  '  etcdBackup:\n    endpoint: vsa-00000007-public.zadarazios.com\n    bucket: west-etcd\n    folder: west\n';
const IN_CLUSTER = 'objectStorage: { kind: in-cluster, sizeGiB: 200 }\n';

type Edit = readonly [string, string];

interface Row {
  readonly name: string;
  readonly example?: string;
  /** Before anything is rendered. */
  readonly given?: readonly Edit[];
  readonly edits: readonly Edit[];
  /** Name, when, and parts of what will happen and of how to avoid it. */
  readonly dangers: readonly (readonly [string, string, string, string])[];
}

const SINGLE: Edit = ['availability: high', 'availability: single'];
const GONE = 'What only they hold is out of reach, and their volumes are left behind';

const rows: readonly Row[] = [
  {
    name: 'one of everything, where there were several',
    given: [[FILES, IN_CLUSTER]],
    edits: [SINGLE],
    dangers: [
      ['app/redis', 'commit', 'Argo CD prunes redis', 'write availability: high, or'],
      [
        'component/monitoring/vmcluster',
        'commit',
        'vmcluster of monitoring is switched off',
        'write availability: high; or',
      ],
      ['replicas/monitoring/vmalertmanager-monitoring', 'commit', 'from 2 replicas to 1', 'write availability: high'],
      [
        'replicas/onyx-database/onyx-database',
        'commit',
        'CloudNativePG ends 2 of them and deletes their claims. The rows stay with the others. None is left to take over',
        'write availability: high',
      ],
      [
        'replicas/opensearch/onyx-search',
        'commit',
        `from 3 replicas to 1: Kubernetes ends 2 of them without moving data to the others. ${GONE}, with nobody who uses them. Those that stay are no majority of 3`,
        'write availability: high; or copy the data of opensearch first: docs/west/runbook.md',
      ],
      ['replicas/seaweedfs/onyx-files-master', 'commit', 'no majority of 3', 'write availability: high'],
      ['replicas/seaweedfs/onyx-files-volume', 'commit', GONE, 'write availability: high'],
    ],
  },
  {
    name: 'several, where there was one',
    given: [SINGLE],
    edits: [['availability: single', 'availability: high']],
    dangers: [
      ['app/valkey', 'commit', 'Argo CD prunes valkey', 'write availability: single, or'],
      ['component/monitoring/vmsingle', 'commit', 'starts empty', 'write availability: single; or'],
    ],
  },
  {
    name: 'an app that is switched off',
    edits: [['  ollama:\n', '  ollama:\n    enabled: false\n']],
    dangers: [
      ['app/ollama', 'commit', 'It holds models', 'write apps.ollama.enabled: true, or'],
      ['namespace/ollama', 'commit', 'Nothing is installed in the namespace ollama', 'keep ollama'],
    ],
  },
  {
    name: 'another site of zCompute',
    edits: [['compute-us-west-101', 'compute-eu-1']],
    dangers: [['platform', 'apply', 'goes on running, and costing', 'keep platform as it is']],
  },
  {
    name: 'another zone of AWS',
    example: 'aws-high',
    edits: [['availabilityZones: [eu-central-1a, eu-central-1b,', 'availabilityZones: [eu-central-1d, eu-central-1b,']],
    dangers: [
      ['public-address/nat_a', 'apply', 'gives the public address nat_a back', 'have the new address allowed'],
      ['subnets', 'apply', 'Terraform destroys the subnet', 'keep the zones'],
      ['zones', 'apply', 'out of reach of all nodes', 'keep platform.availabilityZones'],
    ],
  },
  {
    name: 'an older k3s',
    edits: [['v1.35.9+k3s1', 'v1.34.8+k3s1']],
    dangers: [['k3s-version', 'node replacement', 'older than v1.35.9+k3s1', 'write version: v1.35.9+k3s1']],
  },
  {
    name: 'another bucket for files',
    edits: [['west-onyx-files', 'other-files']],
    dangers: [['object-storage', 'commit', 'those in west-onyx-files at', 'write objectStorage: { kind: s3,']],
  },
  {
    name: 'files on volumes of the cluster, which were in a bucket',
    edits: [[FILES, IN_CLUSTER]],
    dangers: [['object-storage', 'commit', 'Onyx keeps its files in volumes of this cluster', 'rclone sync']],
  },
  {
    name: 'no copies any more',
    edits: [[BACKUP, '']],
    dangers: [['backup', 'commit', 'Nothing is copied any more', 'write backup: { endpoint: https://vsa-00000008']],
  },
  {
    name: 'copies in another folder',
    edits: [['folder: onyx', 'folder: elsewhere']],
    dangers: [['backup', 'commit', 'Copies go to west-backup/elsewhere', 'folder: onyx']],
  },
  {
    name: 'etcd in another bucket',
    edits: [['bucket: west-etcd', 'bucket: other-etcd']],
    dangers: [
      [
        'etcd-backup',
        'node replacement',
        'makes a second, empty cluster',
        's3 cp s3://west-etcd/rootstock/west/initialized - | aws',
      ],
    ],
  },
  {
    name: 'no copies of etcd any more',
    example: 'zcompute-single',
    given: [['  nodeGroups:\n', '  etcdBackup: { endpoint: s3.example.com, bucket: lab-etcd }\n  nodeGroups:\n']],
    edits: [['  etcdBackup: { endpoint: s3.example.com, bucket: lab-etcd }\n', '']],
    dangers: [
      ['etcd-backup', 'node replacement', 'look for no marker', 'write etcdBackup: { endpoint: s3.example.com'],
    ],
  },
  {
    name: 'smaller volumes of one app',
    edits: [['apps:\n', 'apps:\n  monitoring: { metricsGiB: 10, grafanaGiB: 2 }\n']],
    dangers: [
      ['volume/monitoring/grafana', 'commit', 'from "5Gi" to "2Gi"', 'write apps.monitoring.grafanaGiB: 5;'],
      ['volume/monitoring/vmcluster.vmstorage', 'commit', 'from "20Gi" to "10Gi"', 'apps.monitoring.metricsGiB: 20;'],
    ],
  },
  {
    name: 'smaller volumes of a database',
    edits: [['apps:\n', 'apps:\n  onyx-database: { storageGiB: 10, walGiB: 4 }\n']],
    dangers: [
      ['cluster/onyx/onyx-database', 'commit', 'spec.storage.size', 'write apps.onyx-database.storageGiB: 20;'],
      ['cluster/onyx/onyx-database/walStorage', 'commit', 'spec.walStorage.size', 'apps.onyx-database.walGiB: 10;'],
    ],
  },
  {
    name: 'a smaller volume in a list',
    given: [[FILES, IN_CLUSTER]],
    edits: [['sizeGiB: 200', 'sizeGiB: 100']],
    dangers: [
      [
        'volume/seaweedfs/volume.dataDirs.data',
        'commit',
        'from "200Gi" to "100Gi"',
        'write objectStorage.sizeGiB: 200;',
      ],
    ],
  },
  {
    name: 'a GPU group with another name',
    edits: [['    gpu:\n      role', '    gpus:\n      role']],
    dangers: [['node-group/gpu', 'apply', 'what lies on the disks of the nodes is gone', 'kubectl drain']],
  },
  // No danger.
  {
    name: 'the first copies of all',
    example: 'zcompute-single',
    edits: [
      ['  nodeGroups:\n', '  etcdBackup: { endpoint: s3.example.com, bucket: lab-etcd }\n  nodeGroups:\n'],
      ['apps:\n', 'backup: { bucket: lab-backup }\napps:\n'],
    ],
    dangers: [],
  },
  {
    name: 'the first files',
    example: 'zcompute-single',
    given: [
      ['  kind: s3\n  endpoint: https://vsa-00000001-public.zadarazios.com\n  bucket: lab-onyx-files\n', ''],
      ['objectStorage: # where Onyx keeps files; its keys are a secret\n', ''],
      ['  expose: [onyx]', '  expose: []'],
    ],
    edits: [['apps:\n', 'objectStorage: { kind: in-cluster }\napps:\n']],
    dangers: [],
  },
  {
    name: 'larger volumes',
    edits: [
      ['apps:\n', 'apps:\n  monitoring: { metricsGiB: 100, grafanaGiB: 20 }\n  onyx-database: { storageGiB: 200 }\n'],
    ],
    dangers: [],
  },
  { name: 'a newer k3s', edits: [['v1.35.9+k3s1', 'v1.35.10+k3s1']], dangers: [] },
  {
    name: 'the folder of etcd that is the default, and copies that are kept longer',
    edits: [
      [ETCD, ETCD.replace('    folder: west\n', '    retention: 300\n')],
      ['  folder: onyx\n', '  folder: onyx\n  retentionDays: 60\n'],
    ],
    dangers: [],
  },
];

function edit(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const [from, to] of edits) {
    if (!result.includes(from)) throw new Error(`not in the example: ${from}`);
    result = result.replace(from, to);
  }
  return result;
}

describe('generator/summary/dangers, of examples', () => {
  it.each(rows)('finds what is lost: $name', ({ example = HIGH, given = [], edits, dangers }) => {
    const text = listExamples().find(({ name }) => name === example)?.texts[0]?.text ?? '';
    const before = edit(text, given);
    const after = edit(before, edits);

    const summary = summariseChange(parse(before), parse(after), { before: catalog, after: catalog });

    const found = summary?.dangers ?? [];
    expect(found.map(({ name, takesEffect }) => [name, takesEffect])).toEqual(
      dangers.map(([name, takesEffect]) => [name, takesEffect]),
    );
    for (const [index, [, , what, avoid]] of dangers.entries()) {
      expect(found[index]?.what).toContain(what);
      expect(found[index]?.avoid).toContain(avoid);
    }
    for (const { avoid } of found) expect(avoid).toMatch(/^[a-z].{10,}[^.]$/);
  });
});
