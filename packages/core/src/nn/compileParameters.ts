/** Compiles the layers that have parameters of their own: dense, convolution and the norms. */
import { chooseInitializer } from './initializer.ts';
import { type Conv2dSpec, type DenseSpec, LAYER_DEFAULTS, type LayerSpec } from './layers.ts';
import type { TensorLayout } from './layout.ts';
import type { Layer, TensorInfo, TensorStart } from './model.ts';
import { ModelError } from './modelError.ts';
import { base, type Place, same } from './place.ts';
import {
  asPair,
  checkInteger,
  checkNumber,
  imageExtents,
  lengthOf,
  vectorLength,
  windowOutput,
} from './shapes.ts';

const ONE: TensorStart = { type: 'constant', value: 1 };
const ZERO: TensorStart = { type: 'constant', value: 0 };

export function compileDense(spec: DenseSpec, place: Place, layout: TensorLayout): Layer {
  const { name } = place;
  const inputs = vectorLength(name, place.source);
  const units = checkInteger(spec.units, 1, name, 'units');
  const initializer = chooseInitializer(spec.initializer, place.following, name);
  const start: TensorStart =
    spec.weights === undefined
      ? { type: 'drawn', initializer, fanIn: inputs, fanOut: units }
      : { type: 'given', values: givenWeights(spec.weights, units, inputs, place) };
  const weight = layout.trainable(name, 'weight', [units, inputs], start);
  let bias: TensorInfo | null = null;
  if (spec.bias ?? LAYER_DEFAULTS.dense.bias) {
    const values = spec.biases;
    if (values !== undefined && !areNumbers(values, units)) {
      throw new ModelError({ type: 'biasesInvalid', layer: name, units, value: excerpt(values) });
    }
    bias = layout.trainable(name, 'bias', [units], values === undefined ? ZERO : { type: 'given', values });
  } else if (spec.biases !== undefined) {
    throw new ModelError({ type: 'biasesUnused', layer: name });
  }
  return { ...base(place, [units]), type: 'dense', inputs, units, weight, bias };
}

export function compileConv2d(spec: Conv2dSpec, place: Place, layout: TensorLayout): Layer {
  const { name } = place;
  const [channels] = imageExtents(name, place.source);
  const filters = checkInteger(spec.filters, 1, name, 'filters');
  const kernel = asPair(spec.kernel, 1, name, 'kernel');
  const stride = asPair(spec.stride ?? LAYER_DEFAULTS.conv2d.stride, 1, name, 'stride');
  const padding = asPair(spec.padding ?? LAYER_DEFAULTS.conv2d.padding, 0, name, 'padding');
  const output = windowOutput(name, place.source, kernel, stride, padding);
  const window = kernel[0] * kernel[1];
  const weight = layout.trainable(name, 'weight', [filters, channels, ...kernel], {
    type: 'drawn',
    initializer: chooseInitializer(spec.initializer, place.following, name),
    fanIn: channels * window,
    fanOut: filters * window,
  });
  const bias =
    (spec.bias ?? LAYER_DEFAULTS.conv2d.bias) ? layout.trainable(name, 'bias', [filters], ZERO) : null;
  return { ...base(place, [filters, ...output]), type: 'conv2d', kernel, stride, padding, weight, bias };
}

export function compileBatchNorm(
  spec: Extract<LayerSpec, { type: 'batch_norm' }>,
  place: Place,
  layout: TensorLayout,
): Layer {
  const { name, source } = place;
  const features = source.shape[0] ?? 1;
  const momentum = checkNumber(
    spec.momentum ?? LAYER_DEFAULTS.batch_norm.momentum,
    { least: 0, most: 1 },
    name,
    'momentum',
  );
  return {
    ...same(place),
    type: 'batch_norm',
    features,
    momentum,
    epsilon: checkEpsilon(spec.epsilon ?? LAYER_DEFAULTS.batch_norm.epsilon, name),
    scale: layout.trainable(name, 'scale', [features], ONE),
    shift: layout.trainable(name, 'shift', [features], ZERO),
    runningMean: layout.running(name, 'running_mean', features, 0),
    runningVar: layout.running(name, 'running_var', features, 1),
  };
}

export function compileLayerNorm(
  spec: Extract<LayerSpec, { type: 'layer_norm' }>,
  place: Place,
  layout: TensorLayout,
): Layer {
  const { name, source } = place;
  return {
    ...same(place),
    type: 'layer_norm',
    features: lengthOf(source.shape),
    epsilon: checkEpsilon(spec.epsilon ?? LAYER_DEFAULTS.layer_norm.epsilon, name),
    scale: layout.trainable(name, 'scale', source.shape, ONE),
    shift: layout.trainable(name, 'shift', source.shape, ZERO),
  };
}

function checkEpsilon(epsilon: number, layer: string): number {
  return checkNumber(epsilon, { above: 0 }, layer, 'epsilon');
}

const areNumbers = (values: readonly number[], length: number): boolean =>
  Array.isArray(values) && values.length === length && values.every(Number.isFinite);

const excerpt = (values: unknown): string => String(JSON.stringify(values)).slice(0, 80);

/** The rows of `weights[unit][input]` behind each other. */
function givenWeights(
  rows: readonly (readonly number[])[],
  units: number,
  inputs: number,
  place: Place,
): readonly number[] {
  if (!Array.isArray(rows) || rows.length !== units) {
    throw new ModelError({ type: 'weightRowsInvalid', layer: place.name, units });
  }
  rows.forEach((row, unit) => {
    if (areNumbers(row, inputs)) return;
    throw new ModelError({
      type: 'weightRowInvalid',
      layer: place.name,
      unit,
      from: place.source.name,
      shape: place.source.shape,
      inputs,
      value: excerpt(row),
    });
  });
  return rows.flat();
}
