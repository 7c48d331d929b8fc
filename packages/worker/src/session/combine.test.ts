import {
  compileModel,
  type Executor,
  type GradientPlace,
  initialParameters,
  leavesOf,
  nodesOfRange,
  type RandomAddress,
  SampleWriter,
  selectSamples,
  ThreadComputer,
  type TreeNode,
  vectorsOf,
} from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { engineNamed } from '../slot/engines.ts';
import type { ArrayAnswer } from '../slot/slotMessages.ts';
import { MICROBATCH, numbersOf, tinyData, tinySpec, tinyVectorLength } from '../tinyRun.suite.ts';
import { combine } from './combine.ts';
import { splitRange } from './split.ts';

const model = compileModel(tinySpec.model);
const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: tinySpec.seed });

async function executorOf(engine: 'wasm-strict' | 'reference'): Promise<Executor> {
  const executor = await engineNamed(engine).compile(model, {
    microbatch: MICROBATCH,
    inputGradient: false,
    vectors: vectorsOf({ ...tinySpec, batch: 13 }),
  });
  executor.parameters.set(initialParameters(model, tinySpec.seed));
  executor.parametersChanged();
  return executor;
}

function compute(
  executor: Executor,
  range: { from: number; to: number },
  samplesInTree: number,
  task: 'gradient' | 'evaluate' = 'gradient',
): ArrayAnswer[] {
  const numbers = numbersOf(range.from, range.to, samplesInTree);
  const computer = new ThreadComputer({ executor, writer, spec: tinySpec, trainCount: 40 });
  const computation = computer.begin({
    task,
    step: 0,
    ...range,
    leaves: Math.ceil(samplesInTree / MICROBATCH),
    scales: null,
    numbers,
    samples: selectSamples(tinyData.train, numbers),
    rows: numbers.map((_, row) => row),
  });
  while (computation.step());
  return computation.finish().map((answer) => {
    if (answer.vector === null) return { ...answer, vector: null };
    const vector = executor.vectors.view(answer.vector).slice();
    executor.vectors.free(answer.vector);
    return { ...answer, vector };
  });
}

/** The definition, without any range: a leaf's own sums, or those of its two halves added in float32. */
function byDefinition(leaves: readonly ArrayAnswer[], node: TreeNode): ArrayAnswer {
  const [first, end] = leavesOf(node, leaves.length);
  if (node.level === 0 || end - first === 1) return { ...(leaves[first] as ArrayAnswer), node };
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
    vector: (left.vector as Float32Array).map((value, i) =>
      Math.fround(value + (right.vector as Float32Array)[i]!),
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
        (_, i) => compute(executor, { from: i, to: i + 1 }, samplesInTree)[0] as ArrayAnswer,
      );
      for (let from = 0; from < count; from += 1) {
        for (let to = from + 1; to <= count; to += 1) {
          const expected = nodesOfRange(from, to, count).map((node) => byDefinition(leaves, node));
          for (let slots = 1; slots <= 4; slots += 1) {
            const parts = splitRange(from, to, slots).flatMap((part) =>
              compute(executor, part, samplesInTree),
            );
            expect(combine(parts, count)).toEqual(expected);
          }
        }
      }
    }
    expect(executor.vectors.size).toBe(0);
  });
});

describe('a range of leaves', () => {
  test('counts each sample of an evaluation once and brings no gradient', async () => {
    const executor = await executorOf('wasm-strict');
    const [whole] = compute(executor, { from: 0, to: 7 }, 13, 'evaluate');
    expect(whole).toMatchObject({ node: { level: 3, index: 0 }, finite: true, count: 13, vector: null });
    const halves = [
      ...compute(executor, { from: 0, to: 3 }, 13, 'evaluate'),
      ...compute(executor, { from: 3, to: 7 }, 13, 'evaluate'),
    ];
    expect(combine(halves, 7)).toEqual([whole]);
  });

  test('calls every node that holds a microbatch which is not finite "not finite", and no other', async () => {
    const executor = await executorOf('wasm-strict');
    const real = executor.computeGradientInto.bind(executor);
    let calls = 0;
    const broken: Executor = Object.create(executor, {
      computeGradientInto: {
        value: (place: GradientPlace, count: number, address: RandomAddress) => {
          calls += 1;
          const sums = real(place, count, address);
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
      vector: null,
    });
    expect(right).toMatchObject({ node: { level: 1, index: 2 }, finite: true, count: 4 });
    expect(right?.vector).toHaveLength(tinyVectorLength);
    expect(executor.vectors.size).toBe(0);
  });

  test('calls a sum that overflows "not finite", whoever adds it up', () => {
    const huge = (index: number): ArrayAnswer => ({
      node: { level: 0, index },
      finite: true,
      loss: 1,
      correct: 0,
      count: 2,
      vector: Float32Array.of(3e38),
    });
    expect(combine([huge(0), huge(1)], 4)).toEqual([
      { node: { level: 1, index: 0 }, finite: false, loss: 0, correct: 0, count: 4, vector: null },
    ]);
  });
});
