/** From a resolved spec to a run that can be started: its data set is loaded and both are brought together. */
import {
  beginningParameters,
  checkModelFitsData,
  compileModel,
  type DataFitting,
  type DataSet,
  type DataSetInfo,
  type DataSpec,
  type Fact,
  fitSpecToData,
  fittingOf,
  type RunSpec,
} from '@shoal/core';

export type LoadedData = { readonly dataSet: DataSet; readonly notices: readonly Fact[] };

export type RunPlan = {
  readonly spec: RunSpec;
  readonly dataSet: DataSet;
  /** What the person must see: other data than expected, a model that was made to fit. */
  readonly notices: readonly Fact[];
  /** The file that the spec names to begin with; null where it names none. */
  readonly initial: Uint8Array | null;
};

/** Where a new run's data and the model that it begins with come from. */
export type PlanSources = {
  readonly load: (data: DataSpec, fitting: DataFitting) => Promise<LoadedData>;
  /** Null where the spec names none. */
  readonly initial: (spec: RunSpec) => Promise<Uint8Array | null>;
};

/** What a run that goes on has its data read for: the very samples that it began with. */
export const fittingOfRun = ({ model }: Pick<RunSpec, 'model'>, { shape }: DataSetInfo): DataFitting => ({
  input: shape,
  loss: model.loss,
  isFixed: true,
});

/** @throws an error with a sentence for the person, whatever does not fit */
export async function planRun(written: RunSpec, sources: PlanSources): Promise<RunPlan> {
  // Layers that do not fit, and a model that is not there, are told before any data is fetched for them.
  compileModel(written.model);
  const initial = await sources.initial(written);
  const loaded = await sources.load(written.data, fittingOf(written.model));
  const { info } = loaded.dataSet;
  const { spec, notices } = fitSpecToData(written, info, loaded.dataSet.train.count);
  const model = compileModel(spec.model);
  checkModelFitsData(model, info);
  beginningParameters(model, spec, initial);
  return {
    spec,
    dataSet: loaded.dataSet,
    notices: [...loaded.notices, ...notices],
    initial,
  };
}
