/**
 * The IDX format of the MNIST files: a magic number (two zero bytes, type code, rank), one big-endian 32-bit
 * size per dimension, then the elements. Only unsigned bytes (type code 0x08) are read: images of rank 3
 * [count, height, width] or 4 [count, channels, height, width], labels of rank 1 [count].
 */
import type { Samples } from './dataSet.ts';

const UBYTE = 0x08;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};

/** A file as it was found: `name` is what error sentences call it, `bytes` its uncompressed content. */
export type IdxFile = { readonly name: string; readonly bytes: Uint8Array };

/** `values` views the file's bytes, without a copy; `shape` is [channels, height, width]. */
export type IdxImages = {
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly values: Uint8Array;
};

/** What is wrong with a file; the message is a sentence that names the file and the way out. */
export class IdxError extends Error {
  override readonly name = 'IdxError';
}

const REPLACE = 'Download or copy the file again.';

/** The sizes and the elements, after every property of the file itself has been checked. */
const readIdx = (file: IdxFile): { sizes: number[]; elements: Uint8Array } => {
  const { name, bytes } = file;
  if (bytes.length === 0) throw new IdxError(`${name} is empty. ${REPLACE}`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new IdxError(`${name} is still gzip-compressed. Let its name end in .gz, or unpack it.`);
  }
  if (bytes.length < 4) {
    throw new IdxError(
      `${name} is truncated: an IDX file begins with 4 bytes of magic number, this one has ${bytes.length}. ${REPLACE}`,
    );
  }
  const [zero0, zero1, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero0 !== 0 || zero1 !== 0) {
    const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
    throw new IdxError(
      `${name} is not an IDX file: its magic number is 0x${magic}, which should begin with two zero bytes. ` +
        'Point to a file in the format of MNIST.',
    );
  }
  if (type !== UBYTE) {
    const found = TYPE_NAMES[type] ?? 'an unknown type';
    throw new IdxError(
      `${name} holds ${found} (type code 0x${type.toString(16).padStart(2, '0')}), but only unsigned bytes (0x08) ` +
        'can be read. Convert it to unsigned bytes.',
    );
  }
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    throw new IdxError(
      `${name} is truncated in its header: expected ${headerLength} bytes for ${rank} dimensions, has ${bytes.length}. ${REPLACE}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension, false));
  const elements = sizes.reduce((product, size) => product * size, 1);
  const expected = headerLength + elements;
  if (bytes.length < expected) {
    throw new IdxError(
      `${name} is truncated: expected ${expected} bytes for ${sizes.join(' × ')} elements, has ${bytes.length}. ${REPLACE}`,
    );
  }
  if (bytes.length > expected) {
    throw new IdxError(
      `${name} has ${bytes.length - expected} bytes too many at its end: expected ${expected} bytes for ` +
        `${sizes.join(' × ')} elements, has ${bytes.length}. ${REPLACE}`,
    );
  }
  return { sizes, elements: bytes.subarray(headerLength) };
};

/** Reads an image file. @throws IdxError */
export const parseIdxImages = (file: IdxFile): IdxImages => {
  const { sizes, elements } = readIdx(file);
  if (sizes.length === 1) {
    throw new IdxError(
      `${file.name} holds labels (rank 1), but images were expected. Check that the image and label files have not changed names.`,
    );
  }
  if (sizes.length !== 3 && sizes.length !== 4) {
    throw new IdxError(
      `${file.name} has rank ${sizes.length}, but images have rank 3 [count, height, width] or 4 [count, channels, ` +
        'height, width]. Point to an image file.',
    );
  }
  const count = sizes[0] as number;
  const [channels, height, width] = (sizes.length === 3 ? [1, sizes[1], sizes[2]] : sizes.slice(1)) as [
    number,
    number,
    number,
  ];
  if (count === 0 || channels === 0 || height === 0 || width === 0) {
    throw new IdxError(
      `${file.name} holds no pixels: its sizes are ${sizes.join(' × ')}. Point to a file with at least one image.`,
    );
  }
  return { count, shape: [channels, height, width], values: elements };
};

/** Reads a label file; the result views the file's bytes. @throws IdxError */
export const parseIdxLabels = (file: IdxFile): Uint8Array => {
  const { sizes, elements } = readIdx(file);
  if (sizes.length === 3 || sizes.length === 4) {
    throw new IdxError(
      `${file.name} holds images (rank ${sizes.length}), but labels were expected. Check that the image and label ` +
        'files have not changed names.',
    );
  }
  if (sizes.length !== 1) {
    throw new IdxError(
      `${file.name} has rank ${sizes.length}, but labels have rank 1. Point to a label file.`,
    );
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
    throw new IdxError(
      `${images.name} holds ${count} images, but ${labels.name} holds ${numbers.length} labels. Both files must come ` +
        'from the same set.',
    );
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
