/** The truth table that a model has learned, row by row, beside the one it was to learn. */
import { lengthOf, type ModelSpec, referenceEngine, type Samples, tableDataSet, valuesOf } from '@shoal/core';
import { outputsFor, readDeliveredModel } from './deliveredModel.ts';
import { columns, figure } from './output/format.ts';

/** Null when the model was not trained on a truth table, or there is none. */
export async function truthTableLines(modelFile: string): Promise<string[] | null> {
  const delivered = await readDeliveredModel(modelFile).catch(() => null);
  if (delivered?.spec?.data.source !== 'table') return null;
  const { train } = tableDataSet(delivered.spec.data.table);
  return truthTable(train, await outputsFor(delivered, train, referenceEngine), delivered.model.loss);
}

/** `outputs` has one number for each row; it is read as a class as the loss reads it. */
export function truthTable(samples: Samples, outputs: Float32Array, loss: ModelSpec['loss']): string[] {
  const { count, inputs, targets } = samples;
  const names = Array.from({ length: lengthOf(inputs.shape) }, (_, i) => `x${i + 1}`);
  const threshold = loss === 'mse' ? 0.5 : 0;
  const rows = Array.from({ length: count }, (_, row) => {
    const output = outputs[row] ?? Number.NaN;
    const answer = output >= threshold ? 1 : 0;
    const given = Array.from(valuesOf(inputs, row), String);
    const wanted = targets.values[row];
    const verdict = answer === wanted ? 'right' : 'wrong';
    return [...given, String(wanted), String(answer), figure(output), verdict];
  });
  return columns([[...names, 'wanted', 'answer', 'output', ''], ...rows]);
}
