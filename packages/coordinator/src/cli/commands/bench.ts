/** `shoal bench engine` and `shoal bench cluster`: figures for this machine, as a table or JSON lines. */
import { type BubblesLine, bubblesTable } from '../../bench/bubbles.ts';
import { CARRIERS, type Carrier } from '../../bench/carriers.ts';
import { benchCluster, type ClusterBenchLine } from '../../bench/clusterBench.ts';
import { type BenchLine, benchEngines } from '../../bench/engineBench.ts';
import { out } from '../../terminal/terminal.ts';
import { grouped, percent } from '../output/format.ts';

type Shared = { readonly model?: readonly string[]; readonly seconds: number; readonly json?: boolean };

const REFERENCE_MODELS = ['mnist-mlp', 'mnist-cnn'];

export async function benchEngine(
  options: Shared & {
    readonly engine?: string;
    readonly microbatch: readonly number[];
    readonly threads: readonly number[];
  },
): Promise<number> {
  await benchEngines(
    {
      models: options.model ?? REFERENCE_MODELS,
      engine: options.engine ?? null,
      microbatches: options.microbatch,
      threads: options.threads,
      seconds: options.seconds,
    },
    printer(options, engineText),
  );
  return 0;
}

function engineText(line: BenchLine): string {
  switch (line.type) {
    case 'peak':
      return `${line.engine}: a bare product reaches ${line.gflops.toFixed(1)} GFLOP/s`;
    case 'engine': {
      const threads = line.threads === 1 ? '1 thread ' : `${line.threads} threads`;
      return `${line.model}  ${line.engine}  microbatch ${line.microbatch}  ${threads}  ${grouped(line.samplesPerSecond)} samples/s`;
    }
    case 'layer': {
      const place = `    ${line.layer.padEnd(14)}${line.pass.padEnd(16)}`;
      const time = `${line.milliseconds.toFixed(3).padStart(9)} ms${(100 * line.share).toFixed(1).padStart(7)} % of the time`;
      if (line.gflops === null) return place + time;
      if (line.ofPeak === null) return `${place}${time}${line.gflops.toFixed(1).padStart(8)} GFLOP/s`;
      return `${place}${time}${line.gflops.toFixed(1).padStart(8)} GFLOP/s${(100 * line.ofPeak).toFixed(0).padStart(5)} % of the bare product`;
    }
  }
}

export async function benchClusters(
  options: Shared & {
    readonly workers: readonly number[];
    readonly carrier?: Carrier;
    readonly rounds: number;
    readonly batch?: number;
  },
): Promise<number> {
  await benchCluster(
    {
      models: options.model ?? REFERENCE_MODELS,
      workers: options.workers,
      carriers: options.carrier === undefined ? CARRIERS : [options.carrier],
      seconds: options.seconds,
      rounds: options.rounds,
      batch: options.batch ?? null,
    },
    printer(options, clusterText),
    (lines) => printBubbles(options, lines),
  );
  return 0;
}

function clusterText(line: ClusterBenchLine): string {
  const [least, most] = line.shareSpread;
  const workers = line.workers === 1 ? '1 worker ' : `${line.workers} workers`;
  return [
    `${line.model}  ${workers}  ${line.carrier}`,
    `${grouped(line.samplesPerSecond)} samples/s`,
    `${percent(line.share)} of the engines alone (${percent(least)} to ${percent(most)})`,
    `${line.stepMs.toFixed(2)} ms a step`,
    ...(line.efficiency === null ? [] : [`efficiency ${percent(line.efficiency)}`]),
    `${grouped(line.bytesPerStep)} bytes a step`,
  ].join('  ');
}

function printBubbles(options: Shared, lines: readonly BubblesLine[]): void {
  if (options.json === true) for (const line of lines) out.json(line);
  else out.text(bubblesTable(lines));
}

function printer<L extends object>(options: Shared, text: (line: L) => string): (line: L) => void {
  return (line) => {
    if (options.json === true) out.json(line);
    else out.lines(text(line));
  };
}
