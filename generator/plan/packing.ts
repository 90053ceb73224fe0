// Pods into nodes: whether requests fit, judged the way the scheduler would, never more hopefully.
import type { ResourceAmounts, Workload } from '../core/blueprint.ts';

/**
 * - `fits`: a placement of all pods was found.
 * - `does not fit`: no placement can exist.
 * - `may not fit`: the sums suffice, but no placement was found.
 * - `unknown`: the size of an instance type is not known, and the nodes of known size do not suffice.
 */
export type Verdict = 'fits' | 'does not fit' | 'may not fit' | 'unknown';

/** What one node can give to pods. Undefined: nobody knows. */
export interface PackingNode {
  readonly cpuMillis: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly gpuUnits: number;
}

type Amounts = Required<ResourceAmounts>;
interface Room {
  left: Amounts;
  readonly holds: Map<Workload, number>;
}

/**
 * Judges whether pods fit. DaemonSets take their share of every node first.
 * @param spread each workload's replicas must be on different nodes as evenly as can be
 */
export function packPods(
  nodes: readonly PackingNode[],
  pods: readonly Workload[],
  daemons: readonly Workload[],
  spread: boolean,
): Verdict {
  const perNode = addUp(daemons.map(({ requests }) => complete(requests)));
  const rooms = nodes.flatMap((node) => openRoom(node, perNode));
  if (rooms.every(({ left }) => isEnough(left, NOTHING)) && placeAll(rooms, pods, spread)) return 'fits';
  if (nodes.some(({ cpuMillis }) => cpuMillis === undefined)) {
    const wanted = pods.reduce((sum, { requests, replicas }) => sum + replicas * (requests.gpuUnits ?? 0), 0);
    const offered = nodes.reduce((sum, { gpuUnits }) => sum + gpuUnits, 0);
    return wanted > offered ? 'does not fit' : 'unknown';
  }
  return cannotFit(
    nodes.flatMap((node) => openRoom(node, perNode)),
    pods,
  )
    ? 'does not fit'
    : 'may not fit';
}

const NOTHING: Amounts = { cpuMillis: 0, memoryMiB: 0, gpuUnits: 0 };

/** Nodes of unknown size take no pod: what fits without them certainly fits. */
function openRoom({ cpuMillis, memoryMiB, gpuUnits }: PackingNode, taken: Amounts): Room[] {
  if (cpuMillis === undefined || memoryMiB === undefined) return [];
  return [{ left: subtract({ cpuMillis, memoryMiB, gpuUnits }, taken), holds: new Map() }];
}

/** First fit, largest pods first; among nodes that have room, one with the fewest replicas of the same workload. */
function placeAll(rooms: readonly Room[], pods: readonly Workload[], spread: boolean): boolean {
  const largestFirst = [...pods].sort((a, b) => compareRequests(complete(b.requests), complete(a.requests)));
  for (const workload of largestFirst) {
    for (let replica = 0; replica < workload.replicas; replica++) {
      if (!place(rooms, workload, spread)) return false;
    }
  }
  return true;
}

function place(rooms: readonly Room[], workload: Workload, spread: boolean): boolean {
  const wanted = complete(workload.requests);
  const held = (room: Room) => room.holds.get(workload) ?? 0;
  const least = Math.min(...rooms.map(held));
  const candidates = rooms.filter((room) => isEnough(room.left, wanted) && (!spread || held(room) === least));
  const [chosen] = candidates.sort((a, b) => held(a) - held(b));
  if (chosen === undefined) return false;
  chosen.left = subtract(chosen.left, wanted);
  chosen.holds.set(workload, held(chosen) + 1);
  return true;
}

/** True if the sums do not suffice, or one pod is larger than what any node has left for it. */
function cannotFit(rooms: readonly Room[], pods: readonly Workload[]): boolean {
  const running = pods.filter(({ replicas }) => replicas > 0);
  const offered = addUp(rooms.map(({ left }) => left));
  const wanted = addUp(
    running.flatMap(({ requests, replicas }) => Array.from({ length: replicas }, () => complete(requests))),
  );
  if (!isEnough(offered, wanted)) return true;
  return running.some(({ requests }) => !rooms.some(({ left }) => isEnough(left, complete(requests))));
}

function compareRequests(a: Amounts, b: Amounts): number {
  return a.gpuUnits - b.gpuUnits || a.memoryMiB - b.memoryMiB || a.cpuMillis - b.cpuMillis;
}

function complete({ cpuMillis, memoryMiB, gpuUnits = 0 }: ResourceAmounts): Amounts {
  return { cpuMillis, memoryMiB, gpuUnits };
}

function isEnough(offered: Amounts, wanted: Amounts): boolean {
  return (
    offered.cpuMillis >= wanted.cpuMillis &&
    offered.memoryMiB >= wanted.memoryMiB &&
    offered.gpuUnits >= wanted.gpuUnits
  );
}

function addUp(amounts: readonly Amounts[]): Amounts {
  let total = NOTHING;
  for (const { cpuMillis, memoryMiB, gpuUnits } of amounts) {
    total = {
      cpuMillis: total.cpuMillis + cpuMillis,
      memoryMiB: total.memoryMiB + memoryMiB,
      gpuUnits: total.gpuUnits + gpuUnits,
    };
  }
  return total;
}

function subtract(a: Amounts, b: Amounts): Amounts {
  return {
    cpuMillis: a.cpuMillis - b.cpuMillis,
    memoryMiB: a.memoryMiB - b.memoryMiB,
    gpuUnits: a.gpuUnits - b.gpuUnits,
  };
}
