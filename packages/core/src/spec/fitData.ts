/** Brings a run spec and the data set that was found together, or says what does not fit. */
import * as v from 'valibot';
import type { DataSetInfo } from '../data/dataSet.ts';
import { choiceOf } from '../data/dataSpec.ts';
import { DATA_SOURCES, type DataSourceName, type DataSpec, dataSchema } from '../data/sources.ts';
import type { FittingFact, MisfitFact } from '../facts/specFacts.ts';
import type { LayerSpec, LossName, ModelSpec, Shape } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { lengthOf } from '../nn/shapes.ts';
import { canonicalJson } from './canonicalJson.ts';
import { DEFAULTS } from './defaults.ts';
import { presets } from './presets/presets.ts';
import type { EarlyStoppingSpec, RunSpec, StepsSpec } from './runSpec.ts';
import { SpecError } from './specError.ts';

export type FittedSpec = { readonly spec: RunSpec; readonly notices: readonly FittingFact[] };

/**
 * The spec of a run on this data set. The data source becomes the one that was found (digits in place of MNIST);
 * the model of a preset takes the data's shape and classes, a model that somebody wrote is left as it is. Where other data
 * than the spec's own was found, a round of local steps takes no more of it than there is.
 * @param samples training samples of the set, those held out included
 */
export function fitSpecToData(spec: RunSpec, info: DataSetInfo, samples: number): FittedSpec {
  const notices: FittingFact[] = [];
  const { data, validation } = fittingData(spec, info, samples);
  if (validation !== null) notices.push({ type: 'validationFitted', dataSet: info.name, validation });
  let { model, earlyStopping } = spec;
  if (DATA_SOURCES[info.source].isOwn && isPresetModel(model)) {
    if (lengthOf(model.input) !== lengthOf(info.shape)) {
      notices.push({ type: 'inputFitted', dataSet: info.name, shape: info.shape });
      model = { ...model, input: info.shape };
    }
    const loss = lossFor(model.loss, info);
    if (loss !== model.loss) {
      const watched = watchedInstead(earlyStopping, loss);
      notices.push({ type: 'lossFitted', dataSet: info.name, loss, watched });
      if (watched !== null && earlyStopping !== null) {
        earlyStopping = { ...earlyStopping, metric: watched, target: null };
      }
      model = { ...model, loss };
    }
    const classes = info.classes === 0 ? 1 : Math.max(2, info.classes);
    const layers = withClasses(model.layers, classes);
    if (canonicalJson(layers) !== canonicalJson(model.layers)) {
      notices.push({ type: 'unitsFitted', dataSet: info.name, units: classes });
      model = { ...model, layers };
    }
  }
  const steps = data === spec.data ? spec.steps : fittingSteps(spec, data, samples);
  if (steps !== spec.steps && steps.type === 'localSteps') {
    notices.push({ type: 'localStepsFitted', dataSet: info.name, localSteps: steps.localSteps });
  }
  return { spec: { ...spec, about: aboutOn(spec, info), data, model, steps, earlyStopping }, notices };
}

/** What a preset shows on its own data is not said of somebody else's. */
function aboutOn({ name, about }: RunSpec, { source }: DataSetInfo): string {
  const own = presets.find((preset) => preset.name === name && preset.about === about);
  const isOther = own !== undefined && DATA_SOURCES[source].isOwn && own.data.source !== source;
  return isOther ? '' : about;
}

/** Numbers are held against numbers, classes against classes. */
const lossFor = (loss: LossName, { classes }: DataSetInfo): LossName =>
  classes === 0 ? 'squared_error' : loss === 'squared_error' ? 'cross_entropy' : loss;

/** Of numbers nobody can say how many are right. */
const watchedInstead = (
  stopping: EarlyStoppingSpec | null,
  loss: LossName,
): EarlyStoppingSpec['metric'] | null => {
  if (stopping === null || loss !== 'squared_error') return null;
  if (stopping.metric === 'validationAccuracy') return 'validationLoss';
  return stopping.metric === 'trainErrors' ? 'trainLoss' : null;
};

