import type { GatewayBelow } from '@shoal/core';
import { expect, test } from 'vitest';
import { type Branch, branchesOf } from './branches.ts';

const gateway = (depth: number, name: string): GatewayBelow => ({
  ...{ depth, name, workers: 1, threads: 1, speed: 1 },
  ...{ rttMs: null, upBitsPerSecond: null, downBitsPerSecond: null },
});

const shown = (branches: readonly Branch[]): string =>
  branches
    .map(({ gateway: { name }, below }) => (below.length === 0 ? name : `${name}(${shown(below)})`))
    .join(' ');

test('each gateway hangs from the last one before it that is less deep', () => {
  const list = [
    gateway(1, 'a'),
    gateway(2, 'b'),
    gateway(3, 'c'),
    gateway(2, 'd'),
    gateway(1, 'e'),
    gateway(2, 'f'),
  ];
  expect(shown(branchesOf(list))).toBe('a(b(c) d) e(f)');
  expect(branchesOf([])).toEqual([]);
});

test('a list that skips a depth is a tree all the same', () => {
  expect(shown(branchesOf([gateway(3, 'a'), gateway(1, 'b'), gateway(4, 'c'), gateway(2, 'd')]))).toBe(
    'a b(c d)',
  );
});
