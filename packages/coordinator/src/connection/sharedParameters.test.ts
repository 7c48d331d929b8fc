import { sharedArena, VectorArena } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { SharedParameters, type SharedVersion } from './sharedParameters.ts';

function setUp(vectorsMax = 16) {
  const { arena } = sharedArena({ length: 4, vectorsMax });
  const parameters = arena.allocateFilled(0);
  const shared = new SharedParameters(arena);
  /** As when the first worker is told of a version. */
  const of = (version: number): SharedVersion | null => {
    arena.view(parameters).fill(version);
    return shared.of(version, () => parameters);
  };
  return { arena, shared, of };
}

/** What a reader sees there. */
function read(version: SharedVersion | null): number {
  if (version === null) throw new Error('There is no such version.');
  const { memory, byteOffset, byteLength } = version.place;
  return new Float32Array(memory, byteOffset, byteLength / 4)[3] as number;
}

const isThere = (version: SharedVersion): boolean => {
  const { arrival } = version.place;
  return arrival === null || (new Int32Array(arrival.memory)[0] as number) >= arrival.number;
};

describe('SharedParameters', () => {
  test('tells all readers of a version the same place, where it is written once', () => {
    const { of } = setUp();
    const version = of(1);
    expect(read(version)).toBe(1);
    expect(of(1)).toBe(version);
    expect(isThere(version as SharedVersion)).toBe(true);
  });

  test('writes over a version when everybody who was told of it has given it back, and not before', () => {
    const { of, arena } = setUp();
    const returned = [false, false];
    const first = of(1);
    first?.lend(() => returned[0] === true);
    first?.lend(() => returned[1] === true);
    const second = of(2);
    second?.lend(() => false);
    returned[0] = true;
    const third = of(3);
    third?.lend(() => false);
    expect([read(first), read(second), read(third)]).toEqual([1, 2, 3]);
    const { size } = arena;
    returned[1] = true;
    const fourth = of(4);
    expect(read(fourth)).toBe(4);
    expect(fourth).toBe(first);
    expect(arena.size).toBe(size);
  });

  test('lets the latest lie for readers that are still to come', () => {
    const { of, shared } = setUp();
    const first = of(1) as SharedVersion;
    first.lend(() => true);
    expect(first.isFree).toBe(false);
    shared.abandon();
    expect(first.isFree).toBe(true);
  });

  test('a version that is begun is there once it is complete', () => {
    const { of, shared, arena } = setUp();
    of(1);
    const next = shared.next(2) as SharedVersion;
    expect(next.version).toBe(2);
    expect(of(2)).toBe(next);
    expect(isThere(next)).toBe(false);
    arena.view(next.vector).fill(2);
    shared.complete();
    expect(isThere(next)).toBe(true);
    expect(read(next)).toBe(2);
  });

  test('begins none that nobody has asked for', () => {
    const { of, shared } = setUp();
    expect(shared.next(1)).toBeNull();
    of(1);
    expect(shared.next(2)).not.toBeNull();
    expect(shared.next(3)).toBeNull();
  });

  test('a version that did not come about is copied when somebody asks for its number', () => {
    const { of, shared } = setUp();
    of(1);
    shared.next(2);
    shared.abandon();
    const second = of(2) as SharedVersion;
    expect(isThere(second)).toBe(true);
    expect(read(second)).toBe(2);
  });

  test('leaves half of the arena to gradients, and memory that nobody shares alone', () => {
    const { of } = setUp(6);
    for (const version of [1, 2]) of(version)?.lend(() => false);
    expect(of(3)).toBeNull();
    const own = new VectorArena({ length: 4 });
    const parameters = own.allocateFilled(0);
    expect(new SharedParameters(own).of(1, () => parameters)).toBeNull();
  });
});
