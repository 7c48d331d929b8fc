/** Turns a model of a reference file into one of ours, with its parameters in the flat vector. */
import { unreachable } from '../base/unreachable.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { LayerSpec, ModelSpec } from '../nn/layers.ts';
import type { Layer, Model, TensorInfo } from '../nn/model.ts';
import { ModelError } from '../nn/modelError.ts';
import { shapeText } from '../nn/shapeText.ts';
import {
  ReferenceFileError,
  type ReferenceLayer,
  type ReferenceModel,
  type ReferenceTensor,
} from './referenceFile.ts';

/** One expected tensor and where its counterpart lies in the engine's gradient. */
export type ExpectedGradient = {
  readonly name: string;
  readonly offset: number;
  readonly values: readonly number[];
};

export type PreparedModel = {
  readonly model: Model;
  readonly count: number;
  /** [vectorLength] */
  readonly parameters: Float32Array;
  /** [count] */
  readonly labels: readonly number[];
  readonly gradients: readonly ExpectedGradient[];
};

/** @throws ReferenceFileError when shapes, labels or gradients do not fit the model's layers. */
export function prepareModel(reference: ReferenceModel): PreparedModel {
  const fail = (what: string): never => {
    throw new ReferenceFileError(`model ${JSON.stringify(reference.name)} of the reference file: ${what}`);
  };
  const [count = 0, ...input] = reference.input.shape;
  const spec: ModelSpec = { input, layers: reference.layers.map(specOf), loss: reference.loss };
  const model = compiled(spec, fail);
  const parameters = initialParameters(model, 0);

  const placed = (index: number, field: 'weight' | 'bias', tensor: ReferenceTensor): TensorInfo => {
    const layer = model.layers[index];
    const info = layer === undefined ? undefined : tensorOf(layer, field);
    if (layer === undefined || info === undefined) {
      return fail(`layer ${index} has no ${field} in this model (layers count from 0)`);
    }
    if (shapeText(info.shape) !== shapeText(tensor.shape)) {
      return fail(
        `the ${field} of layer ${index} (${layer.type}) is ${shapeText(tensor.shape)} where the model has ${shapeText(info.shape)}`,
      );
    }
    return info;
  };

  reference.layers.forEach((layer, index) => {
    checkDeclared(layer, model.layers[index], index, fail);
    for (const [field, tensor] of tensorsIn(layer)) {
      parameters.set(tensor.data, placed(index, field, tensor).offset);
    }
  });
  const gradients = reference.expect.grads.flatMap((gradient) =>
    tensorsIn(gradient).map(([field, tensor]) => {
      const info = placed(gradient.layer, field, tensor);
      const layer = reference.layers[gradient.layer];
      if (layer === undefined || !tensorsIn(layer).some(([own]) => own === field)) {
        return fail(`a gradient is given for the ${field} of layer ${gradient.layer}, which has none`);
      }
      return { name: `gradient of ${info.name}`, offset: info.offset, values: tensor.data };
    }),
  );
  checkResults(reference, model, count, fail);
  // With one output, one-hot is [1] for the only class; for our losses with one output the label is the target.
  const labels = model.outputs === 1 ? reference.labels.map(() => 1) : reference.labels;
  return { model, count, parameters, labels, gradients };
}

type Fail = (what: string) => never;

function compiled(spec: ModelSpec, fail: Fail): Model {
  try {
    return compileModel(spec);
  } catch (error) {
    if (error instanceof ModelError) return fail(error.message);
    throw error;
  }
}

