import { describe, expect, test } from 'vitest';
import type { EndingFact } from '../facts/fact.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import { StepUpdater } from '../optim/stepUpdater.ts';
import type { RunProgress } from '../train/progress.ts';
import { VectorArena } from '../vectors/arena.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { exportModel, importParameters, readMetadata } from './modelFile.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const model = (units: number, last = 2) =>
  compileModel({
    input: [3],
    layers: [
      { type: 'dense', units },
      { type: 'batch_norm' },
      { type: 'relu' },
      { type: 'dense', units: last },
    ],
    loss: 'cross_entropy',
  });

const MODEL = model(4);
const OWNER = { model: MODEL, specSha256: 'ab'.repeat(32), kernels: '1-0123456789ab' };
const PROGRESS: RunProgress = {
  epoch: 2,
  step: 7,
  globalStep: 207,
  version: 207,
  // Values whose shortest decimal form is long: any rounding on the way would show.
  epochSums: {
    loss: 0.1 + 0.2,
    correct: 90,
    count: 140,
    layerNorms: [1 / 3, 5e-324, 1.7976931348623157e308],
  },
  earlyStopping: {
    metric: 'validationLoss',
    best: 0.07123456789012345,
    bestEpoch: 2,
    epochsWithoutImprovement: 0,
  },
  lastEpoch: { trainLoss: 0.2, trainAccuracy: 0.9, validationLoss: null, validationAccuracy: 2 / 3 },
  ending: null,
};

