/**
 * The safetensors format (Hugging Face): 8 bytes of little-endian header length, a JSON header that gives each
 * tensor's type, shape and place, then the tensors' bytes without gaps. Readable from PyTorch, JAX and others.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CheckpointError } from './checkpointError.ts';

// Declared for this module alone: core compiles without the types of a browser or of Node.js.
declare const TextDecoder: new (
  encoding: string,
  options: { fatal: boolean },
) => { decode(bytes: Uint8Array): string };

/** Bytes of one element. */
const TYPE_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;
export type TensorType = keyof typeof TYPE_BYTES;

/** The format's own bound on headers. */
export const HEADER_BYTES_MAX = 100_000_000;
const ALIGNMENT_BYTES = 8;

export type NamedTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
};

export type StoredTensor = {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Little-endian elements, a view of the file. */
  readonly bytes: Uint8Array;
};

export type Safetensors = {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
};

/** One file of float32 tensors, in the given order, with text metadata. Names must differ. */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let dataBytes = 0;
  for (const { name, shape, values } of tensors) {
    if (values.length !== shape.reduce((product, extent) => product * extent, 1)) {
      throw new RangeError(
        `Tensor ${name} of shape [${shape.join(', ')}] was given ${values.length} values.`,
      );
    }
    if (Object.hasOwn(header, name)) throw new RangeError(`Two tensors are named ${name}.`);
    const end = dataBytes + values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [dataBytes, end] };
    dataBytes = end;
  }
  const json = utf8ToBytes(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const file = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const { values } of tensors) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/** @throws CheckpointError naming the first thing that is wrong with the file */
export function decodeSafetensors(file: Uint8Array): Safetensors {
  if (file.length < 8) {
    throw new CheckpointError({ type: 'safetensorsShort', bytes: file.length });
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(HEADER_BYTES_MAX) || length > BigInt(file.length - 8)) {
    throw new CheckpointError({ type: 'safetensorsCut', header: String(length), bytes: file.length - 8 });
  }
  const headerBytes = Number(length);
  const header = parseHeader(file.subarray(8, 8 + headerBytes));
  return readHeader(header, file.subarray(8 + headerBytes));
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CheckpointError({ type: 'safetensorsJson' });
  }
  if (!isRecord(header)) {
    throw new CheckpointError({ type: 'safetensorsHeader' });
  }
  return header;
}

function readHeader(header: Readonly<Record<string, unknown>>, data: Uint8Array): Safetensors {
  const metadata = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  const places: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      readMetadata(entry, metadata);
      continue;
    }
    const { type, shape, from, to } = readEntry(name, entry, data.length);
    tensors.set(name, { type, shape, bytes: data.subarray(from, to) });
    places.push({ name, from, to });
  }
  // Sorted by place, tensors must follow each other without overlap or gap, up to the last byte.
  places.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of places) {
    if (from !== end) {
      throw new CheckpointError({ type: from < end ? 'tensorOverlaps' : 'tensorGap', tensor: name });
    }
    end = to;
  }
  if (end !== data.length) {
    throw new CheckpointError({ type: 'safetensorsRest', bytes: data.length, taken: end });
  }
  return { tensors, metadata };
}

function readMetadata(entry: unknown, into: Map<string, string>): void {
  if (!isRecord(entry)) throw new CheckpointError({ type: 'safetensorsMetadata' });
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') {
      throw new CheckpointError({ type: 'safetensorsMetadataField', field: key });
    }
    into.set(key, value);
  }
}

function readEntry(name: string, entry: unknown, dataBytes: number) {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !isTensorType(dtype)) {
    throw new CheckpointError({ type: 'tensorTypeUnknown', tensor: name });
  }
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new CheckpointError({ type: 'tensorPlaceInvalid', tensor: name });
  }
  const [from, to] = offsets as [number, number];
  const needed = shape.reduce((product, extent) => product * extent, TYPE_BYTES[dtype]);
  if (to > dataBytes) {
    throw new CheckpointError({ type: 'tensorCut', tensor: name, end: to, bytes: dataBytes });
  }
  if (to - from !== needed) {
    throw new CheckpointError({ type: 'tensorLength', tensor: name, dtype, shape, needed, bytes: to - from });
  }
  return { type: dtype, shape, from, to };
}

function isTensorType(text: string): text is TensorType {
  return Object.hasOwn(TYPE_BYTES, text);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