function specOf(layer: ReferenceLayer): LayerSpec {
  switch (layer.type) {
    case 'dense':
      return { type: 'dense', units: layer.units, bias: layer.bias !== undefined };
    case 'conv2d': {
      const { filters, kernel, stride = 1, padding = 0 } = layer;
      return { type: 'conv2d', filters, kernel, stride, padding, bias: layer.bias !== undefined };
    }
    case 'max_pool2d':
    case 'avg_pool2d':
      return { type: layer.type, size: layer.size, stride: layer.stride ?? layer.size };
    case 'batch_norm':
    case 'batch_norm1d':
    case 'batch_norm2d':
      return { type: 'batch_norm', epsilon: layer.eps ?? 1e-5, momentum: layer.momentum ?? 0.1 };
    case 'layer_norm':
      return { type: 'layer_norm', epsilon: layer.eps ?? 1e-5 };
    case 'leaky_relu':
      return { type: 'leaky_relu', slope: layer.slope ?? 0.01 };
    case 'prelu':
      return { type: 'prelu' };
    case 'global_avg_pool2d':
    case 'flatten':
    case 'step':
    case 'sigmoid':
    case 'tanh':
    case 'relu':
    case 'gelu':
    case 'softmax':
      return { type: layer.type };
    default:
      return unreachable(layer);
  }
}

function tensorsIn(holder: object): (readonly ['weight' | 'bias', ReferenceTensor])[] {
  const { weight, bias } = holder as { readonly weight?: ReferenceTensor; readonly bias?: ReferenceTensor };
  return [
    ...(weight === undefined ? [] : [['weight', weight] as const]),
    ...(bias === undefined ? [] : [['bias', bias] as const]),
  ];
}

/** PyTorch calls the scale of a norm and the slope of a PReLU "weight", and the shift "bias". */
function tensorOf(layer: Layer, field: 'weight' | 'bias'): TensorInfo | undefined {
  switch (layer.type) {
    case 'dense':
    case 'conv2d':
      return field === 'weight' ? layer.weight : (layer.bias ?? undefined);
    case 'batch_norm':
    case 'layer_norm':
      return field === 'weight' ? layer.scale : layer.shift;
    case 'prelu':
      return field === 'weight' ? layer.slope : undefined;
    case 'max_pool2d':
    case 'avg_pool2d':
    case 'global_avg_pool2d':
    case 'flatten':
    case 'dropout':
    case 'residual':
    case 'step':
    case 'sigmoid':
    case 'tanh':
    case 'relu':
    case 'gelu':
    case 'softmax':
    case 'leaky_relu':
      return undefined;
    default:
      return unreachable(layer);
  }
}

/** Extents that the file repeats beside the tensors must be those of the model. */
function checkDeclared(given: ReferenceLayer, layer: Layer | undefined, index: number, fail: Fail): void {
  const declared: readonly (readonly [string, unknown, unknown])[] = [
    ['inputs', 'inputs' in given ? given.inputs : undefined, layer?.inputShape[0]],
    ['channels', 'channels' in given ? given.channels : undefined, layer?.inputShape[0]],
    [
      'features',
      'features' in given && !Array.isArray(given.features) ? given.features : undefined,
      layer !== undefined && 'features' in layer ? layer.features : undefined,
    ],
  ];
  for (const [field, value, actual] of declared) {
    if (value !== undefined && value !== actual) {
      fail(`layer ${index} (${given.type}) says ${field} ${value} but what comes before it gives ${actual}`);
    }
  }
}

function checkResults(reference: ReferenceModel, model: Model, count: number, fail: Fail): void {
  const { output, inputGrad } = reference.expect;
  if (reference.labels.length !== count) fail(`${count} samples have ${reference.labels.length} labels`);
  const beyond = reference.labels.find((label) => label >= model.outputs);
  if (beyond !== undefined) fail(`label ${beyond} is not one of the model's ${model.outputs} outputs`);
  if (model.outputs === 1 && reference.loss === 'cross_entropy') {
    fail('cross_entropy over one output is always 0: give the last layer two units or more');
  }
  if (shapeText(output.shape) !== shapeText([count, model.outputs])) {
    fail(`expect.output is ${shapeText(output.shape)} where the model gives [${count}, ${model.outputs}]`);
  }
  if (inputGrad !== undefined && shapeText(inputGrad.shape) !== shapeText(reference.input.shape)) {
    fail(
      `expect.inputGrad is ${shapeText(inputGrad.shape)} where the input is ${shapeText(reference.input.shape)}`,
    );
  }
}
