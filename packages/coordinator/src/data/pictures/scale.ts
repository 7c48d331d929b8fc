/**
 * Scaling of pictures in whole pixels of 8 bits: each output pixel is the mean of the input under a triangle around its place,
 * as wide as the picture is made smaller (bilinear interpolation where it is made larger). Weights are whole numbers of
 * 1/2¹⁶, so that the bytes are the same on every machine.
 */

/** 8 bits of value and 16 of weight leave room for sums in float64 without rounding. */
const ONE = 65_536;

type Weights = {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly widest: number;
};

const known = new Map<string, Weights>();
/** Pictures of a folder have few sizes, or as many as there are pictures: then the oldest are forgotten. */
const KNOWN_MAX = 256;

/** For each of `to` places, the inputs among `from` that it is made of. */
function weightsOf(from: number, to: number): Weights {
  const key = `${from} ${to}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const scale = from / to;
  const radius = Math.max(1, scale);
  const widest = Math.ceil(2 * radius) + 1;
  const first = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * widest);
  for (let place = 0; place < to; place += 1) {
    const centre = (place + 0.5) * scale - 0.5;
    const low = Math.max(0, Math.ceil(centre - radius));
    const high = Math.min(from - 1, Math.floor(centre + radius));
    const own = Array.from({ length: high - low + 1 }, (_, i) =>
      Math.max(0, 1 - Math.abs(low + i - centre) / radius),
    );
    const sum = own.reduce((total, one) => total + one, 0);
    let rest = ONE;
    own.forEach((one, i) => {
      const weight = Math.round((one / sum) * ONE);
      weights[place * widest + i] = weight;
      rest -= weight;
    });
    // What rounding left over goes to the middle, so that an even picture stays even.
    weights[place * widest + Math.floor(own.length / 2)] += rest;
    first[place] = low;
    counts[place] = own.length;
  }
  if (known.size >= KNOWN_MAX) known.delete(known.keys().next().value as string);
  const made = { first, counts, weights, widest };
  known.set(key, made);
  return made;
}

/** Scales one plane [height × width] to out[at …], [toHeight × toWidth]. */
export function scalePlane(
  source: Uint8Array,
  [height, width]: readonly [number, number],
  out: Uint8Array,
  at: number,
  [toHeight, toWidth]: readonly [number, number],
): void {
  if (height === toHeight && width === toWidth) {
    out.set(source.subarray(0, height * width), at);
    return;
  }
  const across = weightsOf(width, toWidth);
  const down = weightsOf(height, toHeight);
  const rows = new Float64Array(height * toWidth);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < toWidth; x += 1) {
      const from = y * width + (across.first[x] as number);
      let sum = 0;
      for (let i = 0; i < (across.counts[x] as number); i += 1) {
        sum += (source[from + i] as number) * (across.weights[x * across.widest + i] as number);
      }
      rows[y * toWidth + x] = sum;
    }
  }
  for (let y = 0; y < toHeight; y += 1) {
    const from = down.first[y] as number;
    for (let x = 0; x < toWidth; x += 1) {
      let sum = 0;
      for (let i = 0; i < (down.counts[y] as number); i += 1) {
        sum += (rows[(from + i) * toWidth + x] as number) * (down.weights[y * down.widest + i] as number);
      }
      out[at + y * toWidth + x] = Math.min(255, Math.max(0, Math.floor(sum / (ONE * ONE) + 0.5)));
    }
  }
}
