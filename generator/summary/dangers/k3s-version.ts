// A version of k3s that goes back: etcd and its objects are written by the newer one.
import compareBuild from 'semver/functions/compare-build.js';
import valid from 'semver/functions/valid.js';
import { asMap, readEnvironmentFile } from '../environment-files.ts';
import type { DangerInput, FindDangers } from './danger.ts';

export const findK3sDowngrade: FindDangers = (input) => {
  const [from, to] = [readVersion(input), input.after.environment.cluster.version];
  if (from === undefined || valid(from) === null || valid(to) === null || compareBuild(to, from) >= 0) return [];
  return [
    {
      name: 'k3s-version',
      takesEffect: 'node replacement',
      key: 'cluster.version',
      what: `Nodes that are made from now on run k3s ${to}, older than ${from}, which wrote what is in etcd. Kubernetes cannot go back: an older control node may not start beside newer ones, or not read objects that they stored, and kubelets must never be newer than the API server.`,
      avoid: `write version: ${from} under cluster; the way back is a snapshot of etcd that ${to} made, as docs/${input.environment}/runbook.md says under restore`,
    },
  ];
};

/** Undefined: what was the default then is not known. */
function readVersion({ before, environment, filesBefore }: DangerInput): string | undefined {
  if (before !== undefined) return before.environment.cluster.version;
  const version = asMap(readEnvironmentFile(filesBefore, environment)['cluster'])['version'];
  return typeof version === 'string' ? version : undefined;
}
