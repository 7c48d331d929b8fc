import {
  compileModel,
  type Executor,
  initialParameters,
  leavesOf,
  type Node,
  nodesOfRange,
  SampleWriter,
  selectSamples,
  VectorArena,
} from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { combineSums } from '../session/combine.ts';
import { splitRange } from '../session/split.ts';
import { MICROBATCH, numbersOf, tinyData, tinySpec, tinyVectorLength } from '../tinyRun.suite.ts';
import { RangeComputation } from './computeRange.ts';
import { engineNamed } from './engines.ts';
import type { NodeSums } from './slotMessages.ts';

const model = compileModel(tinySpec.model);
const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: tinySpec.seed });
const arena = new VectorArena({ length: model.vectorLength });

async function executorOf(engine: 'wasm-strict' | 'reference'): Promise<Executor> {
  const executor = await engineNamed(engine).compile(model, { microbatch: MICROBATCH, inputGradient: false });
  executor.parameters.set(initialParameters(model, tinySpec.seed));
  executor.parametersChanged();
  return executor;
}

function compute(
  executor: Executor,
  range: { from: number; to: number },
  samplesInTree: number,
  task: 'gradient' | 'evaluate' = 'gradient',
): NodeSums[] {
  const numbers = numbersOf(range.from, range.to, samplesInTree);
  const computation = new RangeComputation({
    executor,
    writer,
    arena,
    task,
    address: { seed: tinySpec.seed, epoch: 2 },
    ...range,
    leaves: Math.ceil(samplesInTree / MICROBATCH),
    numbers,
    samples: selectSamples(tinyData.train, numbers),
    takeBuffer: () => new ArrayBuffer(model.vectorLength * 4),
  });
  while (computation.step());
  return computation.finish();
}

/** The definition, without any range: a leaf's own sums, or those of its two halves added in float32. */
function byDefinition(leaves: readonly NodeSums[], node: Node): NodeSums {
  const [first, end] = leavesOf(node, leaves.length);
  if (node.level === 0 || end - first === 1) return { ...(leaves[first] as NodeSums), node };
  const left = byDefinition(leaves, { level: node.level - 1, index: node.index * 2 });
  const rightNode = { level: node.level - 1, index: node.index * 2 + 1 };
  if (leavesOf(rightNode, leaves.length)[0] >= leaves.length) return { ...left, node };
  const right = byDefinition(leaves, rightNode);
  return {
    node,
    finite: true,
    loss: left.loss + right.loss,
    correct: left.correct + right.correct,
    count: left.count + right.count,
    gradient: (left.gradient as Float32Array).map((value, i) =>
      Math.fround(value + (right.gradient as Float32Array)[i]!),
    ) as Float32Array<ArrayBuffer>,
  };
}

describe.each(['wasm-strict', 'reference'] as const)('a range of leaves on %s', (engine) => {
  test('has the same bits for any lease and any number of slots', async () => {
    const executor = await executorOf(engine);
    for (const samplesInTree of [1, 3, 9, 13]) {
      const count = Math.ceil(samplesInTree / MICROBATCH);
      const leaves = Array.from(
        { length: count },
        (_, i) => compute(executor, { from: i, to: i + 1 }, samplesInTree)[0] as NodeSums,
      );
      for (let from = 0; from < count; from += 1) {
        for (let to = from + 1; to <= count; to += 1) {
          const expected = nodesOfRange(from, to, count).map((node) => byDefinition(leaves, node));
          for (let slots = 1; slots <= 4; slots += 1) {
            const parts = splitRange(from, to, slots).flatMap((part) =>
              compute(executor, part, samplesInTree),
            );
            expect(combineSums(parts, count)).toEqual(expected);
          }
        }
      }
    }
    expect(arena.size).toBe(0);
  });
});

describe('a range of leaves', () => {
  test('counts each sample of an evaluation once and brings no gradient', async () => {
    const executor = await executorOf('wasm-strict');
    const [whole] = compute(executor, { from: 0, to: 7 }, 13, 'evaluate');
    expect(whole).toMatchObject({ node: { level: 3, index: 0 }, finite: true, count: 13, gradient: null });
    const halves = [
      ...compute(executor, { from: 0, to: 3 }, 13, 'evaluate'),
      ...compute(executor, { from: 3, to: 7 }, 13, 'evaluate'),
    ];
    expect(combineSums(halves, 7)).toEqual([whole]);
  });

  test('calls every node that holds a microbatch which is not finite "not finite", and no other', async () => {
    const executor = await executorOf('wasm-strict');
    const real = executor.computeGradient.bind(executor);
    let calls = 0;
    const broken: Executor = Object.create(executor, {
      computeGradient: {
        value: (count: number, address: { seed: number; epoch: number }) => {
          calls += 1;
          const sums = real(count, address);
          return calls === 2 ? { ...sums, loss: Number.NaN, finite: false } : sums;
        },
      },
    });
    // Leaves 0 to 5 of 7: the nodes (2,0) and (1,2).
    const [left, right] = compute(broken, { from: 0, to: 6 }, 13);
    expect(left).toEqual({
      node: { level: 2, index: 0 },
      finite: false,
      loss: 0,
      correct: 0,
      count: 8,
      gradient: null,
    });
    expect(right).toMatchObject({ node: { level: 1, index: 2 }, finite: true, count: 4 });
    expect(right?.gradient).toHaveLength(tinyVectorLength);
    expect(arena.size).toBe(0);
  });

  test('calls a sum that overflows "not finite", whoever adds it up', () => {
    const huge = (index: number): NodeSums => ({
      node: { level: 0, index },
      finite: true,
      loss: 1,
      correct: 0,
      count: 2,
      gradient: Float32Array.of(3e38),
    });
    expect(combineSums([huge(0), huge(1)], 4)).toEqual([
      { node: { level: 1, index: 0 }, finite: false, loss: 0, correct: 0, count: 4, gradient: null },
    ]);
  });
});
