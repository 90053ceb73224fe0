// The table of cross-field rules, in the order in which they run.
import { awsZones } from './aws-zones.ts';
import { caBundle } from './ca-bundle.ts';
import { chartVersions } from './chart-versions.ts';
import { cidrForm } from './cidr-form.ts';
import { controlGroup } from './control-group.ts';
import { derivedNames } from './derived-names.ts';
import { dns } from './dns.ts';
import { etcdBackup } from './etcd-backup.ts';
import { exposedApps } from './exposed-apps.ts';
import { gpuInstance } from './gpu-instance.ts';
import { gpuModel } from './gpu-model.ts';
import { gpuSlices } from './gpu-slices.ts';
import { highMinimums } from './high-minimums.ts';
import { instanceType } from './instance-type.ts';
import { k3sVersion } from './k3s-version.ts';
import { networkOverlap } from './network-overlap.ts';
import { networkSize } from './network-size.ts';
import { nodeLabels } from './node-labels.ts';
import { privateAccess } from './private-access.ts';
import { proxy } from './proxy.ts';
import { publicAddress } from './public-address.ts';
import { registryMirrors } from './registry-mirrors.ts';
import { repositoryUrl } from './repository-url.ts';
import { reservedNames } from './reserved-names.ts';
import type { RepositoryRule, Rule } from './rule.ts';
import { sameRepository } from './same-repository.ts';
import { scalingTags } from './scaling-tags.ts';
import { separateStores } from './separate-stores.ts';
import { signOn } from './sign-on.ts';
import { sshKey } from './ssh-key.ts';
import { storeRegions } from './store-regions.ts';
import { subnets } from './subnets.ts';
import { tls } from './tls.ts';
import { uniqueEnvironments } from './unique-environments.ts';
import { userData } from './user-data.ts';
import { workerGroups } from './worker-groups.ts';

/** Rules that must hold before the others may trust the values. */
export const formRules: readonly Rule[] = [cidrForm];

export const rules: readonly Rule[] = [
  derivedNames,
  reservedNames,
  awsZones,
  storeRegions,
  repositoryUrl,
  networkSize,
  networkOverlap,
  subnets,
  privateAccess,
  k3sVersion,
  sshKey,
  controlGroup,
  workerGroups,
  highMinimums,
  etcdBackup,
  instanceType,
  nodeLabels,
  scalingTags,
  gpuModel,
  gpuSlices,
  gpuInstance,
  dns,
  publicAddress,
  tls,
  exposedApps,
  signOn,
  proxy,
  caBundle,
  userData,
  registryMirrors,
  chartVersions,
];

export const repositoryRules: readonly RepositoryRule[] = [sameRepository, uniqueEnvironments, separateStores];
