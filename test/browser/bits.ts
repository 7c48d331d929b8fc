/**
 * What a run is made of, computed and hashed: gradients, losses and evaluations of the strict engine, starting
 * parameters, orders, distorted images, drawn digits, elementary functions, optimizer steps and one short training run.
 * Runs wherever JavaScript does; two runtimes with the same record compute the same bits.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  compileModel,
  digitsDataSet,
  type Executor,
  initialParameters,
  mergeRunSpec,
  type OptimizerSpec,
  orderByBlocks,
  presets,
  RandomStream,
  runTrajectory,
  SampleWriter,
  sentence,
  shuffledOrder,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import { cos, erf, exp, expm1, log, pow, sin, tanh } from '../../packages/core/src/math/elementary.ts';
import { COMPARISON, type ComparedModel, comparedModels } from './models.ts';

/** Name of what was computed → SHA-256 (hex) of its bytes. */
export type BitsRecord = Record<string, string>;

type Bytes = Float32Array | Float64Array | Uint32Array | Uint8Array;

const SEED = 11;

const hashOf = (values: Bytes): string =>
  bytesToHex(sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));

/** Computes everything; some seconds on one thread. */
export async function recordBits(): Promise<BitsRecord> {
  const record: BitsRecord = {};
  const add = (name: string, values: Bytes): void => {
    if (name in record) throw new Error(`Two entries of the record are named "${name}".`);
    record[name] = hashOf(values);
  };
  for (const [index, model] of comparedModels().entries()) await addModel(add, model, index);
  addFunctions(add);
  addOptimizers(add);
  addData(add);
  record['short training run: parametersSha256'] = await shortTraining();
  return record;
}

type Add = (name: string, values: Bytes) => void;

/** One full microbatch with everything that comes out of it, and a shorter one as at the end of an epoch. */
async function addModel(add: Add, compared: ComparedModel, index: number): Promise<void> {
  const { name, spec, microbatch, spread, inputGradient } = compared;
  const model = compileModel(spec);
  const executor = await wasmStrictEngine.compile(model, { microbatch, inputGradient });
  const start = initialParameters(model, SEED + index);
  add(`${name}: initial parameters`, start);
  executor.parameters.set(start);
  // Biases, scales and shifts start alike; noise above zero makes them differ and keeps variances positive.
  const noise = new RandomStream([SEED, COMPARISON, 1, index], 0);
  for (let i = 0; i < model.vectorLength; i += 1) {
    executor.parameters[i] = (executor.parameters[i] as number) + 0.1 * noise.uniform(i);
  }
  executor.parametersChanged();
  fill(executor, spread, index);
  for (const count of new Set([microbatch, Math.ceil(microbatch / 3)])) {
    const what = `${name}, ${count} samples`;
    const used = count * model.outputs;
    const training = executor.computeGradient(count, { seed: SEED, epoch: index });
    add(`${what}: gradient`, executor.gradient);
    add(`${what}: outputs`, executor.outputs.subarray(0, used));
    if (executor.inputGradient !== null) {
      add(`${what}: input gradient`, executor.inputGradient.subarray(0, count * model.inputLength));
    }
    const evaluation = executor.evaluate(count);
    add(`${what}: evaluated outputs`, executor.outputs.subarray(0, used));
    add(
      `${what}: losses and correct answers`,
      Float64Array.of(training.loss, training.correct, evaluation.loss, evaluation.correct),
    );
    if (!training.finite || !evaluation.finite)
      throw new Error(`${what}: not finite, so it compares nothing.`);
  }
}

function fill(executor: Executor, spread: number, index: number): void {
  const { model, microbatch } = executor;
  const values = new RandomStream([SEED, COMPARISON, 2, index], 0);
  const choices = new RandomStream([SEED, COMPARISON, 3, index], 0);
  for (let i = 0; i < executor.inputs.length; i += 1) {
    executor.inputs[i] = spread * (2 * values.uniform(i) - 1);
  }
  for (let sample = 0; sample < microbatch; sample += 1) {
    executor.targets[sample] = choices.integer(2 * sample, Math.max(2, model.outputs));
    executor.samples[sample] = choices.word(2 * sample + 1);
  }
}

