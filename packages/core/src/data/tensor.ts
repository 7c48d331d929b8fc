/**
 * Typed tensors: what a sample's inputs and its targets are made of, as a manifest declares it and as blocks and leases
 * carry it, sample after sample, little-endian.
 */
import { lengthOf } from '../nn/shapes.ts';
import { bytesOf } from '../protocol/bytes.ts';

/** The types of elements. */
const DTYPES = { u8: Uint8Array, f32: Float32Array } as const;

export type DType = keyof typeof DTYPES;
export const DTYPE_NAMES = Object.keys(DTYPES) as [DType, ...DType[]];
export type TensorValues = (typeof DTYPES)[DType]['prototype'];

/** What one sample has. */
export type TensorType = {
  readonly dtype: DType;
  /** Empty for a single number. */
  readonly shape: readonly number[];
};

/** The same of many samples, one after another. */
export type Tensor = {
  /** Of one sample. */
  readonly shape: readonly number[];
  /** [samples × elements of the shape] */
  readonly values: TensorValues;
};

/** Bytes of one sample. */
export const tensorBytes = ({ dtype, shape }: TensorType): number =>
  DTYPES[dtype].BYTES_PER_ELEMENT * lengthOf(shape);

export const typeOf = ({ shape, values }: Tensor): TensorType => ({
  dtype: DTYPE_NAMES.find((name) => values instanceof DTYPES[name]) as DType,
  shape,
});

/** `u8 [1, 28, 28]`, and `u8` for a single number. */
export const tensorText = ({ dtype, shape }: TensorType): string =>
  shape.length === 0 ? dtype : `${dtype} [${shape.join(', ')}]`;

export const newTensor = ({ dtype, shape }: TensorType, count: number): Tensor => ({
  shape,
  values: new DTYPES[dtype](count * lengthOf(shape)),
});

/** A copy of the bytes as `count` samples. */
export const readTensor = (type: TensorType, bytes: Uint8Array, count: number): Tensor => {
  const tensor = newTensor(type, count);
  bytesOf(tensor.values).set(bytes);
  return tensor;
};

/** Copies the chosen samples, in the order of `rows`, into a tensor of their own. */
export const selectRows = (tensor: Tensor, rows: Uint32Array): Tensor => {
  const length = lengthOf(tensor.shape);
  const chosen = newTensor(typeOf(tensor), rows.length);
  for (let i = 0; i < rows.length; i += 1) {
    chosen.values.set(valuesOf(tensor, rows[i] as number), i * length);
  }
  return chosen;
};

/** Rows [from, to) as a tensor of their own; a view. */
export const rowsOf = ({ shape, values }: Tensor, from: number, to: number): Tensor => {
  const length = lengthOf(shape);
  return { shape, values: values.subarray(from * length, to * length) };
};

/** Moves the rows within their memory so that row i is what was row order[i]; `order` is a permutation of them. */
export const moveRows = ({ shape, values }: Tensor, order: Uint32Array): void => {
  const length = lengthOf(shape);
  const moved = new Uint8Array(order.length);
  // Not `slice`, which of a Buffer of Node.js is no copy.
  const first = newTensor(typeOf({ shape, values }), 1).values;
  for (let start = 0; start < order.length; start += 1) {
    if (moved[start] === 1) continue;
    // Along one cycle: each place takes what belongs there, and the last what lay in the first.
    first.set(values.subarray(start * length, (start + 1) * length));
    let place = start;
    for (;;) {
      moved[place] = 1;
      const next = order[place] as number;
      if (next === start) break;
      values.copyWithin(place * length, next * length, (next + 1) * length);
      place = next;
    }
    values.set(first, place * length);
  }
};

/** The values of sample `row`; a view. */
export const valuesOf = ({ shape, values }: Tensor, row: number): TensorValues => {
  const length = lengthOf(shape);
  return values.subarray(row * length, (row + 1) * length);
};
