/**
 * `shoal bench cluster`: samples a second of a coordinator with workers on this machine, and their share of what the same
 * number of engines does with nothing between them. The three are measured in turns, so that what else the machine does
 * meets them alike.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  applyOverrides,
  type DataSet,
  digitsDataSet,
  findPreset,
  type RunSpec,
  splitForRun,
} from '@shoal/core';
import type { RunReport } from '../news/reports.ts';
import { openRun } from '../service/runHost.ts';
import { Bubbles, type BubblesLine } from './bubbles.ts';
import type { Carrier } from './carriers.ts';
import { ratesAlone } from './enginesAlone.ts';
import { startSocketWorkers } from './socketWorkers.ts';

export type ClusterBenchOptions = {
  readonly models: readonly string[];
  /** Numbers of workers, one measurement each; 1 is the base of the efficiency. */
  readonly workers: readonly number[];
  readonly carriers: readonly Carrier[];
  /** Of each measurement of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly batch: number | null;
};

/** Of so many rounds, the least and the greatest. */
export type Spread = readonly [number, number];

export type ClusterBenchLine = {
  readonly type: 'cluster';
  readonly model: string;
  readonly workers: number;
  readonly carrier: Carrier;
  readonly rounds: number;
  /** The median of all rounds. */
  readonly samplesPerSecond: number;
  /** Of the engines alone, side by side. */
  readonly aloneSamplesPerSecond: number;
  /** The one by the other within a round, the median of all rounds. */
  readonly share: number;
  readonly shareSpread: Spread;
  readonly stepMs: number;
  /** rate(n) / (n × rate(1)); null when one worker was not measured. */
  readonly efficiency: number | null;
  /** Of all messages in both directions, counted at the connections. */
  readonly bytesPerStep: number;
};

/** Steps after every worker has joined that are left out: caches and estimates settle. */
const WARM_UP_STEPS = 20;
/** A measurement without the workers it needs is given up. */
const JOIN_TIMEOUT_MS = 60_000;
const SAMPLES = 12_000;

