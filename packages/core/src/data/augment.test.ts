import { describe, expect, it } from 'vitest';
import { cos, sin } from '../math/elementary.ts';
import { Purpose, RandomStream } from '../random/threefry.ts';
import { Augmenter } from './augment.ts';
import type { AugmentSpec } from './sources.ts';

const SEED = 11;
const EPOCH = 3;

type Source = Uint8Array | Float32Array;

/** The definition, pixel by pixel with no shortcuts; without a field of displacements. */
function byDefinition(
  { shift, rotate, scale }: AugmentSpec,
  [channels, height, width]: readonly [number, number, number],
  source: Source,
  divisor: number,
  number: number,
): Float32Array {
  const stream = new RandomStream([SEED, Purpose.augment, 0, EPOCH], number);
  const signed = (i: number): number => 2 * stream.uniform(i) - 1;
  const angle = (rotate * signed(2) * Math.PI) / 180;
  const inverse = 1 / (1 + scale * signed(3));
  const cosine = cos(angle) * inverse;
  const sine = sin(angle) * inverse;
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  const out = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel += 1) {
    const pixelAt = (x: number, y: number): number =>
      x < 0 || y < 0 || x >= width || y >= height
        ? 0
        : (source[(channel * height + y) * width + x] as number);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const u = x - centreX - shift * signed(0);
        const w = y - centreY - shift * signed(1);
        const qx = cosine * u + sine * w + centreX;
        const qy = cosine * w - sine * u + centreY;
        const left = Math.floor(qx);
        const top = Math.floor(qy);
        const fx = qx - left;
        const fy = qy - top;
        const upper = pixelAt(left, top) + fx * (pixelAt(left + 1, top) - pixelAt(left, top));
        const lower = pixelAt(left, top + 1) + fx * (pixelAt(left + 1, top + 1) - pixelAt(left, top + 1));
        out[(channel * height + y) * width + x] = (upper + fy * (lower - upper)) / divisor;
      }
    }
  }
  return out;
}

/** Ink in a box, in about two thirds of its pixels. */
function inked(
  shape: readonly [number, number, number],
  box: readonly [left: number, top: number, right: number, bottom: number],
  salt: number,
): Uint8Array {
  const [channels, height, width] = shape;
  const [left, top, right, bottom] = box;
  const stream = new RandomStream([salt, 1, 0, 0], 0);
  return Uint8Array.from({ length: channels * height * width }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    if (x < left || x > right || y < top || y > bottom || stream.uniform(2 * i) < 0.3) return 0;
    return stream.integer(2 * i + 1, 256);
  });
}

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer);

describe('an augmented image', () => {
  const shapes = [
    [1, 28, 28],
    [3, 9, 14],
    [2, 1, 5],
  ] as const;
  const changes: AugmentSpec[] = [
    { shift: 2, rotate: 10, scale: 0.1, elastic: { alpha: 0, sigma: 4 } },
    { shift: 9, rotate: 180, scale: 0.5, elastic: { alpha: 0, sigma: 4 } },
    { shift: 0, rotate: 0, scale: 0.3, elastic: { alpha: 0, sigma: 4 } },
  ];

  it.each(shapes)('of shape %s × %s × %s has the bits of its definition, wherever the ink is', (...shape) => {
    const [, height, width] = shape;
    const boxes = [
      [0, 0, width - 1, height - 1],
      [4, 4, width - 5, height - 5],
      [1, 1, width - 2, height - 2],
      [0, 3, 2, height - 1],
      [width - 1, 0, width - 1, 0],
      [5, 5, 4, 4],
    ] as const;
    for (const augment of changes) {
      const augmenter = new Augmenter({ augment, seed: SEED, shape });
      boxes.forEach((box, salt) => {
        const bytes = inked(shape, box, salt);
        const floats = Float32Array.from(bytes, (byte, i) => (byte / 64) * (i % 3 === 0 ? -1 : 1));
        for (let number = 0; number < 8; number += 1) {
          for (const [source, divisor] of [
            [bytes, 255],
            [floats, 1],
          ] as const) {
            const out = new Float32Array(bytes.length).fill(Number.NaN);
            augmenter.apply(source, 0, divisor, number, EPOCH, out, 0);
            expect(bits(out)).toEqual(bits(byDefinition(augment, shape, source, divisor, number)));
          }
        }
      });
    }
  });

  it('with a field of displacements is the plain one where the field is nearly zero', () => {
    const shape = [1, 28, 28] as const;
    const plain = { shift: 2, rotate: 10, scale: 0.1, elastic: { alpha: 0, sigma: 4 } };
    const bytes = inked(shape, [0, 2, 20, 27], 9);
    const [a, b] = [plain, { ...plain, elastic: { alpha: 1e-9, sigma: 4 } }].map((augment) => {
      const out = new Float32Array(bytes.length);
      new Augmenter({ augment, seed: SEED, shape }).apply(bytes, 0, 255, 5, EPOCH, out, 0);
      return out;
    }) as [Float32Array, Float32Array];
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 6);
    });
  });
});
