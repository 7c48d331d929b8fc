/**
 * A checkpoint: everything that a run needs to go on to the same bits, in one safetensors file. Tensors are the
 * parameters under their own names and each optimizer vector, whole, as `optimizer.<name>`; metadata carries position,
 * sums and scalars as JSON. JSON writes a float64 in the fewest digits that read back as the same bits, so every
 * number in it survives exactly (−0 becomes 0, and no number kept here is NaN or infinite).
 */
import * as v from 'valibot';
import type { Model } from '../nn/model.ts';
import type { OptimizerState } from '../optim/stepUpdater.ts';
import { xxh32 } from '../protocol/checksum.ts';
import { shortHash } from '../text/shortHash.ts';
import type { RunProgress } from '../train/progress.ts';
import { CheckpointError } from './checkpointError.ts';
import { tensorsOfVector, vectorOfTensors } from './modelFile.ts';
import { progressSchema, scalarsSchema, type Vouchers, vouchersSchema } from './progressSchema.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts';

const FORMAT = 'shoal-checkpoint-1';
const VECTOR_PREFIX = 'optimizer.';
const BEST = 'best';

/** What a checkpoint is only good for: the model, run spec and kernel build it was written by. */
export type CheckpointOwner = {
  readonly model: Model;
  /** SHA-256 (hex) of the resolved run spec. */
  readonly specSha256: string;
  /** Name of the kernel build. */
  readonly kernels: string;
};

/** The state of a run between two steps. */
export type CheckpointState = {
  readonly progress: RunProgress;
  /** [vectorLength], running values included. */
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
};

/** What a run keeps besides where it checks its workers' answers. */
export type CheckedState = {
  /** The best parameters as they were then, where the file is one of a history; else they have a file of their own. */
  readonly best: Float32Array | null;
  readonly vouchers: Vouchers;
};

/** Copies everything into the file's bytes: the vectors may be live views. */
export function encodeCheckpoint(
  checkpoint: CheckpointOwner & CheckpointState & Partial<CheckedState>,
): Uint8Array<ArrayBuffer> {
  const {
    model,
    specSha256,
    kernels,
    progress,
    parameters,
    optimizer,
    best = null,
    vouchers = [],
  } = checkpoint;
  const vectors = optimizer.vectors.map(({ name, values }) => ({
    name: VECTOR_PREFIX + name,
    shape: [values.length],
    values,
  }));
  const kept = best === null ? [] : [{ name: BEST, shape: [best.length], values: best }];
  const texts = {
    progress: JSON.stringify(progress),
    optimizerScalars: JSON.stringify(optimizer.scalars),
    ...(vouchers.length === 0 ? {} : { vouchers: JSON.stringify(vouchers) }),
  };
  return encodeSafetensors([...tensorsOfVector(model, parameters), ...vectors, ...kept], {
    format: FORMAT,
    model: JSON.stringify(model.spec),
    specSha256,
    kernels,
    ...texts,
    checksums: checksumsOf(
      [parameters, ...[...optimizer.vectors, ...kept].map(({ values }) => values)],
      Object.values(texts),
    ),
  });
}

/** XXH32 of each vector and text: a flipped bit in a file would otherwise go on training unseen. */
function checksumsOf(vectors: readonly Float32Array[], texts: readonly string[]): string {
  const bytes = [
    ...vectors.map((vector) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
    ...texts.map((text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))),
  ];
  return bytes.map((part) => xxh32(part).toString(16).padStart(8, '0')).join(' ');
}

/**
 * The state that a checkpoint holds, checked to belong to this model, run spec and kernel build. The vectors are
 * copies.
 * @throws CheckpointError naming the difference or the damage
 */
export function decodeCheckpoint(bytes: Uint8Array, owner: CheckpointOwner): CheckpointState & CheckedState {
  const file = decodeSafetensors(bytes);
  const { metadata } = file;
  if (metadata.get('format') !== FORMAT) {
    throw new CheckpointError({
      type: 'checkpointForeign',
      format: metadata.get('format') ?? null,
      expected: FORMAT,
    });
  }
  const parameters = vectorOfTensors(owner.model, file);
  if (metadata.get('kernels') !== owner.kernels) {
    throw new CheckpointError({
      type: 'checkpointKernels',
      written: metadata.get('kernels') ?? '?',
      ours: owner.kernels,
    });
  }
  if (metadata.get('specSha256') !== owner.specSha256) {
    throw new CheckpointError({
      type: 'checkpointSpec',
      written: shortHash(metadata.get('specSha256') ?? '?'),
      ours: shortHash(owner.specSha256),
    });
  }
  const known = new Set(owner.model.tensors.map(({ name }) => name));
  const vectors = [...file.tensors]
    .filter(([name]) => !known.has(name) && name !== BEST)
    .map(([name, tensor]) => optimizerVector(name, tensor, owner.model.vectorLength));
  const stored = file.tensors.get(BEST);
  const best = stored === undefined ? null : vectorOf(BEST, stored, owner.model.vectorLength);
  const progress = parse(progressSchema, metadata, 'progress');
  const scalars = parse(scalarsSchema, metadata, 'optimizerScalars');
  const vouchers = metadata.has('vouchers') ? parse(vouchersSchema, metadata, 'vouchers') : [];
  const texts = ['progress', 'optimizerScalars', 'vouchers'].flatMap((name) => metadata.get(name) ?? []);
  const all = [parameters, ...vectors.map(({ values }) => values), ...(best === null ? [] : [best])];
  if (checksumsOf(all, texts) !== metadata.get('checksums')) {
    throw new CheckpointError({ type: 'checkpointDamaged' });
  }
  return { progress, parameters, optimizer: { vectors, scalars }, best, vouchers };
}

function optimizerVector(name: string, tensor: StoredTensor, length: number) {
  if (!name.startsWith(VECTOR_PREFIX)) {
    throw new CheckpointError({ type: 'checkpointTensor', tensor: name });
  }
  return { name: name.slice(VECTOR_PREFIX.length), values: vectorOf(name, tensor, length) };
}

function vectorOf(name: string, tensor: StoredTensor, length: number): Float32Array {
  if (tensor.type !== 'F32' || tensor.shape.join() !== String(length)) {
    throw new CheckpointError({
      type: 'checkpointVector',
      tensor: name,
      dtype: tensor.type,
      shape: tensor.shape,
      length,
    });
  }
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(tensor.bytes);
  return values;
}

function parse<T>(
  schema: v.GenericSchema<unknown, T>,
  metadata: ReadonlyMap<string, string>,
  field: string,
): T {
  let value: unknown;
  try {
    value = JSON.parse(metadata.get(field) ?? '');
  } catch {
    throw new CheckpointError({ type: 'checkpointFieldUnread', field });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  throw new CheckpointError({
    type: 'checkpointFieldInvalid',
    field: path === '' ? field : `${field}.${path}`,
    value: issue.received,
  });
}
