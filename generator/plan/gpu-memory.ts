// GPUs and what workloads load into them → a table for each GPU, and whether it fits.
import type { GpuMemoryClaim, GpuMemoryItem, GpuMemoryLoad } from '../core/blueprint.ts';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import { findVisibleMiB, GPU_MODELS } from '../environment/gpu-models.ts';
import type { EnvironmentPlan, GpuPlan } from './plan.ts';

const TOO_LARGE: ProblemKind = {
  code: 'PLAN-013',
  title: 'What is loaded does not fit into the memory of a GPU',
  explanation:
    'Models that are kept loaded, their contexts and buffers, and what else runs on the same GPU need more memory than it has. Ollama would not fail: it computes the rest on the CPU, many times slower. Take the choice of the hint, or another GPU. docs/<environment>/capacity.md shows how the sum comes about.',
};
const NOT_CHECKED: ProblemKind = {
  code: 'PLAN-014',
  title: 'Whether a GPU has enough memory could not be told',
  severity: 'unchecked',
  explanation:
    'A model is not in the catalogue (`rootstock catalog --models` lists it), or its context is longer than the formula is known to hold for. Give the numbers of a model with `apps.ollama.modelFacts`; after the deployment `ollama ps` shows whether all of a model is on the GPU.',
};

export const gpuMemoryProblems: readonly ProblemKind[] = [TOO_LARGE, NOT_CHECKED];

/** Left of what a GPU shows when nothing runs on it; seen on an A40, assumed for others. */
const FREE_PART = 0.98;
/** llama-server leaves this free on each GPU unless it is told to leave more. @see llama.cpp b10488, `--fit-target` */
const LEAST_RESERVE_MIB = 1024;
/** Layers are of different sizes, so that the fullest of several GPUs gets this much more than its share. */
const UNEVEN = 1.05;
/** From here on the documents call it tight. */
const TIGHT = 0.9;

export type MemoryVerdict = 'fits' | 'fits, but tight' | 'does not fit' | 'unchecked';

/** An item on the GPUs of one replica. */
export interface PlacedItem {
  readonly item: GpuMemoryItem;
  /** On one of them, from 0; `all`: spread over all. */
  readonly gpu: number | 'all';
}

/** One workload on the GPUs of one of its replicas. */
export interface GpuMemoryTable {
  readonly claim: GpuMemoryClaim;
  readonly gpu: GpuPlan;
  /** GPUs of each replica. */
  readonly gpus: number;
  readonly placed: readonly PlacedItem[];
  /** Of the fullest GPU. */
  readonly sumMiB: number;
  /** Taken by others on the same GPU. */
  readonly othersMiB: number;
  /** For this workload on each GPU: what the driver shows, less what is left free and what others take. */
  readonly usableMiB: number;
  readonly verdict: MemoryVerdict;
}

/** One table for each claim, in plan order. Claims on GPUs that no group has are left to the apps' own checks. */
export function planGpuMemory(plan: EnvironmentPlan): GpuMemoryTable[] {
  const claims = plan.apps.flatMap((app) => app.plan.gpuMemory ?? []);
  return claims.flatMap((claim) => {
    const gpu = plan.nodeGroups.find((group) => group.gpu?.configName === claim.configName)?.gpu;
    return gpu === undefined ? [] : [planTable(claim, gpu, findOthers(claim, gpu, claims))];
  });
}

/** Problems of GPU memory. Codes: PLAN-013, PLAN-014. */
export function findGpuMemoryProblems(plan: EnvironmentPlan): Problem[] {
  const place = { file: plan.source.file };
  return planGpuMemory(plan).flatMap((table) => {
    const { key } = table.claim;
    if (table.verdict === 'does not fit')
      return [makeProblem(TOO_LARGE, { place, key, message: describe(table), hint: findHint(plan, table) })];
    return table.claim.items.flatMap(({ name, unchecked }) =>
      unchecked === undefined
        ? []
        : [
            makeProblem(NOT_CHECKED, {
              place,
              key,
              message: `Whether ${name} fits into the ${table.gpu.model} could not be told: ${unchecked}.`,
              hint: table.claim.uncheckedHint,
            }),
          ],
    );
  });
}

/** Workloads that take part of a GPU may meet any other that does; one that takes all of it meets nobody. */
function findOthers(claim: GpuMemoryClaim, gpu: GpuPlan, claims: readonly GpuMemoryClaim[]): GpuMemoryClaim[] {
  if (!isShared(claim, gpu)) return [];
  return claims.filter((other) => other !== claim && other.configName === claim.configName && isShared(other, gpu));
}

function isShared({ slices }: GpuMemoryClaim, { slicesPerGpu }: GpuPlan): boolean {
  return slices % slicesPerGpu !== 0;
}

function planTable(claim: GpuMemoryClaim, gpu: GpuPlan, others: readonly GpuMemoryClaim[]): GpuMemoryTable {
  const gpus = Math.max(1, Math.floor(claim.slices / gpu.slicesPerGpu));
  const othersMiB = others.map((other) => sumOnOne(other)).reduce((sum, each) => sum + each, 0);
  const usableMiB = findUsable(findVisibleMiB(gpu.model, gpu.memoryGiB), claim, othersMiB);
  const { placed, sumMiB } = placeItems(claim, gpus, usableMiB);
  return { claim, gpu, gpus, placed, sumMiB, othersMiB, usableMiB, verdict: judge(claim, sumMiB, usableMiB) };
}

