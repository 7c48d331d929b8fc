import { type EpochRecord, findPreset, type RunResult, resolveRunSpec } from '@shoal/core';
import { expect, test } from 'vitest';
import { epochText, layerNormsText, resultText, runText } from './reportText.ts';

const epoch: EpochRecord = {
  epoch: 3,
  trainLoss: 0.0912,
  trainAccuracy: 0.9712,
  trainErrors: 1584,
  validationLoss: 0.1,
  validationAccuracy: 0.9702,
  learningRate: 0.001,
  layerNorms: [{ layer: 'dense2', norm: 0.5 }],
  seconds: 4.2,
  samplesPerSecond: 13095.2,
  improved: true,
};

const result: RunResult = {
  runId: 'r',
  state: 'finished',
  reason: 'All 3 epochs are done.',
  epochs: 3,
  steps: 645,
  bestEpoch: 3,
  trainLoss: 0.09,
  trainAccuracy: 0.97,
  valAccuracy: 0.9702,
  testAccuracy: 0.9699,
  testLoss: 0.1,
  dataSet: 'digits',
  seconds: 14,
  samplesPerSecond: 11785,
  parametersSha256: 'ab12',
  modelFile: 'runs/r/model.safetensors',
  checkpointFolder: 'runs/r/checkpoints',
};

test('an epoch is one line with training, validation and speed', () => {
  expect(epochText(epoch, 12)).toBe(
    'epoch  3/12  loss 0.0912  accuracy 97.12 %  validation 97.02 % (loss 0.1)  13,095 samples/s  4.20 s  best so far',
  );
});

test('without a validation set the errors are counted', () => {
  const record = { ...epoch, validationLoss: null, validationAccuracy: null, improved: false };
  expect(epochText(record, 3)).toContain('epoch 3/3  loss 0.0912  accuracy 97.12 %  errors 1584  13,095');
});

test('gradient norms are shown for deep models only', () => {
  expect(layerNormsText(epoch)).toBeNull();
  const layerNorms = [1e-7, 2e-6, 0.0001, 0.02, 0.3].map((norm, i) => ({ layer: `dense${i}`, norm }));
  expect(layerNormsText({ ...epoch, layerNorms })).toContain('1.0e-7  2.0e-6  1.0e-4  0.02  0.3');
});

test('a result on the built-in digits is marked as such', () => {
  const text = resultText(result).join('\n');
  expect(text).toMatch(/^Finished: All 3 epochs are done\.$/m);
  expect(text).toMatch(/data set +digits \(built in, drawn by a program\)/);
  expect(text).toMatch(/model +runs\/r\/model\.safetensors/);
});

test('a stopped run names its checkpoints but no model', () => {
  const stopped: RunResult = {
    ...result,
    state: 'stopped',
    reason: 'It was interrupted.',
    testAccuracy: null,
  };
  const text = resultText(stopped).join('\n');
  expect(text).toContain('Stopped: It was interrupted.');
  expect(text).not.toContain('model.safetensors');
  expect(text).not.toContain('test accuracy');
});

test('a run says what model it begins with, and how much of it', () => {
  const linesOf = (initial: object | null): string[] =>
    runText({
      ...{ type: 'run', runId: 'r', folder: 'runs/r', parameters: 10, stepsPerEpoch: 3, stepsInAll: 9 },
      ...{ resumedFromStep: 0, spec: resolveRunSpec({ ...findPreset('mnist-mlp'), initial }) },
      dataSet: { name: 'digits', source: 'digits', shape: [1, 28, 28], classes: 10, sha256: 'ab' },
    }).slice(3);
  const sha256 = '0123456789ab'.padEnd(64, 'c');
  expect(linesOf(null)).toEqual([]);
  expect(linesOf({ sha256, from: 'first-3f2a', layers: 2, frozen: true })).toEqual([
    '  begins with first-3f2a, its first 2 layers, frozen',
  ]);
  expect(linesOf({ sha256 })).toEqual(['  begins with the model of SHA-256 0123456789ab…']);
});
