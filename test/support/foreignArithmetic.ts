/**
 * What a worker computes for softmax regression, written from docs/protocol.md alone: checksum, random numbers, initial
 * parameters, gradients of microbatches and their sums along the reduction tree. No code of the product is used, and
 * none of its arithmetic: this is a worker for runs with `fast` numerics.
 */

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

const times = Math.imul;
const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

/** XXH32 with seed 0. */
export function checksum(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  let h = P5;
  if (data.length >= 16) {
    const lanes = [P1 + P2, P2, 0, -P1].map((lane) => lane | 0);
    for (; at + 16 <= data.length; at += 16) {
      lanes.forEach((lane, i) => {
        lanes[i] = times(rotl((lane + times(view.getUint32(at + 4 * i, true), P2)) | 0, 13), P1);
      });
    }
    const [a, b, c, d] = lanes as [number, number, number, number];
    h = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
  }
  h = (h + data.length) | 0;
  for (; at + 4 <= data.length; at += 4) {
    h = times(rotl((h + times(view.getUint32(at, true), P3)) | 0, 17), P4);
  }
  for (; at < data.length; at += 1) h = times(rotl((h + times(data[at] as number, P5)) | 0, 11), P1);
  h = times(h ^ (h >>> 15), P2);
  h = times(h ^ (h >>> 13), P3);
  return (h ^ (h >>> 16)) >>> 0;
}

const A = [10, 11, 13, 23, 6, 17, 25, 18];
const B = [26, 21, 27, 5, 20, 11, 10, 20];

/** One block of Threefry-4x32-20 as four unsigned words. */
export function threefryBlock(key: readonly number[], counter: readonly number[]): number[] {
  const k = [...key, key.reduce((parity, word) => parity ^ word, 0x1bd11bda)];
  const x = counter.map((word, i) => (word + (k[i] as number)) | 0);
  const mix = (to: number, from: number, by: number): void => {
    x[to] = ((x[to] as number) + (x[from] as number)) | 0;
    x[from] = rotl(x[from] as number, by) ^ (x[to] as number);
  };
  for (let round = 0; round < 20; round += 1) {
    const [a, b] = [A[round % 8] as number, B[round % 8] as number];
    mix(0, round % 2 === 0 ? 1 : 3, a);
    mix(2, round % 2 === 0 ? 3 : 1, b);
    if (round % 4 !== 3) continue;
    const s = (round + 1) / 4;
    for (let i = 0; i < 4; i += 1)
      x[i] = ((x[i] as number) + (k[(s + i) % 5] as number) + (i === 3 ? s : 0)) | 0;
  }
  return x.map((word) => word >>> 0);
}

/** A model of one dense layer after a flatten: weights [units × inputs], then biases, as one flat vector. */
export type Softmax = { readonly inputs: number; readonly units: number };

/** Version 0: weights uniform in ±√(6 / (inputs + units)), biases 0. The dense layer is number 2, after the flatten. */
export function initialVector(model: Softmax, seed: number): Float32Array {
  const weights = model.inputs * model.units;
  const limit = Math.sqrt(6 / (model.inputs + model.units));
  const vector = new Float32Array(weights + model.units);
  for (let i = 0; i < weights; i += 1) {
    const block = threefryBlock([seed, 1, 2, 0], [0, Math.floor(i / 4), 0, 0]);
    vector[i] = (2 * ((block[i % 4] as number) / 4294967296) - 1) * limit;
  }
  return vector;
}

export type Sums = {
  readonly gradient: Float32Array;
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
};

/** Sums over samples, whose values are bytes in [0, 255]. */
export function softmaxSums(
  { inputs, units }: Softmax,
  parameters: Float32Array,
  values: Uint8Array,
  labels: Uint8Array,
): Sums {
  const gradient = new Float64Array(parameters.length);
  let loss = 0;
  let correct = 0;
  for (let sample = 0; sample < labels.length; sample += 1) {
    const x = Float32Array.from(
      values.subarray(sample * inputs, (sample + 1) * inputs),
      (byte) => byte / 255,
    );
    const label = labels[sample] as number;
    const z = Array.from({ length: units }, (_, unit) =>
      x.reduce(
        (sum, value, i) => sum + value * (parameters[unit * inputs + i] as number),
        parameters[inputs * units + unit] as number,
      ),
    );
    const largest = Math.max(...z);
    const total = z.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    loss += Math.log(total) + largest - (z[label] as number);
    if (z.indexOf(largest) === label) correct += 1;
    z.forEach((value, unit) => {
      const error = Math.exp(value - largest) / total - (unit === label ? 1 : 0);
      x.forEach((input, i) => {
        gradient[unit * inputs + i] = (gradient[unit * inputs + i] as number) + error * input;
      });
      gradient[inputs * units + unit] = (gradient[inputs * units + unit] as number) + error;
    });
  }
  return { gradient: Float32Array.from(gradient), loss, correct, count: labels.length };
}

export type TreeNode = { readonly level: number; readonly index: number };

/** The maximal complete nodes of the leaves [from, to) in a tree of n leaves. */
export function nodesOf(from: number, to: number, n: number): TreeNode[] {
  let height = 0;
  while (2 ** height < n) height += 1;
  const nodes: TreeNode[] = [];
  for (let leaf = from; leaf < to; ) {
    let [level, index] = [0, leaf];
    while (level < height && index % 2 === 0) {
      const first = (index / 2) * 2 ** (level + 1);
      if (first < from || Math.min(first + 2 ** (level + 1), n) > to) break;
      [level, index] = [level + 1, index / 2];
    }
    nodes.push({ level, index });
    leaf = Math.min((index + 1) * 2 ** level, n);
  }
  return nodes;
}

/** The sums of a node: its children's, added left and right; a child beyond the last leaf adds nothing. */
export function sumsOf({ level, index }: TreeNode, n: number, leaf: (number: number) => Sums): Sums {
  if (level === 0) return leaf(index);
  const left = sumsOf({ level: level - 1, index: 2 * index }, n, leaf);
  if ((2 * index + 1) * 2 ** (level - 1) >= n) return left;
  const right = sumsOf({ level: level - 1, index: 2 * index + 1 }, n, leaf);
  return {
    gradient: left.gradient.map((value, i) => value + (right.gradient[i] as number)),
    loss: left.loss + right.loss,
    correct: left.correct + right.correct,
    count: left.count + right.count,
  };
}
