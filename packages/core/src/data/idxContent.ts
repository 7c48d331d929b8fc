/**
 * The content of an IDX file, the format of the MNIST files: a magic number (two zero bytes, type code, rank), one
 * big-endian 32-bit size per dimension, then the elements, big-endian as well. Everything that can be wrong with the
 * file itself is told here.
 */
import { foreignContent } from './foreignContent.ts';
import { IdxError } from './idxError.ts';

/** A file as it was found: `name` is what errors call it, `bytes` its uncompressed content. */
export type IdxFile = { readonly name: string; readonly bytes: Uint8Array };

export const UBYTE = 0x08;

type ElementType = {
  readonly bytes: number;
  readonly isFloat: boolean;
  readonly read: (view: DataView, offset: number) => number;
};

const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  8: { bytes: 1, isFloat: false, read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, isFloat: false, read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, isFloat: false, read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, isFloat: false, read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, isFloat: true, read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, isFloat: true, read: (view, at) => view.getFloat64(at) },
};

export type IdxContent = {
  readonly sizes: readonly number[];
  readonly type: ElementType & { readonly code: number };
  /** [sizes[0] × sizes[1] × … × bytes of an element], a view of the file. */
  readonly elements: Uint8Array;
};

/** @throws IdxError */
export const readIdx = (file: IdxFile): IdxContent => {
  const { name, bytes } = file;
  if (bytes.length === 0) throw new IdxError({ type: 'idxEmpty', file: name });
  const content = foreignContent(bytes);
  if (content !== null) throw new IdxError({ type: 'idxOther', file: name, content });
  if (bytes.length < 4) {
    throw new IdxError({ type: 'idxNoMagic', file: name, bytes: bytes.length });
  }
  const [zero0, zero1, code, rank] = bytes as unknown as [number, number, number, number];
  if (zero0 !== 0 || zero1 !== 0) {
    const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw new IdxError({ type: 'idxForeign', file: name, magic });
  }
  const type = ELEMENT_TYPES[code];
  if (type === undefined) {
    throw new IdxError({ type: 'idxElements', file: name, code });
  }
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    throw new IdxError({
      type: 'idxHeaderCut',
      file: name,
      expected: headerLength,
      rank,
      bytes: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension, false));
  const expected = headerLength + sizes.reduce((product, size) => product * size, type.bytes);
  if (bytes.length < expected) {
    throw new IdxError({ type: 'idxCut', file: name, expected, sizes, bytes: bytes.length });
  }
  if (bytes.length > expected) {
    throw new IdxError({ type: 'idxTooLong', file: name, expected, sizes, bytes: bytes.length });
  }
  return { sizes, type: { ...type, code }, elements: bytes.subarray(headerLength) };
};

/**
 * Every `stride`-th element, from the first, as a byte: a view where the file holds bytes and nothing is left out.
 * `outOf` makes the error for the first element (by its number among those taken) that is no whole number of 0 … 255.
 */
export const asBytes = (
  { type, elements }: IdxContent,
  stride: number,
  outOf: (index: number, value: number) => IdxError,
): Uint8Array => {
  if (type.code === UBYTE && stride === 1) return elements;
  const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
  const step = stride * type.bytes;
  const bytes = new Uint8Array(elements.length / step);
  for (let i = 0; i < bytes.length; i += 1) {
    const value = type.read(view, i * step);
    if (!Number.isInteger(value) || value < 0 || value > 255) throw outOf(i, value);
    bytes[i] = value;
  }
  return bytes;
};
