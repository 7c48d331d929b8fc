import { describe, expect, test } from 'vitest';
import { classSamples, type Samples } from '../data/dataSet.ts';
import { SampleWriter } from '../data/fill.ts';
import { tableDataSet } from '../data/tables.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { LayerSpec, LossName } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { evaluateSplit } from './evaluate.ts';
import { givesProbabilities, Vote } from './vote.ts';

const model = (loss: LossName, units: number, ...last: LayerSpec[]): Model =>
  compileModel({ input: [2], layers: [{ type: 'dense', units }, ...last], loss });

/** Samples of which nothing but their classes matters here: outputs are given. */
const labelled = (...labels: number[]): Samples =>
  classSamples({ shape: [2], values: new Float32Array(2 * labels.length) }, Uint8Array.from(labels));

/** The vote of models with these outputs for all samples. */
function voteOf(samples: Samples, classes: number, voters: readonly (readonly [Model, number[]])[]) {
  const vote = new Vote({ samples, classes });
  for (const [voter, outputs] of voters) vote.add(voter)(0, samples.count, Float32Array.from(outputs));
  return vote.evaluation();
}

test('the mean of the probabilities decides, and of equal classes the lower one', () => {
  const one = model('mse', 3, { type: 'softmax' });
  const first = [0.5, 0.25, 0.25, /**/ 0.5, 0.375, 0.125, /**/ 0.25, 0.5, 0.25, /**/ 0.75, 0.25, 0];
  const second = [0.25, 0.5, 0.25, /**/ 0, 0.375, 0.625, /**/ 0.25, 0.5, 0.25, /**/ 0.25, 0.5, 0.25];
  // The means: (3/8, 3/8, 1/4) says 0, (1/4, 3/8, 3/8) says 1, as neither did; (1/4, 1/2, 1/4) says 1, and
  // (1/2, 3/8, 1/8) says 0. Their square errors: 19/32, 19/32, 28/32 and 21/32 over three classes.
  expect(
    voteOf(labelled(0, 1, 2, 1), 3, [
      [one, first],
      [one, second],
    ]),
  ).toEqual({ accuracy: 0.5, loss: 87 / 32 / 3 / 4, samples: 4 });
});

test('logits become probabilities by softmax before they are averaged', () => {
  const one = model('cross_entropy', 2);
  // σ(10) = 0.99995, 1/8 and 1/8 for class 0 make 0.417; the mean of the logits would be for class 0.
  const vote = voteOf(labelled(1), 2, [
    [one, [10, 0]],
    [one, [0, Math.log(7)]],
    [one, [0, Math.log(7)]],
  ]);
  expect(vote).toMatchObject({ accuracy: 1, samples: 1 });
  expect(vote?.loss).toBeCloseTo(-Math.log((1 - 0.9999546021 + 7 / 8 + 7 / 8) / 3), 6);
});

test('one output decides between two classes, also beside models with two', () => {
  const logistic = model('cross_entropy', 1);
  const pair = model('cross_entropy', 2);
  // σ(ln 3) = 3/4 for class 1, and 1/8 for it: (3/4 + 1/8) / 2 = 7/16 for class 1.
  const vote = voteOf(labelled(0), 2, [
    [logistic, [Math.log(3)]],
    [pair, [Math.log(7), 0]],
  ]);
  expect(vote?.accuracy).toBe(1);
  expect(vote?.loss).toBeCloseTo(-Math.log(9 / 16), 6);
  // Opposite logits make exactly one half, whatever they are.
  for (const z of [0.1, 1, 3.7, 40]) {
    const tie = voteOf(labelled(0, 1), 2, [
      [logistic, [z, -z]],
      [logistic, [-z, z]],
    ]);
    expect(tie).toMatchObject({ accuracy: 0.5 });
    expect(tie?.loss).toBeCloseTo(Math.LN2, 12);
  }
});

test('models trained with different losses vote, but no loss is that of the vote', () => {
  const vote = voteOf(labelled(1), 2, [
    [model('cross_entropy', 1), [2]],
    [model('mse', 1, { type: 'sigmoid' }), [0.25]],
  ]);
  // (σ(2) + 1/4) / 2 = 0.565
  expect(vote).toEqual({ accuracy: 1, loss: null, samples: 1 });
});

describe('a vote of one model is what that model says', () => {
  const { test: rows } = tableDataSet('or');
  test.each([
    ['softmax by cross-entropy', model('cross_entropy', 2)],
    ['one logit', model('cross_entropy', 1)],
    ['a softmax layer by square error', model('mse', 2, { type: 'softmax' })],
    ['a sigmoid by square error', model('mse', 1, { type: 'sigmoid' })],
  ])('%s', async (_, one) => {
    // In microbatches of three, of which the last has one row.
    const executor = await wasmStrictEngine.compile(one, { microbatch: 3, inputGradient: false });
    executor.parameters.set(initialParameters(one, 3));
    executor.parametersChanged();
    const vote = new Vote({ samples: rows, classes: 2 });
    const writer = new SampleWriter({ shape: one.inputShape, augment: null, seed: 0 });
    const alone = evaluateSplit(executor, writer, rows, vote.add(one));
    const voted = vote.evaluation();
    expect(voted?.samples).toBe(4);
    expect(voted?.loss).toBeCloseTo(alone?.loss ?? Number.NaN, 6);
    // At (0, 0) the logit of one output is 0, a tie: the model says 1, a vote the lower class.
    const tie = one.outputs === 1 ? 1 / 4 : 0;
    expect(voted?.accuracy).toBe((alone?.accuracy ?? Number.NaN) + tie);
  });
});

test('scores and unbounded outputs are no probabilities, and have no vote', () => {
  const without = [
    model('perceptron', 1),
    model('perceptron', 3),
    model('mse', 1),
    model('mse', 3),
    model('mse', 3, { type: 'sigmoid' }),
  ];
  for (const one of without) {
    expect(givesProbabilities(one)).toBe(false);
    const vote = new Vote({ samples: labelled(0), classes: Math.max(2, one.outputs) });
    expect(() => vote.add(one)).toThrow(
      /probabilities of \d classes, which the outputs of this one are not\.$/,
    );
  }
  const vote = new Vote({ samples: labelled(0), classes: 2 });
  expect(() => vote.add(model('cross_entropy', 3))).toThrow(RangeError);
  expect(vote.evaluation()).toBeNull();
});
