/** A plane through the space of all weights of a network: spanned by where two of its trainings went. */
import type { Executor, Samples, SampleWriter } from '@shoal/core';
import type { Landscape, Spot } from './landscape.ts';

export type Slice = {
  readonly origin: Float32Array;
  /** At right angles, each of length 1. */
  readonly first: Float64Array;
  readonly second: Float64Array;
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

const between = (from: Float32Array, to: Float32Array): Float64Array =>
  Float64Array.from(from, (value, i) => (to[i] ?? 0) - value);

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

/** Through the beginning and both ends. */
export function sliceThrough(origin: Float32Array, one: Float32Array, other: Float32Array): Slice {
  const first = unit(between(origin, one));
  const rest = between(origin, other);
  const along = dot(rest, first);
  return { origin, first, second: unit(rest.map((value, i) => value - along * (first[i] ?? 0))) };
}

/** The place on the plane that is nearest to these parameters. */
export function spotOf({ origin, first, second }: Slice, parameters: Float32Array): Spot {
  const from = between(origin, parameters);
  return [dot(from, first), dot(from, second)];
}

/** A square around all of the spots, with room. */
export function reachOf(spots: readonly Spot[]): Pick<Landscape, 'x' | 'y'> {
  const range = (k: 0 | 1): readonly [number, number] => {
    const values = spots.map((spot) => spot[k]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [x, y] = [range(0), range(1)];
  const half = 0.65 * Math.max(x[1] - x[0], y[1] - y[0], 1e-3);
  const around = ([low, high]: readonly [number, number]): readonly [number, number] => {
    const middle = (low + high) / 2;
    return [middle - half, middle + half];
  };
  return { x: around(x), y: around(y) };
}

export type SliceOptions = {
  readonly slice: Slice;
  readonly reach: Pick<Landscape, 'x' | 'y'>;
  readonly side: number;
  readonly executor: Executor;
  readonly writer: SampleWriter;
  readonly samples: Samples;
  /** Called between two rows; a rejection calls it off. */
  readonly rest: (done: number) => Promise<void>;
};

/** [side × side] the mean loss over the samples, rows from below. */
export async function lossesOn(options: SliceOptions): Promise<Float64Array> {
  const { slice, reach, side, executor, writer, samples, rest } = options;
  const losses = new Float64Array(side * side);
  const place = ([from, to]: readonly [number, number], i: number): number =>
    from + ((to - from) * i) / (side - 1);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const [a, b] = [place(reach.x, column), place(reach.y, row)];
      const { parameters } = executor;
      for (let i = 0; i < slice.origin.length; i += 1) {
        parameters[i] = (slice.origin[i] ?? 0) + a * (slice.first[i] ?? 0) + b * (slice.second[i] ?? 0);
      }
      executor.parametersChanged();
      losses[row * side + column] = meanLoss(executor, writer, samples);
    }
    await rest((row + 1) / side);
  }
  return losses;
}

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
