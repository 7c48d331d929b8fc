/** So many hostile frames, run after run, with an eye on memory, on rejections that nobody handles, and on standstill. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { probeAnswer } from '@shoal/coordinator/simulation';
import { openWorkbench } from '../simulation/workbench.ts';
import { attack, type Target } from './session.ts';
import { recordTraffic } from './traffic.ts';
import { Watchdog } from './watchdog.ts';

export type FuzzReport = {
  readonly frames: number;
  readonly runs: number;
  /** Runs that ended under attack with the bits that they have in peace. */
  readonly sameBits: number;
  /** Runs in which an intruder answered its probe rightly and was given work. */
  readonly admittedRuns: number;
  readonly seconds: number;
  /** Heap after a full collection, after a tenth of the frames and at the end. */
  readonly heapMegabytes: readonly [early: number, late: number];
  readonly problem: string | null;
};

/** What the heap may grow by between a tenth of the frames and the end: compiled code and caches settle late. */
const HEAP_RISE_MAX = 24;

/** What of the run's spec is other than usual. */
type Change = Readonly<Record<string, unknown>>;

export async function openTarget(change: Change = {}): Promise<Target> {
  const bench = await openWorkbench(change);
  const probe = await probeAnswer(bench.prepare());
  return { bench, probe, traffic: await recordTraffic(bench, probe) };
}

export async function fuzz(options: {
  readonly frames: number;
  readonly seed: number;
  readonly change?: Change;
}): Promise<FuzzReport> {
  const target = await openTarget(options.change);
  const rejections: string[] = [];
  const rejected = (reason: unknown): void => {
    rejections.push(String(reason));
  };
  process.on('unhandledRejection', rejected);
  const watchdog = new Watchdog();
  const from = performance.now();
  let frames = 0;
  let runs = 0;
  let admittedRuns = 0;
  let sameBits = 0;
  let early: number | null = null;
  let problem: string | null = null;
  try {
    while (frames < options.frames && problem === null) {
      const seed = options.seed + runs;
      const report = await attack(target, seed, options.frames - frames, (frame) =>
        watchdog.seen(seed, frame),
      );
      // Rejections are told once the present turn is over.
      await new Promise((resolve) => setImmediate(resolve));
      problem =
        report.problem ?? (rejections.length > 0 ? `seed ${seed}: nobody handled "${rejections[0]}"` : null);
      frames += report.frames;
      runs += 1;
      if (report.wasAdmitted) admittedRuns += 1;
      if (report.sameBits === true) sameBits += 1;
      if (early === null && frames >= options.frames / 10) early = heapMegabytes();
    }
  } finally {
    process.off('unhandledRejection', rejected);
    await watchdog.close();
  }
  const late = heapMegabytes();
  const rise = late - (early ?? late);
  if (rise > HEAP_RISE_MAX) problem ??= `the heap has grown by ${rise.toFixed(1)} MB`;
  const seconds = (performance.now() - from) / 1000;
  return { frames, runs, sameBits, admittedRuns, seconds, heapMegabytes: [early ?? late, late], problem };
}

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
