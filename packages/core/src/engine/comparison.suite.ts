/** Runs one microbatch on an engine and on the reference engine and holds the results against each other. */
import { expect } from 'vitest';
import { compileModel } from '../nn/compile.ts';
import { partOfFirst } from '../nn/firstLayers.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { LayerSpec, LossName, Shape } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { RandomStream } from '../random/threefry.ts';
import type { BatchSums, CompileOptions, DeviceEngine, DeviceExecutor, Engine, Executor } from './engine.ts';
import { referenceEngine } from './reference/referenceEngine.ts';

/** What the suite holds to the reference: one on this processor, or one that answers later. */
export type AnyEngine = Engine | DeviceEngine;
export type AnyExecutor = Executor | DeviceExecutor;

/** Purpose word of the suite's own random numbers; the recorded bits of `bits.test.ts` rest on it. */
const NOISE = 7;

/** |error| may be this times max(largest |value| of the tensor, 1/100 of the largest gradient). */
const TOLERANCE = 2e-5;

export type Case = {
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
  readonly loss?: LossName;
  /** Samples in the microbatch. */
  readonly count: number;
  /** What the executor is compiled for; `count` when left out. */
  readonly microbatch?: number;
  readonly seed?: number;
  readonly inputGradient?: boolean;
  readonly vectors?: number;
  readonly trainedFrom?: number;
};

export const ADDRESS = { seed: 5, epoch: 2 };

/** An executor with parameters, inputs, labels and sample numbers that the case's seed alone decides. */
export async function prepared<E extends AnyExecutor>(
  engine: { compile(model: Model, options: CompileOptions): Promise<E> },
  given: Case,
): Promise<E> {
  const { input, layers, loss = 'cross_entropy', count, seed = 1, inputGradient = true, vectors = 0 } = given;
  const { trainedFrom = 0 } = given;
  const microbatch = given.microbatch ?? count;
  const model = compileModel({ input, layers, loss });
  const executor = await engine.compile(model, { microbatch, inputGradient, vectors, trainedFrom });
  const noise = new RandomStream([seed, NOISE, 0, 0], 0);
  executor.parameters.set(initialParameters(model, seed));
  // Biases, shifts and scales start equal for all; a little noise makes them count. Running values stay sensible.
  for (let i = 0; i < model.vectorLength; i += 1) executor.parameters[i] += 0.2 * (noise.uniform(i) - 0.5);
  executor.parametersChanged();
  fillMicrobatch(executor, count, seed);
  return executor;
}

/** Other inputs, labels and sample numbers for another seed. */
export function fillMicrobatch(executor: AnyExecutor, count: number, seed: number): void {
  const { inputLength, outputs, loss } = executor.model;
  const values = new RandomStream([seed, NOISE, 0, 0], 1);
  const choices = new RandomStream([seed, NOISE, 0, 0], 2);
  for (let i = 0; i < count * inputLength; i += 1) executor.inputs[i] = 2 * values.uniform(i) - 1;
  for (let sample = 0; sample < count; sample += 1) {
    if (loss === 'squared_error') executor.targetNumbers[sample] = 3 * values.uniform(2_000_000 + sample) - 1;
    else executor.targets[sample] = choices.integer(sample, Math.max(2, outputs));
    executor.samples[sample] = choices.word(1_000_000 + sample);
  }
}

export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}

function expectClose(what: string, got: Float32Array, wanted: Float32Array, allowed: number): void {
  for (let i = 0; i < wanted.length; i += 1) {
    const error = Math.abs((got[i] as number) - (wanted[i] as number));
    if (!(error <= allowed)) {
      expect.fail(`${what}[${i}] is ${got[i]}, the reference has ${wanted[i]}, allowed error ${allowed}`);
    }
  }
}

