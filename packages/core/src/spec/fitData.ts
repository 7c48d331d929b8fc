/** Brings a run spec and the data set that was found together, or says what does not fit. */
import type { DataSetInfo } from '../data/dataSet.ts';
import type { LayerSpec, ModelSpec } from '../nn/layers.ts';
import type { Model } from '../nn/model.ts';
import { lengthOf } from '../nn/shapes.ts';
import { canonicalJson } from './canonicalJson.ts';
import { presets } from './presets/presets.ts';
import type { RunSpec } from './runSpec.ts';
import { SpecError } from './specError.ts';

export type FittedSpec = { readonly spec: RunSpec; readonly notices: readonly string[] };

/**
 * The spec of a run on this data set. The data source becomes the one that was found (digits in place of MNIST);
 * the model of a preset takes the data's shape and classes, a model that somebody wrote is left as it is.
 */
export function fitSpecToData(spec: RunSpec, info: DataSetInfo): FittedSpec {
  const notices: string[] = [];
  const data =
    spec.data.source === 'table' || info.source === 'table' || spec.data.source === info.source
      ? spec.data
      : { ...spec.data, source: info.source };
  let model = spec.model;
  if (info.source === 'idx' && isPresetModel(model)) {
    if (lengthOf(model.input) !== lengthOf(info.shape)) {
      notices.push(`The model's input is set to ${bracketed(info.shape)}, the shape of ${info.name}.`);
      model = { ...model, input: info.shape };
    }
    const classes = Math.max(2, info.classes);
    const layers = withClasses(model.layers, classes);
    if (canonicalJson(layers) !== canonicalJson(model.layers)) {
      notices.push(
        `The model's last dense layer is set to ${classes} units, one for each class of ${info.name}.`,
      );
      model = { ...model, layers };
    }
  }
  return { spec: { ...spec, data, model }, notices };
}

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

/** @throws SpecError naming both shapes and the fields to change */
export function checkModelFitsData(model: Model, info: DataSetInfo): void {
  const problems: string[] = [];
  if (model.inputLength !== lengthOf(info.shape)) {
    problems.push(
      `model.input is ${bracketed(model.inputShape)}, but the samples of ${info.name} are ${bracketed(info.shape)}: set model.input=${JSON.stringify(info.shape)}.`,
    );
  }
  const enough = model.outputs >= info.classes || (model.outputs === 1 && info.classes <= 2);
  if (!enough) {
    problems.push(
      `The model has ${model.outputs} outputs, but ${info.name} has ${info.classes} classes: give the last dense layer ${info.classes} units.`,
    );
  }
  if (problems.length > 0) throw new SpecError(problems);
}

const bracketed = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
