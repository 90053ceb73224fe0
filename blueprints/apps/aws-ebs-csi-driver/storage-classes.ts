// The two classes of volumes: one that goes with its claim, one that stays.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';

/** The default class; k3s's own local-path class is disabled, so it is the only default. */
export const DEFAULT_CLASS = 'gp3';
/** For data that must outlive a mistake: the volume stays in the cloud when its claim is deleted. */
export const RETAIN_CLASS = 'gp3-retain';

/** Values for `storageClasses` of the chart. The parameters of a class cannot be changed once it exists. */
export function planStorageClasses({ platform }: Pick<AppContext, 'platform'>): YamlMap[] {
  const shared: YamlMap = {
    // A volume cannot follow its pod into another zone, so it is made where the pod was placed.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    parameters: {
      type: 'gp3',
      // zCompute knows no encryption of volumes.
      encrypted: from('platform.kind', String(platform.kind === 'aws')),
      'csi.storage.k8s.io/fstype': 'ext4',
    },
  };
  return [
    {
      name: DEFAULT_CLASS,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      reclaimPolicy: 'Delete',
      ...shared,
    },
    { name: RETAIN_CLASS, reclaimPolicy: 'Retain', ...shared },
  ];
}