/** What is left free includes the room for others, as far as somebody thought of them. */
function findUsable(visibleMiB: number, claim: GpuMemoryClaim, othersMiB: number): number {
  const reserveMiB = Math.max(claim.reserveMiB ?? 0, LEAST_RESERVE_MIB + othersMiB);
  return Math.max(0, Math.floor(visibleMiB * FREE_PART) - reserveMiB);
}

function judge(claim: GpuMemoryClaim, sumMiB: number, usableMiB: number): MemoryVerdict {
  if (sumMiB > usableMiB) return 'does not fit';
  if (claim.items.some(({ unchecked }) => unchecked !== undefined)) return 'unchecked';
  return sumMiB > usableMiB * TIGHT ? 'fits, but tight' : 'fits';
}

/**
 * The largest first, each on the GPU with the most room; one that fits into none of them is spread over all, as
 * llama-server does it by layers. What is not in memory at the same time is placed as if it were alone.
 */
function placeItems(load: GpuMemoryLoad, gpus: number, usableMiB: number): { placed: PlacedItem[]; sumMiB: number } {
  const placed: PlacedItem[] = [];
  const taken = Array.from({ length: gpus }, () => 0);
  let sumMiB = 0;
  for (const item of [...load.items].sort((a, b) => sumItem(b) - sumItem(a))) {
    if (!load.together) taken.fill(0);
    const gpu = taken.indexOf(Math.min(...taken));
    const alone = gpus === 1 || (taken[gpu] ?? 0) + sumItem(item) <= usableMiB;
    placed.push({ item, gpu: alone ? gpu : 'all' });
    taken.forEach((amount, index) => {
      if (alone && index !== gpu) return;
      taken[index] = amount + (alone ? sumItem(item) : shareItem(item, gpus));
    });
    sumMiB = Math.max(sumMiB, ...taken);
  }
  return { placed, sumMiB };
}

/** MiB of an item on one GPU. */
export function sumItem({ weightsMiB, contextMiB, otherMiB }: GpuMemoryItem): number {
  return weightsMiB + contextMiB + otherMiB;
}

/** MiB on each GPU of an item that is spread: buffers are on all of them, weights and context are divided. */
export function shareItem({ weightsMiB, contextMiB, otherMiB }: GpuMemoryItem, gpus: number): number {
  return Math.ceil(((weightsMiB + contextMiB) / gpus) * UNEVEN) + otherMiB;
}

function sumOnOne(load: GpuMemoryLoad): number {
  return placeItems(load, 1, Number.POSITIVE_INFINITY).sumMiB;
}

function describe({ claim, gpu, gpus, sumMiB, othersMiB, usableMiB }: GpuMemoryTable): string {
  const names = claim.items.map(({ name }) => name).join(', ');
  const loaded = claim.together || claim.items.length === 1 ? names : `the largest of ${names}`;
  const where = gpus === 1 ? gpu.model : `each of ${gpus} ${gpu.model}`;
  const others = othersMiB === 0 ? '' : `, as others take ${othersMiB} MiB`;
  return `${claim.workload} with ${loaded} needs ${sumMiB} MiB on ${where}, and can use ${usableMiB} MiB${others}.`;
}

/** The first choice that fits, and a GPU that would do without any: one of the environment if there is one. */
function findHint(plan: EnvironmentPlan, table: GpuMemoryTable): string {
  const { claim, gpus, usableMiB } = table;
  const fitting = claim.choices.filter((load) => placeItems(load, gpus, usableMiB).sumMiB <= usableMiB);
  // One that we can vouch for, if there is any.
  const choice = fitting.find(({ items }) => items.every(({ unchecked }) => unchecked === undefined)) ?? fitting[0];
  const larger = findLargerGroup(plan, table) ?? findLargerModel(table);
  const hints = [...(choice === undefined ? [] : [choice.hint]), ...(larger === undefined ? [] : [larger])];
  return hints.length === 0 ? 'list fewer or smaller models' : hints.join(', or ');
}

function findLargerGroup(plan: EnvironmentPlan, table: GpuMemoryTable): string | undefined {
  const group = plan.nodeGroups.find(({ gpu }) => gpu !== undefined && wouldFit(table, gpu.model, gpu.memoryGiB));
  return group?.gpu === undefined ? undefined : `use the ${group.gpu.model} of node group ${group.name}`;
}

function findLargerModel(table: GpuMemoryTable): string | undefined {
  const larger = [...GPU_MODELS]
    .sort((a, b) => a.memoryGiB - b.memoryGiB)
    .find(({ model, memoryGiB }) => wouldFit(table, model, memoryGiB));
  return larger === undefined ? undefined : `use GPUs of ${larger.memoryGiB} GiB or more, such as ${larger.model}`;
}

function wouldFit({ claim, gpu, gpus, othersMiB }: GpuMemoryTable, model: string, memoryGiB: number): boolean {
  if (memoryGiB <= gpu.memoryGiB) return false;
  const usableMiB = findUsable(findVisibleMiB(model, memoryGiB), claim, othersMiB);
  return placeItems(claim, gpus, usableMiB).sumMiB <= usableMiB;
}
