/** `shoal evaluate RUN|FILE`: a trained model on the test set, computed here. */
import {
  checkModelFitsData,
  counted,
  type DataSpec,
  evaluateSplit,
  resolveRunSpec,
  SampleWriter,
  wasmStrictEngine,
} from '@shoal/core';
import { UserError } from '../../errors.ts';
import { loadData } from '../dataFromOptions.ts';
import { modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import type { DataOptions } from '../options.ts';
import { columns, figure, percent } from '../output/format.ts';

const MICROBATCH = 64;

export async function evaluate(
  name: string,
  options: DataOptions & { readonly out: string; readonly json?: boolean },
): Promise<number> {
  const delivered = await readDeliveredModel(await modelFileOf(name, options.out));
  const { model, parameters } = delivered;
  const trainedOn: DataSpec = delivered.spec?.data ?? resolveRunSpec({ model: model.spec }).data;
  // A folder that is pointed to is what is asked for, also of a model that was trained on the built-in digits.
  const data: DataSpec =
    trainedOn.source === 'digits' && options.data !== undefined
      ? { ...trainedOn, source: 'mnist' }
      : trainedOn;
  const { dataSet, notices } = await loadData(data, options);
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  checkModelFitsData(model, dataSet.info);

  const executor = await wasmStrictEngine.compile(model, { microbatch: MICROBATCH, inputGradient: false });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 });
  const result = evaluateSplit(executor, writer, dataSet.test);
  if (result === null) throw new UserError(`The test set of ${dataSet.info.name} is empty.`);
  const { accuracy, loss, samples } = result;
  const line = {
    type: 'evaluation',
    model: delivered.file,
    dataSet: dataSet.info.name,
    samples,
    testAccuracy: accuracy,
    testLoss: loss,
  };
  const rows = [
    ['model', delivered.file],
    ['test set', `${dataSet.info.name}, ${counted(samples, 'sample')}`],
    ['test accuracy', percent(accuracy)],
    ['test loss', figure(loss)],
  ];
  process.stdout.write(options.json === true ? `${JSON.stringify(line)}\n` : `${columns(rows)}\n`);
  return 0;
}
