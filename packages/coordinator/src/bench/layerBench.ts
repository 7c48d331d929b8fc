/** Where the time of a gradient goes: each layer and pass, held against the rate of the engine's bare product. */
import {
  compileModel,
  type Engine,
  isProfiled,
  type LayerFlops,
  type ModelSpec,
  type ProfiledExecutor,
  productFlops,
} from '@shoal/core';
import { readyExecutor } from './measure.ts';

export type LayerBenchLine = {
  readonly type: 'layer';
  readonly model: string;
  readonly engine: string;
  readonly microbatch: number;
  /** The first of the layers that are computed together: `conv2d1` stands for its rectifier and pooling too. */
  readonly layer: string;
  /** `backward` where one kernel computes both gradients. */
  readonly pass: string;
  readonly milliseconds: number;
  /** Of the gradient's time. */
  readonly share: number;
  /** By the plain formula, so that minimal filtering shows as more than the machine can do; null where there is no product. */
  readonly gflops: number | null;
  /** `gflops` over the rate of the bare product. */
  readonly ofPeak: number | null;
};

export type LayerBenchOptions = {
  readonly name: string;
  readonly model: ModelSpec;
  readonly engine: Engine;
  readonly microbatch: number;
  readonly seconds: number;
  /** GFLOP/s of the bare product. */
  readonly peak: number;
};

const now = (): number => performance.now();
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** No lines for an engine that cannot be looked into. */
export async function benchLayers(options: LayerBenchOptions): Promise<LayerBenchLine[]> {
  const { name, model, engine, microbatch, seconds, peak } = options;
  const executor = await readyExecutor(engine, model, microbatch);
  if (!isProfiled(executor)) return [];
  const best = bestTimes(executor, microbatch, seconds);
  const total = best.reduce((sum, ms) => sum + ms, 0);
  const flops = new Map(productFlops(compileModel(model)).map((one) => [one.layer, one]));
  const groups = new Map<string, { layer: string; pass: string; ms: number }>();
  executor.calls.forEach(({ layer, pass }, i) => {
    const group = groups.get(`${layer} ${pass}`) ?? { layer, pass, ms: 0 };
    group.ms += best[i] ?? 0;
    groups.set(`${layer} ${pass}`, group);
  });
  return [...groups.values()].map(({ layer, pass, ms }) => {
    const operations = microbatch * operationsOf(flops.get(layer), pass);
    const gflops = operations === 0 ? null : operations / ms / 1e6;
    return {
      type: 'layer',
      model: name,
      engine: engine.name,
      microbatch,
      layer,
      pass,
      milliseconds: rounded(ms, 4),
      share: rounded(ms / total, 4),
      gflops: gflops === null ? null : rounded(gflops, 1),
      ofPeak: gflops === null ? null : rounded(gflops / peak, 3),
    };
  });
}

/** Of a sample, by the plain formula. */
export function operationsOf(flops: LayerFlops | undefined, pass: string): number {
  if (flops === undefined) return 0;
  const { forward, weightGradient, inputGradient } = flops;
  switch (pass) {
    case 'forward':
      return forward;
    case 'weightGradient':
      return weightGradient;
    case 'inputGradient':
      return inputGradient;
    default:
      return weightGradient + inputGradient;
  }
}

/** Milliseconds of each call in its best run: others are disturbed by what else runs. */
function bestTimes(executor: ProfiledExecutor, microbatch: number, seconds: number): Float64Array {
  const best = new Float64Array(executor.calls.length).fill(Number.POSITIVE_INFINITY);
  const one = new Float64Array(best.length);
  const end = now() + seconds * 1000;
  do {
    one.fill(0);
    executor.timeGradient(microbatch, { seed: 1, epoch: 0 }, now, one);
    one.forEach((ms, i) => {
      best[i] = Math.min(best[i] ?? ms, ms);
    });
  } while (now() < end);
  return best;
}

/** Sizes that suit a product best: operands in the first-level cache for a micro-kernel, large ones for a library. */
const IDEAL = [
  { inputs: 256, units: 512, microbatch: 16 },
  { inputs: 512, units: 512, microbatch: 512 },
] as const;

/** GFLOP/s of the engine's product by itself, on the size of those above that suits it; null as above. */
export async function peakGflops(engine: Engine, seconds: number): Promise<number | null> {
  let peak: number | null = null;
  for (const { inputs, units, microbatch } of IDEAL) {
    const model: ModelSpec = { input: [inputs], layers: [{ type: 'dense', units }], loss: 'mse' };
    const executor = await readyExecutor(engine, model, microbatch);
    if (!isProfiled(executor)) return null;
    const best = bestTimes(executor, microbatch, seconds / IDEAL.length);
    const forward = executor.calls.flatMap(({ layer, pass }, i) =>
      layer.startsWith('dense') && pass === 'forward' ? (best[i] ?? 0) : [],
    );
    peak = Math.max(peak ?? 0, (2 * inputs * units * microbatch) / Math.max(...forward) / 1e6);
  }
  return peak;
}
