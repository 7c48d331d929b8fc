/** `shoal bench engine` and `shoal bench cluster`: figures for this machine, as a table or JSON lines. */
import { benchCluster, type ClusterBenchLine } from '../../bench/clusterBench.ts';
import { benchEngines, type EngineBenchLine } from '../../bench/engineBench.ts';
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
    printer(options, (line: EngineBenchLine) => {
      const threads = line.threads === 1 ? '1 thread ' : `${line.threads} threads`;
      return `${line.model}  ${line.engine}  microbatch ${line.microbatch}  ${threads}  ${grouped(line.samplesPerSecond)} samples/s`;
    }),
  );
  return 0;
}

export async function benchClusters(
  options: Shared & { readonly workers: readonly number[]; readonly batch?: number },
): Promise<number> {
  await benchCluster(
    {
      models: options.model ?? REFERENCE_MODELS,
      workers: options.workers,
      seconds: options.seconds,
      batch: options.batch ?? null,
    },
    printer(options, (line: ClusterBenchLine) => {
      const efficiency = line.efficiency === null ? '' : `  efficiency ${percent(line.efficiency)}`;
      const workers = line.workers === 1 ? '1 worker ' : `${line.workers} workers`;
      return `${line.model}  ${workers}  ${grouped(line.samplesPerSecond)} samples/s${efficiency}  ${grouped(line.bytesPerStep)} bytes a step`;
    }),
  );
  return 0;
}

function printer<L>(options: Shared, text: (line: L) => string): (line: L) => void {
  return (line) => {
    process.stdout.write(`${options.json === true ? JSON.stringify(line) : text(line)}\n`);
  };
}