/** The part of a small set that is held out, in place of more than half of it. */
const VALIDATION_PART = 10;

/** The spec's own data where it is what was found; `validation` where fewer samples are held out than it says. */
function fittingData(
  { data: written }: RunSpec,
  info: DataSetInfo,
  samples: number,
): { readonly data: DataSpec; readonly validation: number | null } {
  const isOther = written.source !== info.source;
  const data = isOther ? withSource(written, info.source) : written;
  const choice = choiceOf(data);
  // What somebody asked for of data that they named is not changed.
  const isChosen = !isOther && choice?.validation !== DEFAULTS.validation;
  if (choice === null || isChosen || !DATA_SOURCES[info.source].isOwn || choice.validation <= samples / 2) {
    return { data, validation: null };
  }
  const validation = Math.max(1, Math.floor(samples / VALIDATION_PART));
  return { data: { ...data, validation } as DataSpec, validation };
}

/** With as many local steps as fit into an epoch. */
function fittingSteps({ steps, batch }: RunSpec, data: DataSpec, samples: number): StepsSpec {
  if (steps.type !== 'localSteps') return steps;
  const choice = choiceOf(data);
  const held = samples - (choice?.validation ?? 0);
  const most = Math.floor(Math.min(held, choice?.limit ?? held) / (steps.replicas * batch));
  return most < 1 || most >= steps.localSteps ? steps : { ...steps, localSteps: most };
}

/** The same choice of samples from another source, of those fields that its spec has too. */
function withSource(data: DataSpec, source: DataSourceName): DataSpec {
  const known = Object.keys(DATA_SOURCES[source].schema.entries);
  const kept = Object.entries(data).filter(([name]) => known.includes(name));
  return v.parse(dataSchema, { ...Object.fromEntries(kept), source });
}

/** What data is read for: a preset's model is made to fit the data, one that somebody wrote is not. */
export type DataFitting = {
  /** What the model takes: [features], or [channels, height, width]. */
  readonly input: Shape;
  readonly loss: LossName;
  /** The data has to fit the model. */
  readonly isFixed: boolean;
  /** The model is trained already, so that nobody can write another; absent: not. */
  readonly isTrained?: boolean;
};

export const fittingOf = (model: ModelSpec): DataFitting => ({
  input: model.input,
  loss: model.loss,
  isFixed: !isPresetModel(model),
});

function isPresetModel(model: ModelSpec): boolean {
  const written = canonicalJson(model);
  return presets.some((preset) => canonicalJson(preset.model) === written);
}

function withClasses(layers: readonly LayerSpec[], classes: number): readonly LayerSpec[] {
  const last = layers.findLastIndex((layer) => layer.type === 'dense');
  return layers.map((layer, i) =>
    i === last && layer.type === 'dense' ? { ...layer, units: classes } : layer,
  );
}

/** What a run's model is told to change. @throws SpecError with both shapes, or both numbers of classes */
export function checkModelFitsData(model: Model, info: DataSetInfo): void {
  const problems = misfitsOf(model, info);
  if (problems.length > 0) throw new SpecError(problems);
}

/** What keeps a model and a data set apart; empty where they fit. */
export function misfitsOf(model: Model, info: DataSetInfo): readonly MisfitFact[] {
  const problems: MisfitFact[] = [];
  if (model.inputLength !== lengthOf(info.shape)) {
    problems.push({
      type: 'inputMisfit',
      input: model.inputShape,
      dataSet: info.name,
      shape: info.shape,
    });
  }
  const wanted = lossFor(model.loss, info);
  if (wanted !== model.loss) {
    problems.push({ type: 'lossMisfit', loss: model.loss, dataSet: info.name, wanted });
  }
  const enough = model.outputs >= info.classes || (model.outputs === 1 && info.classes <= 2);
  if (!enough) {
    problems.push({
      type: 'tooFewOutputs',
      outputs: model.outputs,
      dataSet: info.name,
      classes: info.classes,
    });
  }
  return problems;
}
