import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { CheckpointError } from '../checkpoint/checkpointError.ts';
import { exportModel } from '../checkpoint/modelFile.ts';
import { encodeSafetensors } from '../checkpoint/safetensors.ts';
import { classSamples, type DataSplits, type Samples } from '../data/dataSet.ts';
import type { Engine } from '../engine/engine.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { Model, TensorInfo } from '../nn/model.ts';
import { RandomStream } from '../random/threefry.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { beginningParameters } from './beginning.ts';
import { frozenLength } from './frozen.ts';
import type { RunOutcome } from './outcome.ts';
import { trainAlone } from './trainAlone.ts';
import { TrainingRun } from './trainingRun.ts';

const LAYERS = [
  { type: 'conv2d', filters: 3, kernel: 3 },
  { type: 'batch_norm' },
  { type: 'prelu' },
  { type: 'residual', layers: [{ type: 'conv2d', filters: 3, kernel: 3, padding: 1 }, { type: 'relu' }] },
  { type: 'flatten' },
  { type: 'dropout', rate: 0.2 },
  { type: 'dense', units: 2 },
] as const;

/** So many have the convolutions, the batch norm and the slope. */
const FIRST = 4;

/** Clipping, decay and regularization reach every parameter that is not kept from them. */
const specWith = (change: object = {}): RunSpec =>
  resolveRunSpec({
    seed: 4,
    data: { source: 'digits', validation: 20 },
    model: { input: [1, 5, 5], layers: LAYERS, loss: 'cross_entropy' },
    batch: 12,
    microbatch: 5,
    epochs: 3,
    optimizer: { type: 'adamw', lr: 0.02, weightDecay: 0.1 },
    clip: { value: 0.5, norm: 0.2 },
    regularization: { l1: 0.001, l2: 0.001 },
    ...change,
  });

/** A bright row or a bright column, which is the label, or its opposite. */
function bars(count: number, salt: number, isSwapped = false): Samples {
  const stream = new RandomStream([31, salt, 0, 0], 0);
  const values = new Uint8Array(count * 25);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const isRow = stream.integer(3 * i, 2) === 0;
    const place = stream.integer(3 * i + 1, 5);
    labels[i] = Number(isRow !== isSwapped);
    for (let p = 0; p < 25; p += 1) {
      const isOn = (isRow ? Math.floor(p / 5) : p % 5) === place;
      values[25 * i + p] = (isOn ? 200 : 20) + ((7 * i + 3 * p) % 30);
    }
  }
  return classSamples({ shape: [1, 5, 5], values }, labels);
}

const dataOf = (salt: number, isSwapped = false): DataSplits => ({
  train: bars(60, salt, isSwapped),
  validation: bars(20, salt + 1, isSwapped),
  test: bars(30, salt + 2, isSwapped),
});

const model: Model = compileModel(specWith().model);
let source: RunOutcome;
let file: Uint8Array;
let hash = '';
beforeAll(async () => {
  source = await trainAlone({ spec: specWith(), data: dataOf(1), engine: wasmStrictEngine });
  file = exportModel(model, source.parameters);
  hash = bytesToHex(sha256(file));
});

const train = (change: object, isSwapped = true): Promise<RunOutcome> =>
  trainAlone({
    ...{ spec: specWith(change), data: dataOf(1, isSwapped), engine: wasmStrictEngine },
    initial: file,
  });

const valuesOf = ({ offset, length }: TensorInfo, vector: Float32Array): Float32Array =>
  vector.slice(offset, offset + length);
/** By the layer that a tensor's name begins with, in the order of the ids: `conv2d1`, …, `dense9`. */
const isOfFirst = ({ name }: TensorInfo): boolean => !name.startsWith('dense');
const isTrained = ({ offset }: TensorInfo): boolean => offset < model.trainableLength;

