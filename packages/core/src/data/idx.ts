/**
 * The IDX format of the MNIST files: a magic number (two zero bytes, type code, rank), one big-endian 32-bit
 * size per dimension, then the elements. Only unsigned bytes (type code 0x08) are read: images of rank 3
 * [count, height, width] or 4 [count, channels, height, width], labels of rank 1 [count].
 */
import type { Samples } from './dataSet.ts';
import { IdxError } from './idxError.ts';

const UBYTE = 0x08;

/** A file as it was found: `name` is what errors call it, `bytes` its uncompressed content. */
export type IdxFile = { readonly name: string; readonly bytes: Uint8Array };

/** `values` views the file's bytes, without a copy; `shape` is [channels, height, width]. */
export type IdxImages = {
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly values: Uint8Array;
};

/** The sizes and the elements, after every property of the file itself has been checked. */
const readIdx = (file: IdxFile): { sizes: number[]; elements: Uint8Array } => {
  const { name, bytes } = file;
  if (bytes.length === 0) throw new IdxError({ type: 'idxEmpty', file: name });
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new IdxError({ type: 'idxCompressed', file: name });
  }
  if (bytes.length < 4) {
    throw new IdxError({ type: 'idxNoMagic', file: name, bytes: bytes.length });
  }
  const [zero0, zero1, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero0 !== 0 || zero1 !== 0) {
    const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw new IdxError({ type: 'idxForeign', file: name, magic });
  }
  if (type !== UBYTE) {
    throw new IdxError({ type: 'idxElements', file: name, code: type });
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
  const elements = sizes.reduce((product, size) => product * size, 1);
  const expected = headerLength + elements;
  if (bytes.length < expected) {
    throw new IdxError({ type: 'idxCut', file: name, expected, sizes, bytes: bytes.length });
  }
  if (bytes.length > expected) {
    throw new IdxError({ type: 'idxTooLong', file: name, expected, sizes, bytes: bytes.length });
  }
  return { sizes, elements: bytes.subarray(headerLength) };
};

/** Reads an image file. @throws IdxError */
export const parseIdxImages = (file: IdxFile): IdxImages => {
  const { sizes, elements } = readIdx(file);
  if (sizes.length === 1) {
    throw new IdxError({ type: 'idxLabelsForImages', file: file.name });
  }
  if (sizes.length !== 3 && sizes.length !== 4) {
    throw new IdxError({ type: 'idxImageRank', file: file.name, rank: sizes.length });
  }
  const count = sizes[0] as number;
  const [channels, height, width] = (sizes.length === 3 ? [1, sizes[1], sizes[2]] : sizes.slice(1)) as [
    number,
    number,
    number,
  ];
  if (count === 0 || channels === 0 || height === 0 || width === 0) {
    throw new IdxError({ type: 'idxNoPixels', file: file.name, sizes });
  }
  return { count, shape: [channels, height, width], values: elements };
};

/** Reads a label file; the result views the file's bytes. @throws IdxError */
export const parseIdxLabels = (file: IdxFile): Uint8Array => {
  const { sizes, elements } = readIdx(file);
  if (sizes.length === 3 || sizes.length === 4) {
    throw new IdxError({ type: 'idxImagesForLabels', file: file.name, rank: sizes.length });
  }
  if (sizes.length !== 1) {
    throw new IdxError({ type: 'idxLabelRank', file: file.name, rank: sizes.length });
  }
  return elements;
};

/** Reads a pair of files that belong together. @throws IdxError */
export const parseIdxSamples = (
  images: IdxFile,
  labels: IdxFile,
): { samples: Samples; shape: IdxImages['shape'] } => {
  const { count, shape, values } = parseIdxImages(images);
  const numbers = parseIdxLabels(labels);
  if (numbers.length !== count) {
    throw new IdxError({
      type: 'idxCounts',
      images: images.name,
      imageCount: count,
      labels: labels.name,
      labelCount: numbers.length,
    });
  }
  return {
    samples: { count, sampleLength: shape[0] * shape[1] * shape[2], values, labels: numbers },
    shape,
  };
};

/** Encodes unsigned bytes as an IDX file; `elements` is [sizes[0] × sizes[1] × …]. @throws RangeError on another length */
export const encodeIdx = (sizes: readonly number[], elements: Uint8Array): Uint8Array => {
  const length = sizes.reduce((product, size) => product * size, 1);
  if (elements.length !== length) {
    throw new RangeError(
      `An IDX file of ${sizes.join(' × ')} needs ${length} bytes, but ${elements.length} were given.`,
    );
  }
  const headerLength = 4 + 4 * sizes.length;
  const bytes = new Uint8Array(headerLength + length);
  const view = new DataView(bytes.buffer);
  bytes[2] = UBYTE;
  bytes[3] = sizes.length;
  sizes.forEach((size, dimension) => {
    view.setUint32(4 + 4 * dimension, size, false);
  });
  bytes.set(elements, headerLength);
  return bytes;
};
