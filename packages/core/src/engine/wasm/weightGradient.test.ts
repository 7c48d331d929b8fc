/**
 * The gradient of a dense layer's weights: the kernel lays out wide factors in panels, reads narrow ones where they lie, and may
 * pass over zeros. All of these give the same bits.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KernelModule } from './kernelModule.ts';
import { STRICT_KERNELS } from './kernels.generated.ts';
import { panelsBytes } from './planned.ts';

/** Narrower than what is laid out in panels, and whole tiles. */
const NARROW = 32;
const MEMORY_BYTES = 1 << 23;
const { memory, kernels } = await new KernelModule(() => hexToBytes(STRICT_KERNELS)).instantiate(
  MEMORY_BYTES,
);
const floats = new Float32Array(memory.buffer);

type Sizes = { readonly units: number; readonly inputs: number; readonly groups: number };

/** Addresses of what the kernel reads and writes, one behind the other. */
function placesOf({ units, inputs, groups }: Sizes) {
  let end = 65536;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  return {
    dy: take(units * groups * 32),
    x: take(inputs * groups * 32),
    places: take(Math.ceil(inputs / 4) * (4 * groups + 1) * 4),
    // Before what is looked at, which whoever writes past it would spoil.
    room: take(panelsBytes(units, inputs, groups)),
    dw: take(units * inputs * 4),
    part: take(NARROW * inputs * 4),
  };
}

function fill(from: number, length: number, zeros: number, seed: number): void {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  for (let i = 0; i < length; i += 1) {
    const value = 2 * uniform() - 1;
    // Eight lanes at once, as the background of images is.
    if (i % 8 === 0 && uniform() < zeros) {
      floats.fill(0, from / 4 + i, from / 4 + i + 8);
      i += 7;
    } else floats[from / 4 + i] = value;
  }
}

it('has the same bits in panels and where it lies, with zeros and without them', () => {
  fc.assert(
    fc.property(
      fc.record({
        units: fc.integer({ min: 1, max: 130 }),
        inputs: fc.integer({ min: 1, max: 130 }),
        groups: fc.integer({ min: 1, max: 9 }),
      }),
      fc.constantFrom(0, 0.3, 0.9, 1),
      fc.constantFrom(0, 1),
      fc.integer(),
      (sizes, zeros, adds, seed) => {
        const { units, inputs, groups } = sizes;
        const { dy, x, room, places, dw, part } = placesOf(sizes);
        const [dyGroup, xGroup] = [units * 32, inputs * 32];
        fill(dy, units * groups * 8, 0, seed);
        fill(x, inputs * groups * 8, zeros, seed + 1);
        const bits = (at: number, length: number): number[] => [
          ...new Uint32Array(memory.buffer, at, length),
        ];
        const compute = (withPlaces: boolean): number[] => {
          floats.fill(0.125, dw / 4, dw / 4 + units * inputs);
          const list = withPlaces ? places : 0;
          kernels.denseWeightGradient(
            ...([dy, x, room, list, dw, units, inputs, groups, dyGroup, xGroup, adds] as const),
          );
          return bits(dw, units * inputs);
        };
        const whole = compute(false);
        expect(compute(true)).toEqual(whole);
        for (let first = 0; first < units; first += NARROW) {
          const some = Math.min(NARROW, units - first);
          floats.fill(0.125, part / 4, part / 4 + some * inputs);
          kernels.denseWeightGradient(
            ...([dy + first * 32, x, 0, 0, part, some, inputs, groups, dyGroup, xGroup, adds] as const),
          );
          expect(bits(part, some * inputs)).toEqual(whole.slice(first * inputs, (first + some) * inputs));
        }
      },
    ),
    { numRuns: 200, seed: 15 },
  );
});
