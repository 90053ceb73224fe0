// What a person does when volumes of the store are lost or too small, for the runbook of the environment.
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { PREFIX } from './names.ts';

const FILER_CLAIM = `data-filer-${PREFIX}-filer-0`;

/** Lines of Markdown. */
export function describeRecovery({ availability, backup }: Pick<AppContext, 'availability' | 'backup'>): string[] {
  return [...describeLoss(availability.quorum > 1, backup !== undefined), '', ...ENLARGE];
}

/** The list outlives the files: what is still in it counts as there, the mark of a restored bucket included. */
function describeLoss(isReplicated: boolean, hasCopies: boolean): string[] {
  const lost = isReplicated ? 'two volumes with files were' : 'the volume with files was';
  const after = hasCopies
    ? 'After that the files come back from their copies, as said there.'
    : 'The files themselves stay lost, because the environment file has no `backup`.';
  return [
    `Where ${lost} lost while the environment lives on, the list of files still names what is gone, so make that anew as well:`,
    '',
    '```sh',
    `kubectl --namespace onyx delete pvc ${FILER_CLAIM} --wait=false`,
    `kubectl --namespace onyx delete pod ${PREFIX}-filer-0`,
    '```',
    '',
    `An empty list has no bucket, and nothing in Git has changed, so sync once by hand, which makes it. ${after}`,
    '',
    '```sh',
    formatSync('seaweedfs'),
    '```',
  ];
}

const ENLARGE = [
  'To enlarge the volumes, which the StatefulSet does not do: write the new `objectStorage.sizeGiB` into the environment file, render and push. Argo CD now says that the StatefulSet cannot be changed. Then the claims, and the StatefulSet without its pods, which Argo CD makes anew with the new size. In this order: before the push it would make it anew with the old one. For 200 GiB:',
  '',
  '```sh',
  `for claim in $(kubectl --namespace onyx get pvc --output name | grep data-${PREFIX}-volume-); do`,
  `  kubectl --namespace onyx patch "$claim" --patch '{"spec": {"resources": {"requests": {"storage": "200Gi"}}}}'`,
  'done',
  `kubectl --namespace onyx delete statefulset ${PREFIX}-volume --cascade=orphan`,
  '```',
  '',
  `For the list of files the same with \`apps.seaweedfs.filerGiB\` (with \`--allow-replace\` and the name that \`diff\` lists), the claim \`${FILER_CLAIM}\` and the StatefulSet \`${PREFIX}-filer\`.`,
];