describe('a run that begins with a model', () => {
  test('takes weights, biases, scales, slopes and running values of the first layers from it, and draws the rest', () => {
    const initial = { sha256: hash, layers: FIRST };
    const drawn = initialParameters(model, 4);
    const begun = beginningParameters(model, specWith({ initial }), file);
    expect(model.tensors.filter(isOfFirst).map(({ name }) => name)).toEqual([
      'conv2d1.weight',
      'conv2d1.bias',
      'batch_norm2.scale',
      'batch_norm2.shift',
      'prelu3.slope',
      'conv2d5.weight',
      'conv2d5.bias',
      'batch_norm2.running_mean',
      'batch_norm2.running_var',
    ]);
    for (const tensor of model.tensors) {
      const from = isOfFirst(tensor) ? source.parameters : drawn;
      expect(valuesOf(tensor, begun)).toEqual(valuesOf(tensor, from));
      // The two differ in every tensor that is looked at, but for biases that both leave at 0.
      if (!tensor.name.endsWith('bias')) {
        expect(valuesOf(tensor, source.parameters)).not.toEqual(valuesOf(tensor, drawn));
      }
    }
  });

  test('with all of its layers and no epoch gives the very model, with its accuracy', async () => {
    const again = await train({ initial: { sha256: hash }, epochs: 0 }, false);
    expect(again.state).toBe('finished');
    expect(again.parametersSha256).toBe(source.parametersSha256);
    expect(source.state === 'finished' && again.state === 'finished' && again.test).toEqual(
      source.state === 'finished' && source.test,
    );
  });

  test('goes on learning from there, unlike a run that draws everything', async () => {
    const [tuned, drawn] = [
      await train({ initial: { sha256: hash } }),
      await trainAlone({ spec: specWith(), data: dataOf(1, true), engine: wasmStrictEngine }),
    ];
    expect(tuned.parametersSha256).not.toBe(drawn.parametersSha256);
    for (const tensor of model.tensors) {
      expect(valuesOf(tensor, tuned.parameters)).not.toEqual(valuesOf(tensor, source.parameters));
    }
  });

  /** Which gradients are computed for nothing, no bit of a run depends on. */
  const ENGINE_OF_ALL_GRADIENTS: Engine = {
    ...wasmStrictEngine,
    compile: (given, { trainedFrom: _, ...options }) => wasmStrictEngine.compile(given, options),
  };
  const FROZEN = { layers: FIRST, frozen: true };
  test.each([
    ['sgd with weight decay', { optimizer: { type: 'sgd', lr: 0.1, weightDecay: 0.1 } }],
    ['momentum', { optimizer: { type: 'momentum', lr: 0.05, weightDecay: 0.1 } }],
    ['adam', { optimizer: { type: 'adam', lr: 0.02, weightDecay: 0.1 } }],
    ['adamw', {}],
    [
      'local steps',
      { steps: { type: 'localSteps', replicas: 2, localSteps: 2, outer: { type: 'nesterov' } } },
    ],
    ['gradients of 8 bits, and changes', { coding: { up: 'int8', down: 'int8' } }],
    [
      'local steps in 4 bits',
      { steps: { type: 'localSteps', replicas: 2, localSteps: 2 }, coding: { up: 'int4', down: 'int4' } },
    ],
  ])('leaves frozen layers as they are with %s, while the others learn', async (_what, change) => {
    const spec = specWith({ ...change, initial: { sha256: hash, ...FROZEN } });
    const run = { spec, data: dataOf(1, true), initial: file };
    const { parameters } = await trainAlone({ ...run, engine: wasmStrictEngine });
    expect(parameters).toEqual((await trainAlone({ ...run, engine: ENGINE_OF_ALL_GRADIENTS })).parameters);
    for (const tensor of model.tensors) {
      const [now, before] = [valuesOf(tensor, parameters), valuesOf(tensor, source.parameters)];
      // Running values go on being measured: training normalises by what it measures.
      if (isOfFirst(tensor) && isTrained(tensor)) expect(now).toEqual(before);
      else expect(now).not.toEqual(before);
    }
  });

  test('frozen, tests its model with running values of its own data, by which training went', async () => {
    const { train: bright, validation, test } = dataOf(1);
    const dark = (samples: Samples): Samples => {
      const values = (samples.inputs.values as Uint8Array).map((value) => 255 - value);
      return { ...samples, inputs: { ...samples.inputs, values } };
    };
    const data = { train: dark(bright), validation: dark(validation), test: dark(test) };
    const spec = specWith({ initial: { sha256: hash, ...FROZEN }, epochs: 8 });
    const outcome = await trainAlone({ spec, data, engine: wasmStrictEngine, initial: file });
    // The same model, measured by the running values that its first layers came with.
    const parameters = outcome.parameters.slice();
    parameters.set(source.parameters.subarray(model.trainableLength), model.trainableLength);
    const other = await TrainingRun.open({
      ...{ spec: specWith({ epochs: 0 }), data, engine: wasmStrictEngine, parameters },
    });
    const [own, others] = [outcome, other.finish()].map((one) =>
      one.state === 'finished' ? (one.test?.loss ?? Number.NaN) : Number.NaN,
    ) as [number, number];
    expect(own).toBeLessThan(0.8 * others);
  });

  test('counts what is trained as frozen, up to the last of the layers', () => {
    const trained = model.tensors.filter((tensor) => isTrained(tensor) && isOfFirst(tensor));
    const length = trained.reduce((sum, tensor) => sum + tensor.length, 0);
    expect(frozenLength(model, specWith({ initial: { sha256: hash, ...FROZEN } }))).toBe(length);
    expect(frozenLength(model, specWith({ initial: { sha256: hash, layers: FIRST } }))).toBe(0);
    expect(frozenLength(model, specWith())).toBe(0);
  });
});

