/** The times of many steps as one table: how a mean step divides, for each worker and for the coordinator. */
import type { CoordinatorTimes, StepTimes, WorkerTimes } from '../news/news.ts';
import type { WorkerId } from '../transition/model/ids.ts';

/** Mean milliseconds of a step; a worker's parts add up to `stepMs`, of which it had `idleMs` nothing to compute. */
export type WorkerBubbles = {
  readonly type: 'bubbles';
  readonly model: string;
  readonly workers: number;
  readonly of: 'worker';
  readonly name: string;
  readonly steps: number;
  readonly stepMs: number;
  readonly idleMs: number;
} & WorkerTimes;

/** Mean milliseconds of a step; `waitingMs` is all that was not spent on the named work: waiting, and the sockets. */
export type CoordinatorBubbles = {
  readonly type: 'bubbles';
  readonly model: string;
  readonly workers: number;
  readonly of: 'coordinator';
  readonly steps: number;
  readonly stepMs: number;
  readonly waitingMs: number;
  /** The process' main thread was not idle: the named work, reading and writing sockets, everything. */
  readonly activeMs: number;
} & CoordinatorTimes;

export type BubblesLine = WorkerBubbles | CoordinatorBubbles;

const WORKER_PARTS = ['computeMs', 'parametersMs', 'travelMs', 'leasesMs', 'updateMs'] as const;
const COORDINATOR_PARTS = ['sendMs', 'receiveMs', 'reduceMs', 'updateMs', 'checkpointMs'] as const;

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

export class Bubbles {
  #steps = 0;
  #stepMs = 0;
  readonly #workers = new Map<WorkerId, { readonly name: string; readonly sums: Record<string, number> }>();
  readonly #coordinator: Record<string, number> = {};

  add({ stepMs, workers, coordinator }: StepTimes, names: ReadonlyMap<WorkerId, string>): void {
    this.#steps += 1;
    this.#stepMs += stepMs;
    for (const [id, times] of workers) {
      const known = this.#workers.get(id) ?? { name: names.get(id) ?? `worker ${id}`, sums: {} };
      this.#workers.set(id, known);
      for (const part of WORKER_PARTS) known.sums[part] = (known.sums[part] ?? 0) + times[part];
    }
    for (const part of COORDINATOR_PARTS) {
      this.#coordinator[part] = (this.#coordinator[part] ?? 0) + coordinator[part];
    }
  }

  /** `activeShare` is the part of the time in which the coordinator's main thread was not idle. */
  lines(model: string, workers: number, activeShare: number): BubblesLine[] {
    const steps = Math.max(1, this.#steps);
    const stepMs = this.#stepMs / steps;
    const mean = (sums: Record<string, number>, part: string): number => (sums[part] ?? 0) / steps;
    const shared = { type: 'bubbles', model, workers, steps: this.#steps, stepMs: round(stepMs) } as const;
    const lines: BubblesLine[] = [...this.#workers.values()].map(({ name, sums }) => {
      // In steps in which it was granted nothing it waited for a lease.
      const counted = WORKER_PARTS.reduce((sum, part) => sum + mean(sums, part), 0);
      return {
        ...shared,
        of: 'worker',
        name,
        idleMs: round(stepMs - mean(sums, 'computeMs')),
        computeMs: round(mean(sums, 'computeMs')),
        parametersMs: round(mean(sums, 'parametersMs')),
        travelMs: round(mean(sums, 'travelMs')),
        leasesMs: round(mean(sums, 'leasesMs') + stepMs - counted),
        updateMs: round(mean(sums, 'updateMs')),
      };
    });
    const named = COORDINATOR_PARTS.reduce((sum, part) => sum + mean(this.#coordinator, part), 0);
    lines.push({
      ...shared,
      of: 'coordinator',
      waitingMs: round(stepMs - named),
      activeMs: round(stepMs * activeShare),
      sendMs: round(mean(this.#coordinator, 'sendMs')),
      receiveMs: round(mean(this.#coordinator, 'receiveMs')),
      reduceMs: round(mean(this.#coordinator, 'reduceMs')),
      updateMs: round(mean(this.#coordinator, 'updateMs')),
      checkpointMs: round(mean(this.#coordinator, 'checkpointMs')),
    });
    return lines;
  }
}

/** Lines of one measurement as a table for people. */
export function bubblesTable(lines: readonly BubblesLine[]): string {
  const workers = lines.filter((line) => line.of === 'worker');
  const coordinators = lines.filter((line) => line.of === 'coordinator');
  const rows = [
    ['ms a step', 'step', 'compute', 'parameters', 'travel', 'leases', 'update'],
    ...workers.map((line) => [line.name, ms(line.stepMs), ...WORKER_PARTS.map((part) => ms(line[part]))]),
    ['', '', 'send', 'receive', 'reduce', 'update', 'active'],
    ...coordinators.map(({ stepMs, sendMs, receiveMs, reduceMs, updateMs, activeMs }) => [
      'coordinator',
      ...[stepMs, sendMs, receiveMs, reduceMs, updateMs, activeMs].map(ms),
    ]),
  ];
  return rows
    .map((cells) => cells.map((cell, i) => (i === 0 ? `  ${cell.padEnd(12)}` : cell.padStart(11))).join(''))
    .join('\n');
}

const ms = (value: number): string => value.toFixed(2);
