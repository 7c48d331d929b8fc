import { describe, expect, it } from 'vitest';
import { compileModel } from '../../nn/compile.ts';
import type { LayerSpec } from '../../nn/layers.ts';
import type { Layer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import { allLayers } from '../../nn/walk.ts';
import { ADDRESS, type Case, fillMicrobatch, largest, prepared } from '../comparison.suite.ts';
import { droppedNeurons } from '../dropoutMask.ts';
import type { Executor } from '../engine.ts';
import { referenceEngine } from '../reference/referenceEngine.ts';
import { EVERYTHING, SMALL_CONVOLUTIONS } from '../sampleModels.suite.ts';
import type { InspectableExecutor } from './inspect.ts';
import { compileInspectable, wasmStrictEngine } from './wasmEngine.ts';

const DIGITS: Case = {
  input: [1, 28, 28],
  layers: [
    ...SMALL_CONVOLUTIONS,
    { type: 'dense', units: 24 },
    { type: 'relu' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', units: 10 },
  ],
  count: 11,
  inputGradient: false,
};

/** The engine's inspectable executor, filled as `prepared` fills one. */
async function inspectable(given: Case): Promise<InspectableExecutor> {
  return (await prepared({ ...wasmStrictEngine, compile: compileInspectable }, given)) as InspectableExecutor;
}

/** What the reference engine gives out behind the first `taken` layers, with the parameters and inputs of `executor`. */
async function referenceOutput(executor: Executor, given: Case, taken: number): Promise<Executor> {
  const layers: LayerSpec[] = [...given.layers.slice(0, taken), { type: 'flatten' }];
  const model = compileModel({ input: given.input, layers, loss: 'mse' });
  const reference = await referenceEngine.compile(model, { microbatch: given.count, inputGradient: false });
  for (const { name, offset, length } of model.tensors) {
    const own = executor.model.tensors.find((tensor) => tensor.name === name);
    const from = own?.offset ?? Number.NaN;
    reference.parameters.set(executor.parameters.subarray(from, from + length), offset);
  }
  reference.parametersChanged();
  fillMicrobatch(reference, given.count, given.seed ?? 1);
  reference.targets.fill(0);
  return reference;
}

const elementsOf = (layer: Layer): number => lengthOf(layer.outputShape);

describe('the activations of an inspectable executor', () => {
  for (const [name, given] of [
    ['a convolutional network', DIGITS],
    ['one of every other layer', EVERYTHING],
  ] as const) {
    it(`are those of the reference engine, layer by layer, for ${name}`, async () => {
      const executor = await inspectable(given);
      executor.evaluate(given.count);
      for (const [index, layer] of executor.model.layers.entries()) {
        const reference = await referenceOutput(executor, given, index + 1);
        reference.evaluate(given.count);
        const length = elementsOf(layer);
        for (let sample = 0; sample < given.count; sample += 1) {
          const wanted = reference.outputs.subarray(sample * length, (sample + 1) * length);
          const got = executor.activations(layer.name, sample);
          expect(got.length, layer.name).toBe(length);
          const worst = largest(got.map((value, i) => value - (wanted[i] as number)));
          expect(worst, `${layer.name}, sample ${sample}`).toBeLessThanOrEqual(
            2e-5 * Math.max(1, largest(wanted)),
          );
        }
      }
    });

    it(`change no bit of the outputs of ${name}`, async () => {
      const executor = await inspectable(given);
      const ordinary = await prepared(wasmStrictEngine, given);
      expect(executor.evaluate(given.count)).toEqual(ordinary.evaluate(given.count));
      expect(executor.outputs).toEqual(ordinary.outputs);
      expect(executor.computeGradient(given.count, ADDRESS)).toEqual(
        ordinary.computeGradient(given.count, ADDRESS),
      );
      expect(executor.outputs).toEqual(ordinary.outputs);
    });
  }

  it('are there for the members of residual blocks, too', async () => {
    const executor = await inspectable(EVERYTHING);
    executor.evaluate(EVERYTHING.count);
    for (const layer of allLayers(executor.model.layers)) {
      expect(executor.activations(layer.name, 0).length, layer.name).toBe(elementsOf(layer));
    }
  });

  it('show in training mode the neurons as out that the address names', async () => {
    const executor = await inspectable(DIGITS);
    executor.computeGradient(DIGITS.count, ADDRESS);
    const layer = executor.model.layers.find((one) => one.type === 'dropout');
    if (layer?.type !== 'dropout') throw new Error('The model has a dropout layer.');
    const before = executor.model.layers[executor.model.layers.indexOf(layer) - 1] as Layer;
    for (let sample = 0; sample < DIGITS.count; sample += 1) {
      const dropped = droppedNeurons(layer, ADDRESS, executor.samples[sample] as number);
      const came = executor.activations(before.name, sample);
      const went = executor.activations(layer.name, sample);
      expect([...went]).toEqual([...came].map((value, i) => (dropped[i] === 1 ? 0 : value * 2)));
      expect(dropped.includes(1)).toBe(true);
      expect(dropped.includes(0)).toBe(true);
    }
  });

  it('are refused, in a sentence, for a layer or a sample that is not there', async () => {
    const executor = await inspectable(DIGITS);
    expect(() => executor.activations('dense1', 0)).toThrow('There are no activations of "dense1"');
    expect(() => executor.activations('dense10', 11)).toThrow('for sample 11');
  });
});
