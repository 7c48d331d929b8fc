import type { WorkerView } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { pressed, sorted } from './sorting.ts';

const worker = (id: number, parts: Partial<WorkerView> = {}): WorkerView => ({
  id,
  name: `worker-${id}`,
  agent: 'node 24.1.0 linux',
  kind: 'node',
  local: true,
  engine: 'wasm-strict',
  threads: 1,
  speed: 100,
  share: 0.5,
  samples: 1000,
  samplesLate: 0,
  help: 'counts',
  leasesDone: 10,
  leasesLost: 0,
  leasesHeld: 1,
  upBitsPerSecond: null,
  downBitsPerSecond: null,
  rttMs: 1,
  bytesSent: 0,
  bytesReceived: 0,
  state: 'computing',
  reason: 'It holds one lease.',
  joinedSecondsAgo: 10,
  gateway: null,
  trust: null,
  ...parts,
});

const ids = (workers: readonly WorkerView[]): number[] => workers.map(({ id }) => id);

describe('the order of workers', () => {
  it('reads numbers in names as numbers', () => {
    const workers = [worker(10), worker(9), worker(1)];
    expect(ids(sorted(workers, { key: 'name', direction: 'ascending' }))).toEqual([1, 9, 10]);
  });

  it('keeps equal ones as they joined, in either direction', () => {
    const workers = [worker(3), worker(1, { speed: 200 }), worker(2)];
    expect(ids(sorted(workers, { key: 'speed', direction: 'descending' }))).toEqual([1, 2, 3]);
    expect(ids(sorted(workers, { key: 'speed', direction: 'ascending' }))).toEqual([2, 3, 1]);
  });

  it('puts what needs attention first, and an unknown round trip last', () => {
    const workers = [worker(1), worker(2, { state: 'late', rttMs: null }), worker(3, { state: 'paused' })];
    expect(ids(sorted(workers, { key: 'state', direction: 'ascending' }))).toEqual([2, 1, 3]);
    expect(ids(sorted(workers, { key: 'rttMs', direction: 'ascending' }))).toEqual([1, 3, 2]);
  });

  it('turns round when the same column is pressed again', () => {
    const first = pressed({ key: 'name', direction: 'ascending' }, 'speed');
    expect(first).toEqual({ key: 'speed', direction: 'descending' });
    expect(pressed(first, 'speed')).toEqual({ key: 'speed', direction: 'ascending' });
    expect(pressed(first, 'state')).toEqual({ key: 'state', direction: 'ascending' });
  });
});
