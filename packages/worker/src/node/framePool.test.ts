import { expect, test } from 'vitest';
import { FramePool } from './framePool.ts';

const MB = 1024 * 1024;

test('memory goes round, and not for a frame that it is far too large for', () => {
  const pool = new FramePool(100 * MB);
  const first = pool.take(2 * MB + 5) as Buffer;
  expect(first).toHaveLength(2 * MB + 5);
  pool.giveBack(first.subarray(7));
  const small = pool.take(MB / 2) as Buffer;
  expect(small.buffer).not.toBe(first.buffer);
  const next = pool.take(2 * MB + 9) as Buffer;
  expect(next).toHaveLength(2 * MB + 9);
  expect(next.buffer).toBe(first.buffer);
  expect((pool.take(2 * MB) as Buffer).buffer).not.toBe(first.buffer);
});

test('no more is out at a time than it may, whoever keeps it', () => {
  const pool = new FramePool(3 * MB);
  const [a, b] = [pool.take(MB) as Buffer, pool.take(2 * MB) as Buffer];
  expect(pool.lentBytes).toBe(3 * MB);
  expect(pool.take(1)).toBeNull();
  pool.abandon(a);
  expect(pool.lentBytes).toBe(2 * MB);
  expect(pool.take(MB)?.buffer).not.toBe(a.buffer);
  pool.giveBack(b);
  expect(pool.take(2 * MB)?.buffer).toBe(b.buffer);
});

test('of what was given back so much is kept, and one of any size', () => {
  const pool = new FramePool(1000 * MB);
  const large = pool.take(80 * MB) as Buffer;
  pool.giveBack(large);
  const again = pool.take(80 * MB) as Buffer;
  expect(again.buffer).toBe(large.buffer);
  const others = Array.from({ length: 3 }, () => pool.take(30 * MB) as Buffer);
  for (const other of others) pool.giveBack(other);
  const known = new Set(others.map(({ buffer }) => buffer));
  const taken = Array.from({ length: 3 }, () => pool.take(30 * MB) as Buffer);
  expect(taken.map(({ buffer }) => known.has(buffer))).toEqual([true, true, false]);
});