/** Forward and backward, then an evaluation, on both engines; fails where they differ by more than the rule allows. */
export async function expectAgreement(
  engine: AnyEngine,
  given: Case,
  tolerance: number = TOLERANCE,
): Promise<void> {
  const { count } = given;
  const own = await prepared<AnyExecutor>(engine, given);
  const reference = await prepared(referenceEngine, given);
  const { model } = own;
  const text = JSON.stringify(given);

  const close = (what: string, got: Float32Array, wanted: Float32Array, scale: number): void =>
    expectClose(`${what} of ${text}`, got, wanted, tolerance * Math.max(largest(wanted), scale));

  const expectSums = (what: string, got: BatchSums, wanted: BatchSums, scale: number): void => {
    // A loss near zero is what float32 outputs leave of it: each sample may be off by a rounding of 0.01.
    const allowed = tolerance * Math.max(Math.abs(wanted.loss), scale, 0.01 * count);
    if (!(Math.abs(got.loss - wanted.loss) <= allowed)) {
      expect.fail(`${what} loss is ${got.loss}, the reference has ${wanted.loss} for ${text}`);
    }
    expect(got.finite, text).toBe(true);
    expect(got.correct, `${what} correct for ${text}`).toBe(wanted.correct);
  };

  const sums = await own.computeGradient(count, ADDRESS);
  const wantedSums = reference.computeGradient(count, ADDRESS);
  const gradientScale = largest(reference.gradient.subarray(0, model.trainableLength)) / 100;
  expectSums('training', sums, wantedSums, gradientScale);
  const used = count * model.outputs;
  close('training outputs', own.outputs.subarray(0, used), reference.outputs.subarray(0, used), 0);
  for (const { name, role, offset, length } of model.tensors) {
    const running = role === 'running_mean' || role === 'running_var';
    close(
      `gradient of ${name}`,
      own.gradient.subarray(offset, offset + length),
      reference.gradient.subarray(offset, offset + length),
      running ? 0.01 : gradientScale,
    );
  }
  if (own.inputGradient !== null && reference.inputGradient !== null) {
    const pixels = count * model.inputLength;
    close(
      'input gradient',
      own.inputGradient.subarray(0, pixels),
      reference.inputGradient.subarray(0, pixels),
      gradientScale,
    );
  }

  const evaluated = await own.evaluate(count);
  expectSums('evaluation', evaluated, reference.evaluate(count), gradientScale);
  close('evaluation outputs', own.outputs.subarray(0, used), reference.outputs.subarray(0, used), 0);
  done(own);
}

/**
 * Fails where freezing layers changes more than their gradient, which must be 0: a bit of the sums, the outputs, or the rest of
 * the gradient, running values of the frozen layers among it.
 */
export async function expectFrozenBits(engine: AnyEngine, given: Case, trainedFrom: number): Promise<void> {
  const snapshotOf = async (from: number): Promise<Readonly<Record<string, unknown>>> => {
    const executor = await prepared<AnyExecutor>(engine, {
      ...given,
      inputGradient: false,
      trainedFrom: from,
    });
    const taken = snapshot(executor, given.count, await executor.computeGradient(given.count, ADDRESS));
    done(executor);
    return taken;
  };
  const whole = await snapshotOf(0);
  const { input, layers, loss = 'cross_entropy' } = given;
  const frozen = partOfFirst(compileModel({ input, layers, loss }), trainedFrom).trainableLength;
  const gradient = (whole.gradient as Float32Array).fill(0, 0, frozen);
  expect(await snapshotOf(trainedFrom), `${trainedFrom} frozen layers`).toEqual({ ...whole, gradient });
}

/** Gives back what an executor holds elsewhere. */
export function done(executor: AnyExecutor): void {
  if ('destroy' in executor) executor.destroy();
}

/** Everything that a gradient call leaves behind, copied. */
export function snapshot(
  executor: AnyExecutor,
  count: number,
  sums: BatchSums,
): Readonly<Record<string, unknown>> {
  const { model, outputs, gradient, inputGradient } = executor;
  return {
    sums: { ...sums },
    outputs: outputs.slice(0, count * model.outputs),
    gradient: gradient.slice(),
    inputGradient: inputGradient?.slice(0, count * model.inputLength) ?? null,
  };
}