function trained() {
  const arena = new VectorArena({ length: MODEL.vectorLength });
  const updater = new StepUpdater({
    model: MODEL,
    arena,
    parameters: initialParameters(MODEL, 3),
    optimizer: { type: 'adam', lr: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    schedule: { type: 'constant', warmup: 0 },
    clip: { value: null, norm: null },
    regularization: { l1: 0, l2: 0 },
    sumOf: 'gradients',
    totalSteps: 10,
  });
  for (let step = 0; step < 3; step += 1) updater.apply(arena.allocateFilled(step - 1.3), 7, step, 0);
  return { arena, updater };
}

describe('checkpoints', () => {
  test('bring back parameters, moments, scalars and progress to the bit', () => {
    const { arena, updater } = trained();
    const parameters = arena.view(updater.parameters);
    const optimizer = updater.exportState();
    const bytes = encodeCheckpoint({ ...OWNER, progress: PROGRESS, parameters, optimizer });
    const state = decodeCheckpoint(bytes, OWNER);
    expect(state.progress).toEqual(PROGRESS);
    expect(state.parameters).toEqual(parameters);
    expect(state.optimizer.scalars).toEqual(optimizer.scalars);
    expect(state.optimizer.vectors.map(({ name }) => name)).toEqual(['moment1', 'moment2']);
    for (const [i, { values }] of state.optimizer.vectors.entries()) {
      expect(values).toEqual(optimizer.vectors[i]!.values);
    }
    const resumed = trained().updater;
    resumed.importState(state.parameters, state.optimizer);
    expect(resumed.exportState()).toEqual(optimizer);
  });

  const written = (progress: object): Uint8Array => {
    const { arena, updater } = trained();
    const state = { parameters: arena.view(updater.parameters), optimizer: updater.exportState() };
    return encodeCheckpoint({ ...OWNER, ...state, progress: { ...PROGRESS, ...progress } as RunProgress });
  };

  test.each<EndingFact>([
    { type: 'text', text: 'The operator ended it. 操作者结束了训练。' },
    { type: 'nothingToTrain' },
    { type: 'epochsDone', epochs: 3 },
    { type: 'targetReached', epoch: 3, metric: 'trainErrors', value: 0, target: 0 },
    {
      type: 'patienceOver',
      epoch: 9,
      metric: 'validationLoss',
      waited: 3,
      minimumImprovement: 0.0005,
      best: { epoch: 6, value: 0.0712 },
    },
    { type: 'patienceOver', epoch: 2, metric: 'trainLoss', waited: 2, minimumImprovement: 0, best: null },
  ])('bring back why training has ended: $type', (ending) => {
    expect(decodeCheckpoint(written({ ending }), OWNER).progress.ending).toEqual(ending);
  });

  test('of versions that wrote the sentence itself are still read', () => {
    const ending = 'All 3 epochs are done.';
    expect(decodeCheckpoint(written({ ending }), OWNER).progress.ending).toEqual({
      type: 'text',
      text: ending,
    });
  });

  test.each([{ type: 'epochsDone', epochs: -1 }, { type: 'weary' }, { type: 'text' }, 7])(
    'whose ending is none are refused: %j',
    (ending) => {
      expect(() => decodeCheckpoint(written({ ending }), OWNER)).toThrow(/progress.*ending.* is not valid/);
    },
  );

  test('of another model, kernel build or run spec are refused, and the difference is named', () => {
    const { arena, updater } = trained();
    const parameters = arena.view(updater.parameters);
    const optimizer = updater.exportState();
    const bytes = encodeCheckpoint({ ...OWNER, progress: PROGRESS, parameters, optimizer });
    const name = MODEL.tensors[0]?.name;
    expect(() => decodeCheckpoint(bytes, { ...OWNER, model: model(5) })).toThrow(
      `The file belongs to another model: its tensor ${name} is F32 of shape [4, 3], but this model needs F32 of shape [5, 3].`,
    );
    const shorter = compileModel({ input: [3], layers: [{ type: 'dense', units: 4 }], loss: 'mse' });
    expect(() => decodeCheckpoint(bytes, { ...OWNER, model: shorter })).toThrow(
      /another model: this one has no tensor/,
    );
    expect(() => decodeCheckpoint(bytes, { ...OWNER, kernels: '2-ffffffffffff' })).toThrow(
      /computed by kernel build 1-0123456789ab, but this is build 2-ffffffffffff/,
    );
    expect(() => decodeCheckpoint(bytes, { ...OWNER, specSha256: 'cd'.repeat(32) })).toThrow(
      /another run spec \(SHA-256 abababababab…, not cdcdcdcdcdcd…\)/,
    );
    expect(() => decodeCheckpoint(exportModel(MODEL, parameters), OWNER)).toThrow(
      /no checkpoint of a run \(its format is pt/,
    );
  });

  test('with a damaged text field are refused, and the field is named', () => {
    const { arena, updater } = trained();
    const parameters = arena.view(updater.parameters);
    const state = { progress: PROGRESS, parameters, optimizer: updater.exportState() };
    const file = decodeSafetensors(encodeCheckpoint({ ...OWNER, ...state }));
    const tensors = [...file.tensors].map(([name, { shape, bytes }]) => ({
      name,
      shape,
      values: new Float32Array(bytes.slice().buffer),
    }));
    const metadata = Object.fromEntries(file.metadata);
    const decode = (changed: Record<string, string>) =>
      decodeCheckpoint(encodeSafetensors(tensors, { ...metadata, ...changed }), OWNER);
    expect(decode({}).progress).toEqual(PROGRESS);
    expect(() => decode({ progress: '{' })).toThrow(/field progress is missing or not JSON/);
    expect(() => decode({ progress: JSON.stringify({ ...PROGRESS, step: -1 }) })).toThrow(
      /field progress\.step is not valid/,
    );
    expect(() => decode({ optimizerScalars: '{"beta1Power":"x"}' })).toThrow(
      /field optimizerScalars\.beta1Power is not valid/,
    );
  });

  test('with one flipped bit anywhere in their numbers are refused', () => {
    const { arena, updater } = trained();
    const parameters = arena.view(updater.parameters);
    const bytes = encodeCheckpoint({
      ...OWNER,
      progress: PROGRESS,
      parameters,
      optimizer: updater.exportState(),
    });
    const dataFrom = bytes.length - 3 * 4 * MODEL.vectorLength;
    for (let at = dataFrom; at < bytes.length; at += 29) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(() => decodeCheckpoint(damaged, OWNER)).toThrow(
        /does not match its checksums: the file is damaged/,
      );
    }
  });
});

describe('exported models', () => {
  test('hold every tensor under its name and shape, and the model spec', () => {
    const parameters = initialParameters(MODEL, 9);
    const bytes = exportModel(MODEL, parameters, { runId: 'r1' });
    const { tensors } = decodeSafetensors(bytes);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual(
      MODEL.tensors.map(({ name, shape }) => [name, shape]),
    );
    expect(importParameters(MODEL, bytes)).toEqual(parameters);
    const metadata = readMetadata(bytes);
    expect(JSON.parse(metadata.get('model') ?? '')).toEqual(MODEL.spec);
    expect(metadata.get('runId')).toBe('r1');
    expect(() => importParameters(model(4, 3), bytes)).toThrow(/belongs to another model/);
  });
});
