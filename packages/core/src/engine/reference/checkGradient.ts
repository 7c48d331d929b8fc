/**
 * Backpropagation held against calculus: for one parameter w, what backpropagation says about ∂l/∂w beside the
 * difference quotient Δl/Δw, in float64.
 */
import type { Model, TensorInfo } from '../../nn/model.ts';
import type { RandomAddress } from '../engine.ts';
import { ReferenceNetwork } from './network.ts';

export type GradientCheckOptions = {
  readonly model: Model;
  /** [vectorLength] */
  readonly parameters: ArrayLike<number>;
  /** [samples × inputLength] */
  readonly inputs: ArrayLike<number>;
  /** One class, or one number, for each sample: their number is the number of samples. */
  readonly labels: ArrayLike<number>;
  /** Which parameter: its index in the flat vector, below `trainableLength`. */
  readonly index: number;
  /** How far w moves each way; 10⁻⁵ · max(1, |w|) when left out. */
  readonly step?: number;
  /** Address of dropout masks, so that both sides drop the same neurons. */
  readonly address?: RandomAddress;
};

export type GradientCheck = {
  /** Name of the parameter's tensor and the place of the parameter in it. */
  readonly tensor: string;
  readonly element: number;
  readonly value: number;
  /** ∂l/∂w by backpropagation; l is the mean loss over the samples. */
  readonly backpropagation: number;
  /** (l(w + step) − l(w − step)) / (2·step). */
  readonly differenceQuotient: number;
  readonly lossBelow: number;
  readonly lossAbove: number;
  readonly step: number;
};

/** @throws RangeError when `index` is not that of a trained parameter or the lengths do not match the model. */
export function checkGradient(options: GradientCheckOptions): GradientCheck {
  const { model, parameters, inputs, labels, index, address = { seed: 0, epoch: 0 } } = options;
  const tensor = trainedTensor(model, index);
  const count = labels.length;
  if (inputs.length !== count * model.inputLength || parameters.length !== model.vectorLength) {
    throw new RangeError(
      `a gradient check of ${count} samples needs ${count * model.inputLength} inputs and ${model.vectorLength} parameters, not ${inputs.length} and ${parameters.length}`,
    );
  }
  const network = new ReferenceNetwork(model, count);
  network.parameters.set(parameters);
  network.inputs.set(inputs);
  if (model.loss === 'squared_error') network.targetNumbers.set(labels);
  else network.targets.set(labels);
  network.samples.forEach((_, sample) => {
    network.samples[sample] = sample;
  });

  const value = network.parameters[index];
  const step = options.step ?? 1e-5 * Math.max(1, Math.abs(value));
  network.computeGradient(count, address);
  const backpropagation = network.gradient[index] / count;
  const lossAt = (moved: number): number => {
    network.parameters[index] = moved;
    return network.computeLoss(count, address).loss / count;
  };
  const lossAbove = lossAt(value + step);
  const lossBelow = lossAt(value - step);
  return {
    tensor: tensor.name,
    element: index - tensor.offset,
    value,
    backpropagation,
    differenceQuotient: (lossAbove - lossBelow) / (2 * step),
    lossBelow,
    lossAbove,
    step,
  };
}

function trainedTensor(model: Model, index: number): TensorInfo {
  const tensor = model.tensors.find(({ offset, length }) => index >= offset && index < offset + length);
  if (tensor === undefined || index >= model.trainableLength || !Number.isInteger(index)) {
    throw new RangeError(
      `parameter ${index} cannot be checked: this model's trained parameters are 0 to ${model.trainableLength - 1}`,
    );
  }
  return tensor;
}
