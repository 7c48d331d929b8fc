import {
  BlockAssembler,
  blocksOf,
  decodeCoordinatorMessage,
  decodeSamples,
  encodeMessage,
  type LeaseMessage,
  piecesOf,
  StreamOrder,
  selectSamples,
} from '@shoal/core';
import { describe, expect, test } from 'vitest';
import type { GrantEffect } from '../../transition/model/effects.ts';
import type { SetName } from '../../transition/model/ids.ts';
import { leavesOfTree, placesOfLeaves, shapeOf } from '../../transition/task/workload.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { LeaseMessages } from './leaseMessages.ts';
import { prepareRun } from './prepare.ts';

const run = prepareRun(smallSpec, smallData);
const STEPS = 4;

const grant = (
  set: SetName,
  step: number,
  range?: readonly [number, number],
  values: GrantEffect['values'] = 'always',
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
    holds: step,
    values,
    undivided: false,
    errand: null,
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

/** The numbers of a lease's samples, as a worker works them out. */
function numbersOf({ set, step, from, to }: LeaseMessage): Uint32Array {
  const places = placesOfLeaves(run.facts, set, step, from, to);
  if (set !== 'train') return Uint32Array.from({ length: places[1] - places[0] }, (_, i) => places[0] + i);
  return new StreamOrder(smallSpec, run.facts.counts.train).numbers(piecesOf(shapeOf(run.facts), places));
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
        const numbers = numbersOf(message);
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
        seen.push(...numbersOf(run.leases.grant(grant('train', step, [from, Math.min(from + 3, leaves)]))));
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: run.data.train.count }, (_, i) => i));
  });

  test('for a worker that is ready are a position, in about a hundred bytes', () => {
    const lease = run.leases.grant(grant('train', 0, [1, 3], 'none'));
    expect(lease).toMatchObject({ values: null, from: 1, to: 3, leaves: 7, step: 0 });
    expect(encodeMessage(lease).length).toBeLessThan(140);
  });

  test('carry values where those take fewer bytes than the blocks that they lie in, or nothing else will do', () => {
    const asked: number[] = [];
    const leasesWhere = (bytes: number) =>
      new LeaseMessages(
        run.facts,
        run.data,
        {
          bytesFor: (_set, numbers) => {
            asked.push(numbers.length);
            return bytes;
          },
        },
        1,
      );
    // Two leaves of two samples of seven bytes.
    const valuesOf = (bytes: number, need: GrantEffect['values']) =>
      leasesWhere(bytes).grant(grant('train', 0, [1, 3], need)).values?.length ?? null;
    expect(valuesOf(28, 'cheaper')).toBe(28);
    expect(valuesOf(27, 'cheaper')).toBeNull();
    expect(asked).toEqual([4, 4]);
    expect(valuesOf(0, 'always')).toBe(28);
    expect(valuesOf(1_000, 'none')).toBeNull();
    expect(asked).toHaveLength(2);
  });

  test('the probe is the first microbatch of the first epoch, values included', () => {
    const probe = run.leases.probe();
    expect(probe).toMatchObject({ lease: 0, task: 'probe', version: 0, step: 0, from: 0, to: 1, leaves: 1 });
    expect(probe.values).toEqual(run.leases.grant(grant('train', 0, [0, 1])).values);
  });
});
