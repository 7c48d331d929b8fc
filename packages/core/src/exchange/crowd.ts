/** Who would take part in a run, how fast and over which lines: measured where it can be, assumed elsewhere. */
import type { WorkerView } from '../watch/views.ts';
import type { LineRates, Participant } from './estimate.ts';

export type Circumstances = {
  readonly flopsPerSample: number;
  /** Speeds are samples a second, 0 while unknown, with the model of `measuredFlops`. */
  readonly workers: readonly Pick<
    WorkerView,
    'speed' | 'local' | 'upBitsPerSecond' | 'downBitsPerSecond' | 'rttMs'
  >[];
  /** Operations of a sample of the run in which speeds were measured; null without one. */
  readonly measuredFlops: number | null;
  /** Workers on other machines that will be there; those that are here count at least. */
  readonly remoteWorkers: number;
  /** Of those whose line nobody has measured. */
  readonly assumedLine: LineRates;
};

export type Crowd = {
  readonly participants: readonly Participant[];
  /** Whether any speed was measured, or `ASSUMED_FLOPS` stands in for all. */
  readonly measured: boolean;
};

/** Of one worker that nothing is known of: a laptop's browser with one thread. */
export const ASSUMED_FLOPS = 5e9;

/** Of a worker whose line nobody has measured: a home line. */
export const ASSUMED_LINE: LineRates = { upBitsPerSecond: 10e6, downBitsPerSecond: 50e6, rttSeconds: 0.03 };
/** What a wireless network of a lecture hall gives to one machine, roughly. */
export const ASSUMED_LINK_BITS_PER_SECOND = 100e6;

/** Those that are here and those that are to come; at least one. */
export function crowdOf(circumstances: Circumstances): Crowd {
  const { flopsPerSample, workers, measuredFlops, remoteWorkers, assumedLine } = circumstances;
  const operations = (speed: number): number => (measuredFlops === null ? 0 : speed * measuredFlops);
  const known = workers.map(({ speed }) => operations(speed)).filter((speed) => speed > 0);
  const typical = known.length === 0 ? ASSUMED_FLOPS : known.reduce((a, b) => a + b) / known.length;
  const here = workers.map((worker): Participant => {
    const speed = operations(worker.speed);
    return {
      samplesPerSecond: (speed > 0 ? speed : typical) / flopsPerSample,
      line: worker.local ? null : lineOf(worker, assumedLine),
    };
  });
  const toCome = Math.max(0, remoteWorkers - here.filter(({ line }) => line !== null).length);
  const others = Array.from({ length: toCome }, (): Participant => {
    return { samplesPerSecond: typical / flopsPerSample, line: assumedLine };
  });
  const all = [...here, ...others];
  const nobody: Participant = { samplesPerSecond: typical / flopsPerSample, line: null };
  return { participants: all.length === 0 ? [nobody] : all, measured: known.length > 0 };
}

function lineOf(
  { upBitsPerSecond, downBitsPerSecond, rttMs }: Circumstances['workers'][number],
  assumed: LineRates,
): LineRates {
  return {
    upBitsPerSecond: upBitsPerSecond ?? assumed.upBitsPerSecond,
    downBitsPerSecond: downBitsPerSecond ?? assumed.downBitsPerSecond,
    rttSeconds: rttMs === null ? assumed.rttSeconds : rttMs / 1000,
  };
}