/** Elementary functions over an even grid and over random numbers of every size up to 2⁶⁴. */
function addFunctions(add: Add): void {
  const stream = new RandomStream([SEED, COMPARISON, 4, 0], 0);
  const grid: number[] = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  for (let i = -4000; i <= 4000; i += 1) grid.push(i / 256, i / 5);
  let scale = 1;
  for (let power = 0; power < 64; power += 1) {
    for (let i = 0; i < 64; i += 1) {
      const value = 2 * stream.uniform(64 * power + i) - 1;
      grid.push(value * scale, value / scale);
    }
    scale *= 2;
  }
  const functions = { exp, expm1, log, tanh, erf, sin, cos };
  for (const [name, compute] of Object.entries(functions))
    add(`${name} over a grid`, canonical(grid, compute));
  for (const exponent of [0.5, -1.5, 3, 0.001, -40]) {
    add(
      `pow ${exponent} over a grid`,
      canonical(grid, (x) => pow(x, exponent)),
    );
  }
}

/** A NaN has no bits that two engines must agree on; here every NaN is the same one number. */
function canonical(grid: readonly number[], compute: (x: number) => number): Float64Array {
  return Float64Array.from(grid, (x) => {
    const y = compute(x);
    return Number.isNaN(y) ? Number.MAX_VALUE : y;
  });
}

/** Five steps of each optimizer, in the kernels that the coordinator uses. */
function addOptimizers(add: Add): void {
  const rest = { lr: 0.01, weightDecay: 0.01 };
  const specs: readonly OptimizerSpec[] = [
    { type: 'sgd', ...rest },
    { type: 'momentum', momentum: 0.9, ...rest },
    { type: 'nesterov', momentum: 0.9, ...rest },
    { type: 'adagrad', epsilon: 1e-10, ...rest },
    { type: 'rmsprop', decay: 0.99, epsilon: 1e-8, ...rest },
    { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...rest },
    { type: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...rest },
  ];
  const vector = (time: number): Float32Array => {
    const stream = new RandomStream([SEED, COMPARISON, 5, time], 0);
    return Float32Array.from({ length: 1003 }, (_, i) => 2 * stream.uniform(i) - 1);
  };
  for (const spec of specs) {
    const steps = runTrajectory(spec, vector(0), [1, 2, 3, 4, 5].map(vector));
    add(`${spec.type}: parameters after five steps`, steps.at(-1) as Float32Array);
  }
}

/** Orders, drawn digits, and the same digits distorted in every way. */
function addData(add: Add): void {
  for (const count of [1, 2, 1000, 60_000]) {
    add(`order of ${count} samples in epoch 3`, shuffledOrder(SEED, 3, count));
    add(`order of ${count} samples by blocks in epoch 3`, orderByBlocks(SEED, 3, count));
  }
  const { info, train } = digitsDataSet({ train: 96, test: 1 });
  add('digits: pixels', train.inputs.values);
  add('digits: labels', train.targets.values);
  const augment = { shift: 2, rotate: 12, scale: 0.15, elastic: { alpha: 34, sigma: 4 } };
  const writer = new SampleWriter({ shape: info.shape, augment, seed: SEED });
  const target = {
    inputs: new Float32Array(train.inputs.values.length),
    targets: new Int32Array(train.count),
    samples: new Uint32Array(train.count),
  };
  const rows = Uint32Array.from({ length: train.count }, (_, i) => i);
  writer.write(target, train, rows, rows, 4);
  add('digits, shifted, turned, scaled and distorted: inputs', target.inputs);
}

/** A convolutional network with everything random about it, on the built-in digits. */
async function shortTraining(): Promise<string> {
  const preset = presets.find((each) => each.name === 'mnist-cnn');
  if (preset === undefined) throw new Error('There is no preset mnist-cnn to train.');
  const spec = mergeRunSpec(preset, {
    seed: SEED,
    data: {
      source: 'digits',
      limit: 300,
      validation: 60,
      augment: { shift: 1, rotate: 8, scale: 0.1, elastic: { alpha: 20, sigma: 4 } },
    },
    model: {
      input: [1, 28, 28],
      layers: [
        { type: 'conv2d', filters: 8, kernel: 3 },
        { type: 'batch_norm' },
        { type: 'relu' },
        { type: 'max_pool2d', size: 2 },
        { type: 'flatten' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 10 },
      ],
      loss: 'cross_entropy',
    },
    batch: 64,
    microbatch: 12,
    epochs: 2,
    optimizer: { type: 'adam', lr: 0.003 },
    schedule: { type: 'cosine', warmup: 3 },
    clip: { norm: 1 },
    regularization: { l2: 0.0001 },
    earlyStopping: { metric: 'validationLoss', patience: 1 },
  });
  const dataSet = digitsDataSet({ train: 400, test: 50 });
  const data = splitForRun(dataSet, spec.data, spec.seed);
  const outcome = await trainAlone({ spec, data, engine: wasmStrictEngine });
  if (outcome.state !== 'finished') throw new Error(sentence(outcome.reason, 'en'));
  return outcome.parametersSha256;
}
