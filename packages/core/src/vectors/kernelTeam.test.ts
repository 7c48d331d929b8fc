import { describe, expect, test } from 'vitest';
import { VectorArena } from './arena.ts';
import { ADDRESSES, atOnce, ELEMENTWISE, type ElementwiseName, type KernelCall } from './elementwise.ts';
import { SHARED_OUT_MIN } from './kernelTeam.ts';
import { sharedArena } from './sharedArena.ts';
import { importingShared } from './sharedKernels.ts';

/** Some pieces and a part of one, whose last elements fill no vector register. */
const LENGTH = 2 * SHARED_OUT_MIN + 4321;

const sample = (turn: number): Float32Array =>
  Float32Array.from({ length: LENGTH }, (_, i) => (((i * 7919 + turn * 104_729) % 2003) + 1) / 331);

/** Numbers that every kernel can be given behind the length. */
const NUMBERS: Readonly<Record<ElementwiseName, readonly number[]>> = {
  add: [],
  scale: [0.3],
  fill: [0.7],
  copy: [],
  clip: [2],
  regularize: [0.1, 0.2],
  blend: [0.25],
  sgd: [0.1, 0.01],
  momentum: [0.1, 0.01, 0.9],
  nesterov: [0.1, 0.01, 0.9],
  adagrad: [0.1, 0.01, 1e-8],
  rmsprop: [0.1, 0.01, 0.99, 0.01, 1e-8],
  adam: [0.1, 0.01, 0.999, 0.9, 0.1, 0.999, 0.001, 1.1, 1e-8],
  subtract: [],
};

function withVectors(arena: VectorArena) {
  const vectors = [1, 2, 3, 4, 5].map((turn) => arena.allocateFrom(sample(turn)));
  const addresses = vectors.map((id) => arena.address(id));
  const call = (kernel: ElementwiseName): KernelCall => ({
    kernel,
    args: [...addresses.slice(0, ADDRESSES[kernel]), LENGTH, ...NUMBERS[kernel]],
  });
  const contents = () => vectors.map((id) => Buffer.from(arena.bytes(id).slice()));
  return { addresses, call, contents };
}

const isSame = (a: readonly Buffer[], b: readonly Buffer[]): boolean =>
  a.every((one, i) => one.equals(b[i] as Buffer));

describe('kernels in memory that threads share', () => {
  test.each(ELEMENTWISE)('%s gives the same bits in pieces as at once', (kernel) => {
    const { arena } = sharedArena({ length: LENGTH, vectorsMax: 8 });
    const shared = withVectors(arena);
    const plain = new VectorArena({ length: LENGTH });
    const alone = withVectors(plain);
    const before = alone.contents();
    atOnce(plain.kernels).begin([alone.call(kernel)]);
    arena.elementwise.begin([shared.call(kernel)]);
    expect(isSame(shared.contents(), alone.contents())).toBe(true);
    expect(isSame(before, alone.contents())).toBe(false);
  });

  test('what was begun is done before a vector is looked at, two calls in their order for each element', () => {
    const { arena } = sharedArena({ length: LENGTH, vectorsMax: 8 });
    const [x, y] = [arena.allocateFilled(1), arena.allocateFilled(0)];
    const [into, copy] = [arena.address(x), arena.address(y)];
    const raw = new Float32Array(arena.buffer, 0, LENGTH);
    arena.elementwise.begin([
      { kernel: 'scale', args: [into, LENGTH, 3] },
      { kernel: 'copy', args: [copy, into, LENGTH] },
    ]);
    // Nobody helps here, and whoever leads has not been asked to finish.
    expect(raw[0]).toBe(1);
    expect(arena.view(y).every((value) => value === 3)).toBe(true);
    expect(raw[0]).toBe(3);
  });

  test('a second beginning, and every kernel called by itself, comes after the first', () => {
    const { arena } = sharedArena({ length: LENGTH, vectorsMax: 8 });
    const x = arena.allocateFilled(1);
    const at = arena.address(x);
    arena.elementwise.begin([{ kernel: 'scale', args: [at, LENGTH, 2] }]);
    arena.elementwise.begin([{ kernel: 'scale', args: [at, LENGTH, 5] }]);
    expect(arena.kernels.largest(at, LENGTH)).toBe(10);
  });

  test('vectors grow in place: views of before show the same memory', () => {
    const { arena } = sharedArena({ length: 40_000, vectorsMax: 8 });
    const a = arena.allocateFilled(3);
    const early = arena.view(a);
    for (let i = 0; i < 7; i += 1) arena.allocate();
    arena.view(a)[0] = 4;
    expect([early.length, early[0], early[1]]).toEqual([40_000, 4, 3]);
  });

  test('a model that no memory holds is refused with the sentence of every arena', () => {
    expect(() => sharedArena({ length: 2 ** 31, vectorsMax: 2 })).toThrow(/does not fit/);
  });
});

describe('a module that imports a memory', () => {
  const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const NAMES = [1, 0x65, 1, 0x6d];

  test('imports a shared one, and is otherwise as it was', () => {
    // Before and behind stand a section of types and one of exports without entries.
    const module = [...HEADER, 1, 1, 0, 2, 8, 1, ...NAMES, 2, 0, 1, 7, 1, 0];
    expect([...importingShared(Uint8Array.from(module))]).toEqual([
      ...[...HEADER, 1, 1, 0, 2, 11, 1, ...NAMES, 2],
      ...[3, 1, 0x80, 0x80, 4],
      ...[7, 1, 0],
    ]);
  });

  test('that has a maximum already gets the largest', () => {
    const module = [...HEADER, 2, 10, 1, ...NAMES, 2, 1, 0x80, 1, 5];
    const shared = importingShared(Uint8Array.from(module));
    expect([...shared]).toEqual([...HEADER, 2, 12, 1, ...NAMES, 2, 3, 0x80, 1, 0x80, 0x80, 4]);
  });

  test('and another that imports something else, or nothing, is refused', () => {
    expect(() => importingShared(Uint8Array.from(HEADER))).toThrow(/imports nothing/);
    const withFunction = [...HEADER, 2, 7, 1, ...NAMES, 0, 0];
    expect(() => importingShared(Uint8Array.from(withFunction))).toThrow(/more than a memory/);
  });
});
