// Every GPU is known: from the catalogue, or by its PCI id and memory.
import type { KeyPath } from '../../core/key-path.ts';
import { nearest } from '../../core/nearest.ts';
import type { ProblemKind } from '../../core/problem.ts';
import { findGpuModel, findGpuModelsById, findGpuVariants, GPU_MODELS, type GpuModel } from '../gpu-models.ts';
import type { WorkerGroup } from '../schema/environment-schema.ts';
import { listGpuGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const UNKNOWN: ProblemKind = {
  code: 'GPU-001',
  title: 'The GPU model is not known',
  explanation:
    'Node labels and time slices follow from the PCI device id and the memory of a GPU. Name a model of the catalogue, or give `pciId` (from `lspci -n -d 10de:`) and `memoryGiB`.',
};
const AMBIGUOUS: ProblemKind = {
  code: 'GPU-002',
  title: 'The GPU model leaves something open',
  explanation:
    'Some names stand for several cards, and some PCI ids are shared by cards of different memory. Time slices follow from the memory, so Rootstock asks rather than guesses.',
};
const CONTRADICTION: ProblemKind = {
  code: 'GPU-003',
  title: 'The GPU model and its facts contradict each other',
  explanation:
    'For a model of the catalogue, PCI id and memory are known. If yours differ, it is another model: give it another name.',
};

type Gpu = NonNullable<WorkerGroup['gpu']>;

export const gpuModel: Rule = {
  kinds: [UNKNOWN, AMBIGUOUS, CONTRADICTION],
  check: ({ cluster }) =>
    listGpuGroups(cluster.nodeGroups).flatMap(({ name, gpu }) => {
      const at = ['cluster', 'nodeGroups', name, 'gpu'];
      const known = findGpuModel(gpu.model);
      return known === undefined ? checkCustom(at, gpu) : checkKnown(at, gpu, known);
    }),
};

function checkKnown(at: KeyPath, gpu: Gpu, known: GpuModel): Finding[] {
  const findings: Finding[] = [];
  if (gpu.pciId !== undefined && !known.pciIds.includes(gpu.pciId)) {
    const message = `pciId is ${gpu.pciId}, but the ${known.model} has ${known.pciIds.join(' or ')}.`;
    findings.push({
      kind: CONTRADICTION,
      at: [...at, 'pciId'],
      message,
      hint: 'leave pciId out, or give the model another name',
    });
  }
  return [...findings, ...checkMemory(at, gpu, known)];
}

function checkMemory(at: KeyPath, { memoryGiB }: Gpu, known: GpuModel): Finding[] {
  const choices = known.memoryChoices;
  if (choices !== undefined && memoryGiB === undefined) {
    const message = `${known.choiceReason ?? known.model}. memoryGiB must say which it is.`;
    return [
      { kind: AMBIGUOUS, at: [...at, 'memoryGiB'], message, hint: `add memoryGiB: ${choices.join(' or memoryGiB: ')}` },
    ];
  }
  if (memoryGiB === undefined || (choices ?? [known.memoryGiB]).includes(memoryGiB)) return [];
  const message = `memoryGiB is ${memoryGiB}, but the ${known.model} has ${(choices ?? [known.memoryGiB]).join(' or ')}.`;
  const hint =
    choices === undefined
      ? 'leave memoryGiB out, or give the model another name'
      : `write memoryGiB: ${choices.join(' or ')}`;
  return [{ kind: CONTRADICTION, at: [...at, 'memoryGiB'], message, hint }];
}

function checkCustom(at: KeyPath, gpu: Gpu): Finding[] {
  const { model, pciId, memoryGiB } = gpu;
  if (pciId !== undefined && memoryGiB !== undefined) return [];
  const variants = findGpuVariants(model).map((variant) => variant.model);
  if (variants.length > 0) {
    const message = `"${model}" may be any of ${variants.join(', ')}.`;
    return [{ kind: AMBIGUOUS, at: [...at, 'model'], message, hint: `write model: ${variants.join(' or ')}` }];
  }
  const missing = [...(pciId === undefined ? ['pciId'] : []), ...(memoryGiB === undefined ? ['memoryGiB'] : [])];
  const alike = pciId === undefined ? [] : findGpuModelsById(pciId).map((candidate) => candidate.model);
  const message =
    alike.length > 0
      ? `"${model}" is not in the catalogue; ${String(pciId)} is the PCI id of ${alike.join(' and ')}. ${missing.join(' and ')} must be given.`
      : `"${model}" is not in the catalogue, so ${missing.join(' and ')} must be given.`;
  const meant = nearest(
    model,
    GPU_MODELS.map((candidate) => candidate.model),
  );
  const example = missing.map((key) => (key === 'pciId' ? 'pciId: 27b8' : 'memoryGiB: 24')).join(', ');
  const add = `add ${example} with your figures`;
  const hint =
    alike.length > 0 ? `write model: ${alike.join(' or ')}` : meant === undefined ? add : `${meant} If not, ${add}`;
  return [{ kind: UNKNOWN, at: [...at, 'model'], message, hint }];
}
