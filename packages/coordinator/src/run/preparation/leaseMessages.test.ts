import {
  BlockAssembler,
  blocksOf,
  decodeCoordinatorMessage,
  decodeSamples,
  encodeMessage,
  selectSamples,
  uint32sOf,
} from '@shoal/core';
import { describe, expect, test } from 'vitest';
import type { GrantEffect } from '../../transition/model/effects.ts';
import type { SetName } from '../../transition/model/ids.ts';
import { leavesOfTree } from '../../transition/task/workload.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { prepareRun } from './prepare.ts';

const run = prepareRun(smallSpec, smallData);
const STEPS = 4;

const grant = (
  set: SetName,
  step: number,
  range?: readonly [number, number],
  withValues = true,
): GrantEffect => {
  const leaves = leavesOfTree(run.facts, set, step);
  const [from, to] = range ?? [0, leaves];
  return {
    type: 'grant',
    worker: 1,
    lease: 9,
    task: set === 'train' ? 'gradient' : 'evaluate',
    set,
    version: step,
    step,
    from,
    to,
    leaves,
    expectedMs: 5,
    withParameters: false,
    withValues,
  };
};

/** The set as a worker has it that has fetched every block. */
function asFetched(set: SetName) {
  const { manifest, block } = blocksOf(run.data[set], { blockBytesMax: 100 });
  const assembler = new BlockAssembler({ ...manifest, blocks: [...manifest.blocks] });
  manifest.blocks.forEach((_, index) => {
    assembler.accept(index, block(index));
  });
  return assembler.samples;
}

describe('leases', () => {
  test.each(['train', 'validation', 'test'] as const)(
    'of the %s set carry the very values that a worker with all blocks reads',
    (set) => {
      const fetched = asFetched(set);
      for (let step = 0; step < (set === 'train' ? STEPS : 1); step += 1) {
        // Through the wire, where the bytes begin at any place.
        const message = decodeCoordinatorMessage(encodeMessage(run.leases.grant(grant(set, step))));
        if (message.type !== 'lease') throw new Error(message.type);
        const numbers = uint32sOf(message.samples);
        const { manifest } = blocksOf(run.data[set], { blockBytesMax: 100 });
        const carried = decodeSamples(message.values as Uint8Array, numbers.length, manifest);
        expect(carried).toEqual(selectSamples(fetched, numbers));
      }
    },
  );

  test('every sample counts exactly once in an epoch, however the steps are cut into leases', () => {
    const seen: number[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const leaves = leavesOfTree(run.facts, 'train', step);
      for (let from = 0; from < leaves; from += 3) {
        const lease = run.leases.grant(grant('train', step, [from, Math.min(from + 3, leaves)]));
        seen.push(...uint32sOf(lease.samples));
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: run.data.train.count }, (_, i) => i));
  });

  test('for a worker that is ready name the samples only', () => {
    const lease = run.leases.grant(grant('train', 0, [1, 3], false));
    expect(lease).toMatchObject({ values: null, from: 1, to: 3, leaves: 7, step: 0 });
    expect(uint32sOf(lease.samples)).toEqual(
      uint32sOf(run.leases.grant(grant('train', 0)).samples).slice(2, 6),
    );
  });

  test('the probe is the first microbatch of the first epoch, values included', () => {
    const probe = run.leases.probe();
    expect(probe).toMatchObject({ lease: 0, task: 'probe', version: 0, step: 0, from: 0, to: 1, leaves: 1 });
    const first = run.leases.grant(grant('train', 0, [0, 1]));
    expect([probe.samples, probe.values]).toEqual([first.samples, first.values]);
  });
});