export async function benchCluster(
  options: ClusterBenchOptions,
  onLine: (line: ClusterBenchLine) => void,
  onBubbles: (lines: readonly BubblesLine[]) => void,
): Promise<void> {
  const { carriers, seconds, rounds } = options;
  const dataSet = digitsDataSet({ train: SAMPLES, test: 100 });
  const counts = [...new Set(options.workers)].sort((a, b) => a - b);
  for (const name of options.models) {
    const overrides = ['data.source=digits', 'data.validation=100', 'epochs=100000', 'earlyStopping=null'];
    // A newcomer over a socket is checked far more often than one that has been there for a while.
    overrides.push('trust.spotCheck=0');
    if (options.batch !== null) overrides.push(`batch=${options.batch}`);
    const spec = applyOverrides(findPreset(name), [...overrides, 'checkpoint.everySteps=1000000']);
    const { train } = splitForRun(dataSet, spec.data, spec.seed);
    const rateOfOne = new Map<Carrier, number>();
    for (const workers of counts) {
      const alone: number[] = [];
      const measured = new Map<Carrier, Measured[]>(carriers.map((carrier) => [carrier, []]));
      for (let round = 0; round < rounds; round += 1) {
        alone.push(await ratesAlone(workers, { spec, engine: 'wasm-strict', train, seconds }));
        for (const [carrier, list] of measured) {
          list.push(await measure({ spec, dataSet, workers, carrier, seconds }));
        }
      }
      for (const [carrier, list] of measured) {
        const rate = median(list.map((one) => one.rate));
        const shares = list.map((one, round) => one.rate / (alone[round] as number));
        if (workers === 1) rateOfOne.set(carrier, rate);
        const single = rateOfOne.get(carrier);
        onLine({
          type: 'cluster',
          model: name,
          workers,
          carrier,
          rounds,
          samplesPerSecond: rounded(rate, 1),
          aloneSamplesPerSecond: rounded(median(alone), 1),
          share: rounded(median(shares), 3),
          shareSpread: [rounded(Math.min(...shares), 3), rounded(Math.max(...shares), 3)],
          stepMs: rounded((spec.batch * 1000) / rate, 3),
          efficiency: single === undefined ? null : rounded(rate / (workers * single), 3),
          bytesPerStep: Math.round(median(list.map((one) => one.bytesPerStep))),
        });
        const last = list.at(-1);
        if (last !== undefined) onBubbles(last.bubbles.lines(name, workers, last.activeShare));
      }
    }
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

type Measured = {
  /** Samples a second. */
  readonly rate: number;
  readonly bytesPerStep: number;
  readonly bubbles: Bubbles;
  /** The part of the time in which the coordinator's main thread was not idle. */
  readonly activeShare: number;
};

type Measurement = {
  readonly spec: RunSpec;
  readonly dataSet: DataSet;
  readonly workers: number;
  readonly carrier: Carrier;
  readonly seconds: number;
};

/** `seconds` of a run that is then stopped and its folder removed. */
async function measure({ spec, dataSet, workers, carrier, seconds }: Measurement): Promise<Measured> {
  const runsFolder = await mkdtemp(join(tmpdir(), 'shoal-bench-'));
  const host = await openRun({
    runsFolder,
    start: { type: 'new', spec, dataSet },
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    token: null,
    localWorkers: carrier === 'memory' ? workers : 0,
    threadsPerWorker: 1,
    logLevel: 'error',
  });
  const endWorkers = startSocketWorkers(carrier === 'socket' ? workers : 0, host.joinUrl);
  try {
    const measured = new Promise<Measured>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${workers} workers did not join within ${JOIN_TIMEOUT_MS / 1000} s`)),
        JOIN_TIMEOUT_MS,
      );
      const stopwatch = new Stopwatch(spec.batch, workers, seconds);
      const bubbles = new Bubbles();
      let before = { traffic: host.traffic(), loop: performance.eventLoopUtilization() };
      host.onStepTimes((times, names) => {
        if (stopwatch.running) bubbles.add(times, names);
      });
      host.onReport((report) => {
        const wasRunning = stopwatch.running;
        const seen = stopwatch.see(report);
        if (stopwatch.running && !wasRunning) {
          clearTimeout(timer);
          before = { traffic: host.traffic(), loop: performance.eventLoopUtilization() };
        }
        if (seen === null) return;
        const traffic = host.traffic();
        const bytes = traffic.sent - before.traffic.sent + traffic.received - before.traffic.received;
        resolve({
          rate: seen.rate,
          bytesPerStep: bytes / seen.steps,
          bubbles,
          activeShare: performance.eventLoopUtilization(before.loop).utilization,
        });
      });
    });
    host.start();
    return await measured;
  } finally {
    host.stop('The benchmark is done.');
    await host.finished;
    await endWorkers();
    await host.close();
    await rm(runsFolder, { recursive: true, force: true });
  }
}

/** Watches steps go by once all workers are there. */
class Stopwatch {
  readonly #batch: number;
  readonly #workers: number;
  readonly #ms: number;
  #warm = 0;
  #from: { readonly step: number; readonly at: number } | null = null;

  constructor(batch: number, workers: number, seconds: number) {
    this.#batch = batch;
    this.#workers = workers;
    this.#ms = seconds * 1000;
  }

  get running(): boolean {
    return this.#from !== null;
  }

  /** What was done, when the time is up. */
  see(report: RunReport): { readonly rate: number; readonly steps: number } | null {
    if (report.type !== 'step' || report.workers < this.#workers) return null;
    const now = performance.now();
    if (this.#from === null) {
      this.#warm += 1;
      if (this.#warm >= WARM_UP_STEPS) this.#from = { step: report.globalStep, at: now };
      return null;
    }
    const elapsed = now - this.#from.at;
    if (elapsed < this.#ms) return null;
    const steps = report.globalStep - this.#from.step;
    return { rate: (steps * this.#batch * 1000) / elapsed, steps };
  }
}
