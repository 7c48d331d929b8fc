/** The loss on a grid of a plane through the current parameters, coarse at first and finer and finer. */
import { type Executor, type Samples, SampleWriter } from '@shoal/core';
import { randomDirection } from './directions.ts';
import type { Pace } from './pace.ts';

export type Surface = {
  /** Grid points along each direction, odd, the current parameters in the middle. */
  readonly side: number;
  /** Directions reach from −reach to +reach. */
  readonly reach: number;
  /** [side × side] mean loss; NaN where it has not been computed yet. */
  readonly losses: Float64Array;
  readonly samples: number;
};

export type SurfaceOptions = {
  readonly executor: Executor;
  readonly parameters: Float32Array;
  readonly samples: Samples;
  readonly side: number;
  readonly reach: number;
  readonly seed: number;
  readonly pace: Pace;
  /** Sees the surface after each refinement. */
  readonly refined: (surface: Surface) => void;
};

/** Grid points are visited with these strides, each halving the last, so that a picture is there at once. */
const STRIDES = [8, 4, 2, 1] as const;

/** Losses in inference mode over all `samples`. The executor's parameters are those of the last point afterwards. */
export async function computeSurface(options: SurfaceOptions): Promise<Surface> {
  const { executor, parameters, samples, side, reach, seed, pace, refined } = options;
  const { model } = executor;
  const first = randomDirection(model, parameters, seed, 0);
  const second = randomDirection(model, parameters, seed, 1);
  const losses = new Float64Array(side * side).fill(Number.NaN);
  const surface = { side, reach, losses, samples: samples.count };
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 });
  const at = (i: number): number => reach * ((2 * i) / (side - 1) - 1);
  let done = 0;
  for (const stride of STRIDES) {
    for (let row = 0; row < side; row += stride) {
      for (let column = 0; column < side; column += stride) {
        const place = row * side + column;
        if (!Number.isNaN(losses[place])) continue;
        move(executor, parameters, first, at(column), second, at(row));
        losses[place] = finiteOrHuge(meanLoss(executor, writer, samples));
        done += 1;
        await pace.breathe(done, losses.length);
      }
    }
    refined({ ...surface, losses: losses.slice() });
  }
  return surface;
}

/** Beyond what float32 holds the surface is a wall, not a hole. */
function finiteOrHuge(loss: number): number {
  return Number.isFinite(loss) ? loss : 1e30;
}

function move(
  executor: Executor,
  origin: Float32Array,
  first: Float32Array,
  alpha: number,
  second: Float32Array,
  beta: number,
): void {
  const { parameters } = executor;
  for (let i = 0; i < origin.length; i += 1) parameters[i] = origin[i] + alpha * first[i] + beta * second[i];
  executor.parametersChanged();
}

/** Over all samples, with the executor's parameters. */
function meanLoss(executor: Executor, writer: SampleWriter, samples: Samples): number {
  let loss = 0;
  for (let from = 0; from < samples.count; from += executor.microbatch) {
    const count = Math.min(executor.microbatch, samples.count - from);
    const numbers = Uint32Array.from({ length: count }, (_, i) => from + i);
    writer.write(executor, samples, numbers, numbers, null);
    loss += executor.evaluate(count).loss;
  }
  return loss / samples.count;
}
