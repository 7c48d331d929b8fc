/** `shoal evaluate RUN|FILE`: a trained model on the test set, computed here. */
import {
  checkModelFitsData,
  counted,
  DATA_SOURCES,
  type DataSetInfo,
  type DataSpec,
  evaluateSplit,
  resolveRunSpec,
  SampleWriter,
  sentence,
  wasmStrictEngine,
} from '@shoal/core';
import { describeDataSet, isSameDataSet } from '../../data/identity.ts';
import { UserError } from '../../errors.ts';
import { err, out } from '../../terminal/terminal.ts';
import { loadData } from '../dataFromOptions.ts';
import { type DeliveredModel, modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import type { DataOptions } from '../options.ts';
import { columns, figure, percent } from '../output/format.ts';

const MICROBATCH = 64;

export async function evaluate(
  name: string,
  options: DataOptions & { readonly out: string; readonly otherData?: boolean; readonly json?: boolean },
): Promise<number> {
  const delivered = await readDeliveredModel(await modelFileOf(name, options.out));
  const { model, parameters } = delivered;
  const trainedOn: DataSpec = delivered.spec?.data ?? resolveRunSpec({ model: model.spec }).data;
  // A folder that is pointed to is what is asked for, also of a model that was trained on the built-in digits.
  const data: DataSpec =
    trainedOn.source === 'digits' && options.data !== undefined
      ? { ...trainedOn, source: 'mnist' }
      : trainedOn;
  const { dataSet, notices } = await loadData(data, options, { mayStandIn: false });
  err.lines(...notices.map((fact) => sentence(fact, 'en')));
  const doubt = doubtAbout(delivered, dataSet.info);
  if (doubt?.isOther === true && options.otherData !== true) {
    throw new UserError(
      `${doubt.sentence} Point --data to the original one, or add --other-data to evaluate on this one.`,
    );
  }
  if (doubt !== null) err.lines(doubt.sentence);
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
  if (options.json === true) out.json(line);
  else out.lines(...columns(rows));
  return 0;
}

/** What speaks against taking this data set for the one that the model was trained on; null for nothing. */
function doubtAbout(
  { file, spec, dataSet }: DeliveredModel,
  found: DataSetInfo,
): { readonly isOther: boolean; readonly sentence: string } | null {
  if (dataSet !== null) {
    if (isSameDataSet(dataSet, found)) return null;
    return {
      isOther: true,
      sentence: `${file} was trained on ${describeDataSet(dataSet)}, but the data set found is ${describeDataSet(found)}.`,
    };
  }
  // Most sets are known by their source; of one of the user's own an older file says nothing.
  const source = spec?.data.source;
  if (source !== undefined && !DATA_SOURCES[source].isOwn) {
    if (source === found.source) return null;
    return {
      isOther: true,
      sentence: `${file} was trained on ${source}, but the data set found is ${describeDataSet(found)}.`,
    };
  }
  return {
    isOther: false,
    sentence: `${file} does not say what it was trained on: it is evaluated on ${describeDataSet(found)}.`,
  };
}
