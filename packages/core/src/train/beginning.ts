/**
 * What a run begins with: the parameters that its seed draws, or those of the model that its spec names for some or all of
 * its layers.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { CheckpointError } from '../checkpoint/checkpointError.ts';
import { decodeSafetensors, type Safetensors } from '../checkpoint/safetensors.ts';
import { partOfFirst } from '../nn/firstLayers.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { Model, TensorInfo } from '../nn/model.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { shortHash } from '../text/shortHash.ts';

/** What of a run spec says what a run begins with. */
export type Beginning = Pick<RunSpec, 'seed' | 'initial'>;

/** @throws CheckpointError unless the file is the one that `spec.initial` names */
export function checkInitialFile(spec: Beginning, file: Uint8Array): void {
  checkInitialSha256(spec, bytesToHex(sha256(file)));
}

/** The same for whoever has hashed it. @param found SHA-256 of the file, 64 hexadecimal digits */
export function checkInitialSha256({ initial }: Beginning, found: string): void {
  if (initial === undefined || initial.sha256 === found) return;
  const [named, other] = [shortHash(initial.sha256), shortHash(found)];
  throw new CheckpointError({ type: 'initialOther', named, found: other });
}

/**
 * [vectorLength] float32, before the first step. `file` is the safetensors file that `spec.initial` names, and is not looked
 * at where it names none.
 * @throws CheckpointError for one that does not fit the model, or is none
 */
export function beginningParameters(model: Model, spec: Beginning, file: Uint8Array | null): Float32Array {
  const vector = initialParameters(model, spec.seed);
  const { initial } = spec;
  if (initial === undefined) return vector;
  if (file === null) throw new RangeError('The spec names a model to begin with, which was not handed over.');
  const stored = decodeSafetensors(file);
  let fitting = 0;
  partOfFirst(model, initial.layers ?? model.layers.length).entries.forEach((tensors, index) => {
    for (const tensor of tensors) take(vector, tensor, stored, { layer: index + 1, fitting });
    if (fitting > 0 || tensors.length > 0) fitting = index + 1;
  });
  return vector;
}

function take(
  vector: Float32Array,
  { name, shape, offset, length }: TensorInfo,
  { tensors }: Safetensors,
  place: { readonly layer: number; readonly fitting: number },
): void {
  const stored = tensors.get(name);
  if (stored === undefined) {
    throw new CheckpointError({ type: 'initialTensorMissing', tensor: name, shape, ...place });
  }
  if (stored.type !== 'F32' || stored.shape.join() !== shape.join()) {
    const { type: dtype, shape: found } = stored;
    throw new CheckpointError({ type: 'initialTensorMisfit', tensor: name, dtype, found, shape, ...place });
  }
  const values = vector.subarray(offset, offset + length);
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(stored.bytes);
  if (!values.every(Number.isFinite)) {
    throw new CheckpointError({ type: 'initialTensorNotFinite', tensor: name });
  }
}
