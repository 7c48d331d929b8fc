/** A trained model that answers: from the bytes of its safetensors file to classes, probabilities and numbers. */
import { importParameters, readMetadata } from '../checkpoint/modelFile.ts';
import type { DataSetInfo } from '../data/dataSet.ts';
import { type Cell, preparedLength, prepareRow } from '../data/preparation.ts';
import type { Executor } from '../engine/engine.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { compileModel } from '../nn/compile.ts';
import type { ModelSpec } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { checkExtent } from '../spec/extent.ts';
import { classesOf, readingOf } from './vote.ts';

/** Samples that are computed at once. */
const MICROBATCH = 32;

/** What a model says of one sample. */
export type Prediction =
  | {
      readonly type: 'class';
      /** Number of the class that is most probable, or has the highest score. */
      readonly class: number;
      /** Its name, where classes have names; else its number. */
      readonly name: string;
      /** [classes]; null where the model gives scores that are no probabilities. */
      readonly probabilities: Float64Array | null;
    }
  /** In the label's own unit. */
  | { readonly type: 'number'; readonly value: number };

export class Predictor {
  readonly model: Model;
  /** What it was trained on; null where the file does not say. */
  readonly dataSet: DataSetInfo | null;
  readonly #executor: Executor;

  /** `loadPredictor` makes one. */
  constructor(options: {
    readonly model: Model;
    readonly dataSet: DataSetInfo | null;
    readonly executor: Executor;
  }) {
    this.model = options.model;
    this.dataSet = options.dataSet;
    this.#executor = options.executor;
  }

  /** What classes are called: their names, or their numbers. */
  get classNames(): readonly string[] {
    return Array.from(
      { length: classesOf(this.model) },
      (_, label) => this.dataSet?.classNames?.[label] ?? String(label),
    );
  }

  /**
   * Answers for samples one behind another, [count × inputLength]: bytes are pixels of 0 to 255, floats are what the model
   * takes as it is. @throws RangeError when the length is no whole number of samples
   */
  predict(inputs: Uint8Array | Uint8ClampedArray | Float32Array): Prediction[] {
    const { inputLength, outputs } = this.model;
    const count = inputs.length / inputLength;
    if (!Number.isInteger(count)) {
      throw new RangeError(
        `The model takes ${inputLength} values for each sample, but ${inputs.length} were given, which is no multiple of that.`,
      );
    }
    const divisor = inputs instanceof Float32Array ? 1 : 255;
    const executor = this.#executor;
    const predictions: Prediction[] = [];
    for (let from = 0; from < count; from += executor.microbatch) {
      const some = Math.min(executor.microbatch, count - from);
      const begin = from * inputLength;
      for (let i = 0; i < some * inputLength; i += 1) {
        executor.inputs[i] = (inputs[begin + i] as number) / divisor;
      }
      executor.evaluate(some);
      for (let i = 0; i < some; i += 1) {
        predictions.push(this.#read(executor.outputs.slice(i * outputs, (i + 1) * outputs)));
      }
    }
    return predictions;
  }

  /**
   * Answers for one row of a table, by the names of its columns: numbers, texts, or nothing where a value is missing.
   * @throws RangeError for a model of no table, and for a cell that should be a number
   */
  predictRow(row: Readonly<Record<string, Cell | undefined>>): Prediction {
    const preparation = this.dataSet?.preparation;
    if (preparation === undefined) {
      throw new RangeError(
        'The model was not trained on a table of named columns: give its inputs to predict().',
      );
    }
    const inputs = new Float32Array(preparedLength(preparation));
    const { columns } = preparation;
    const fault = prepareRow(preparation, (column) => row[columns[column]?.name ?? ''] ?? null, inputs, 0);
    if (fault !== null) {
      const name = columns[fault]?.name ?? '';
      throw new RangeError(`${name} must be a number, not ${JSON.stringify(row[name])}.`);
    }
    return this.predict(inputs)[0] as Prediction;
  }

  #read(outputs: Float32Array): Prediction {
    if (this.model.loss === 'squared_error') {
      const { mean, deviation } = this.dataSet?.target ?? { mean: 0, deviation: 1 };
      return { type: 'number', value: (outputs[0] as number) * deviation + mean };
    }
    const reading = readingOf(this.model);
    const probabilities = reading === null ? null : new Float64Array(classesOf(this.model));
    if (reading !== null && probabilities !== null) reading(outputs, probabilities);
    const best = this.#answer(outputs);
    return { type: 'class', class: best, name: this.classNames[best] ?? String(best), probabilities };
  }

  /** As the loss counts right answers: the first of the largest, and of one output whether it says 1. */
  #answer(outputs: Float32Array): number {
    if (outputs.length === 1) return (outputs[0] as number) >= (this.model.loss === 'mse' ? 0.5 : 0) ? 1 : 0;
    let best = 0;
    for (let k = 1; k < outputs.length; k += 1)
      if ((outputs[k] as number) > (outputs[best] as number)) best = k;
    return best;
  }
}

/**
 * Reads a delivered model, the bytes of a `.safetensors` file. @throws CheckpointError or ModelError, whose messages say what
 * is wrong with it
 */
export async function loadPredictor(file: Uint8Array | ArrayBuffer): Promise<Predictor> {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const metadata = readMetadata(bytes);
  const spec = JSON.parse(metadata.get('model') ?? 'null') as ModelSpec;
  checkExtent(spec);
  const model = compileModel(spec);
  const executor = await wasmStrictEngine.compile(model, { microbatch: MICROBATCH, inputGradient: false });
  executor.parameters.set(importParameters(model, bytes));
  executor.parametersChanged();
  const dataSet = JSON.parse(metadata.get('dataSet') ?? 'null') as DataSetInfo | null;
  return new Predictor({ model, dataSet, executor });
}