describe('a file that is not the one, or does not fit, is refused:', () => {
  const taking = (bytes: Uint8Array, layers: number | null, given: Model = model): string => {
    try {
      beginningParameters(
        given,
        { seed: 1, initial: { sha256: '', from: '', layers, frozen: false } },
        bytes,
      );
    } catch (error) {
      if (error instanceof CheckpointError) return error.message;
      throw error;
    }
    return '';
  };

  test('another content than the spec names', async () => {
    await expect(train({ initial: { sha256: 'ab'.repeat(32) } })).rejects.toThrow(
      `This is not the file that the run is to begin with: its SHA-256 is ${hash.slice(0, 12)}…, but the spec names abababababab….`,
    );
  });

  test('a last layer of another size, with how many layers fit', () => {
    const layers = [...LAYERS.slice(0, -1), { type: 'dense', units: 7 }] as const;
    const other = compileModel({ input: [1, 5, 5], layers, loss: 'cross_entropy' });
    expect(taking(file, null, other)).toBe(
      'The model to begin with does not fit at layer 7: the file has dense9.weight as F32 of shape [2, 27], ' +
        'but this model needs F32 of shape [7, 27]. Take the first 6 layers: initial.layers=6 (--initial-layers 6).',
    );
    expect(taking(file, 6, other)).toBe('');
  });

  test('a first layer of another shape, of which nothing fits', () => {
    const other = compileModel({ input: [25], layers: [{ type: 'dense', units: 3 }], loss: 'cross_entropy' });
    expect(taking(file, null, other)).toBe(
      'The model to begin with does not fit: layer 1 needs the tensor dense1.weight of shape [3, 25], ' +
        'which the file does not have. Begin with a file of a model whose first layers are the same.',
    );
  });

  const small = compileModel({ input: [2], layers: [{ type: 'dense', units: 1 }], loss: 'mse' });

  test('numbers that are not finite', () => {
    const values = { 'dense1.weight': [1, Number.NaN], 'dense1.bias': [0] };
    const tensors = Object.entries(values).map(([name, numbers]) => ({
      ...{ name, shape: name.endsWith('bias') ? [1] : [1, 2], values: Float32Array.from(numbers) },
    }));
    expect(taking(encodeSafetensors(tensors, {}), null, small)).toBe(
      'The tensor dense1.weight of the model to begin with has values that are infinite or not a number: begin with a file of an earlier state.',
    );
  });

  test('numbers of another type', () => {
    const header = new TextEncoder().encode(
      '{"dense1.weight":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}',
    );
    const half = new Uint8Array(8 + header.length + 4);
    half[0] = header.length;
    half.set(header, 8);
    expect(taking(half, null, small)).toMatch(/has dense1\.weight as F16 of shape \[1, 2\], .*needs F32/);
  });

  test('what is no safetensors file', () => {
    expect(taking(new TextEncoder().encode('hello, this is text'), null)).toMatch(/safetensors file/);
    expect(taking(file.subarray(0, file.length - 1), null)).toMatch(/bytes of data|only \d+ bytes/);
  });
});
