/** What every engine whose kernels cannot check it refuses: microbatches that do not fit, and labels that are no class. */
import type { Model } from '../nn/model.ts';

/** @throws RangeError when the samples do not fit the microbatch, or a label is no class of the model. */
export function checkBatch(model: Model, microbatch: number, targets: Int32Array, count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > microbatch) {
    throw new RangeError(
      `A microbatch of ${count} samples was asked for; this executor was compiled for 1 to ${microbatch}.`,
    );
  }
  if (model.loss === 'squared_error') return;
  const classes = Math.max(model.outputs, 2);
  for (let s = 0; s < count; s += 1) {
    const label = targets[s];
    if (label === undefined || label < 0 || label >= classes) {
      throw new RangeError(
        `Sample ${s} of the microbatch has label ${label}; the model's outputs stand for classes 0 to ${classes - 1}.`,
      );
    }
  }
}
