/** From a resolved spec to a run that can be started: its data set is loaded and both are brought together. */
import {
  checkModelFitsData,
  compileModel,
  type DataSet,
  type DataSpec,
  type Fact,
  fitSpecToData,
  type RunSpec,
} from '@shoal/core';

export type LoadedData = { readonly dataSet: DataSet; readonly notices: readonly Fact[] };

export type RunPlan = {
  readonly spec: RunSpec;
  readonly dataSet: DataSet;
  /** What the person must see: other data than expected, a model that was made to fit. */
  readonly notices: readonly Fact[];
};

/** @throws an error with a sentence for the person, whatever does not fit */
export async function planRun(
  written: RunSpec,
  load: (data: DataSpec) => Promise<LoadedData>,
): Promise<RunPlan> {
  // Layers that do not fit are told before any data is fetched for them.
  compileModel(written.model);
  const loaded = await load(written.data);
  const { info } = loaded.dataSet;
  const { spec, notices } = fitSpecToData(written, info, loaded.dataSet.train.count);
  checkModelFitsData(compileModel(spec.model), info);
  return {
    spec,
    dataSet: loaded.dataSet,
    notices: [...loaded.notices, ...notices],
  };
}
