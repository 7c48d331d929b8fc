/** A model's parameters as a safetensors file: one tensor per weight, bias and running value, in PyTorch's layouts. */
import type { Model } from '../nn/model.ts';
import { CheckpointError } from './checkpointError.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor, type Safetensors } from './safetensors.ts';

/**
 * A plain safetensors file of the flat vector `parameters` [vectorLength] for PyTorch and others. Tensors are named
 * `<layer>.<role>`; metadata has `format` (`pt`, as other tools write it), `model` (the model spec as JSON) and
 * whatever `metadata` adds.
 */
export function exportModel(
  model: Model,
  parameters: Float32Array,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(tensorsOfVector(model, parameters), {
    format: 'pt',
    model: JSON.stringify(model.spec),
    ...metadata,
  });
}

/**
 * The flat vector [vectorLength] that a file written by `exportModel` (or a checkpoint) holds.
 * @throws CheckpointError naming the first tensor that the model has otherwise
 */
export function importParameters(model: Model, file: Uint8Array): Float32Array<ArrayBuffer> {
  return vectorOfTensors(model, decodeSafetensors(file));
}

/** The metadata of a safetensors file: the model spec under `model`, the run spec under `spec` where it was given. */
export function readMetadata(file: Uint8Array): ReadonlyMap<string, string> {
  return decodeSafetensors(file).metadata;
}

/** The flat vector cut into the model's tensors, as views. */
export function tensorsOfVector(model: Model, vector: Float32Array): NamedTensor[] {
  if (vector.length !== model.vectorLength) {
    throw new RangeError(
      `The model has ${model.vectorLength} parameters and running values, but was given ${vector.length}.`,
    );
  }
  return model.tensors.map(({ name, shape, offset, length }) => ({
    name,
    shape,
    values: vector.subarray(offset, offset + length),
  }));
}

/** The flat vector put together again; tensors that the model does not name are left alone. */
export function vectorOfTensors(model: Model, { tensors }: Safetensors): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(model.vectorLength);
  const bytes = new Uint8Array(vector.buffer);
  for (const { name, shape, offset } of model.tensors) {
    const stored = tensors.get(name);
    if (stored === undefined) {
      throw new CheckpointError({ type: 'modelTensorMissing', tensor: name, shape });
    }
    if (stored.type !== 'F32' || stored.shape.join() !== shape.join()) {
      throw new CheckpointError({
        type: 'modelTensorMisfit',
        tensor: name,
        dtype: stored.type,
        found: stored.shape,
        shape,
      });
    }
    bytes.set(stored.bytes, offset * 4);
  }
  return vector;
}
