/** What a loss holds the outputs of a sample against: tensors of other types are refused before an engine sees them. */
import type { TensorType } from '../data/tensor.ts';
import type { LossName } from './layers.ts';

/** The number of a class. */
const CLASS: TensorType = { dtype: 'u8', shape: [] };

/** What is to be predicted. */
const NUMBER: TensorType = { dtype: 'f32', shape: [] };

export const TARGETS: { readonly [L in LossName]: TensorType } = {
  cross_entropy: CLASS,
  mse: CLASS,
  perceptron: CLASS,
  squared_error: NUMBER,
};

/** Whether answers are right or wrong, so that there is an accuracy; a number that is predicted is only near or far. */
export const hasAccuracy = ({ loss }: { readonly loss: LossName }): boolean => TARGETS[loss] === CLASS;
