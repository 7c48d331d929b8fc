/**
 * Images and labels in IDX files. Images have rank 3 [count, height, width] or 4 [count, channels, height, width];
 * where channels come last they are turned. Labels have rank 1 [count], or are QMNIST's [count, 8] of 32-bit integers,
 * the first of which is the class. Elements of any type are read where they are whole numbers of 0 … 255.
 */
import { classSamples, type Samples } from './dataSet.ts';
import { asBytes, type IdxFile, readIdx, UBYTE } from './idxContent.ts';
import { IdxError } from './idxError.ts';

/** `values` is [count × channels × height × width]; a view of the file's bytes where nothing had to be converted. */
export type IdxImages = {
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly values: Uint8Array;
  /** The file has [count, height, width, channels], and was turned. */
  readonly channelsLast: boolean;
};

/** Columns of QMNIST's labels: the class, then who wrote the digit and where it comes from. */
const QMNIST_COLUMNS = 8;

/** A last dimension of so many beside two larger ones is taken for channels: grey, colour, colour with opacity. */
const CHANNEL_COUNTS: readonly number[] = [1, 3, 4];
const CHANNELS_MAX = 4;

/** Reads an image file. @throws IdxError */
export const parseIdxImages = (file: IdxFile): IdxImages => {
  const { name } = file;
  const content = readIdx(file);
  const { sizes, type } = content;
  if (sizes.length === 1) {
    throw new IdxError({ type: 'idxLabelsForImages', file: name });
  }
  if (sizes.length !== 3 && sizes.length !== 4) {
    throw new IdxError({ type: 'idxImageRank', file: name, rank: sizes.length });
  }
  const [count, a, b, c] = (sizes.length === 3 ? [sizes[0], 1, sizes[1], sizes[2]] : sizes) as [
    number,
    number,
    number,
    number,
  ];
  if (sizes.includes(0)) {
    throw new IdxError({ type: 'idxNoPixels', file: name, sizes });
  }
  if (type.isFloat) {
    throw new IdxError({ type: 'idxFloats', file: name, code: type.code });
  }
  const values = asBytes(
    content,
    1,
    (index, value) =>
      new IdxError({
        type: 'idxPixel',
        file: name,
        code: type.code,
        image: Math.floor(index / (a * b * c)) + 1,
        value: String(value),
      }),
  );
  const channelsLast =
    sizes.length === 4 && CHANNEL_COUNTS.includes(c) && a > CHANNELS_MAX && b > CHANNELS_MAX;
  return channelsLast
    ? { count, shape: [c, a, b], values: channelsFirst(values, a * b, c), channelsLast }
    : { count, shape: [a, b, c], values, channelsLast };
};

/** [count × pixels × channels] → [count × channels × pixels], in a new array. */
const channelsFirst = (values: Uint8Array, pixels: number, channels: number): Uint8Array => {
  const turned = new Uint8Array(values.length);
  const length = pixels * channels;
  for (let image = 0; image < values.length; image += length) {
    for (let channel = 0; channel < channels; channel += 1) {
      const to = image + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        turned[to + pixel] = values[image + pixel * channels + channel] as number;
      }
    }
  }
  return turned;
};

/** Reads a label file, [count]; a view of the file where its labels are bytes. @throws IdxError */
export const parseIdxLabels = (file: IdxFile): Uint8Array => {
  const { name } = file;
  const content = readIdx(file);
  const { sizes, type } = content;
  if (sizes.length === 3 || sizes.length === 4) {
    throw new IdxError({ type: 'idxImagesForLabels', file: name, rank: sizes.length });
  }
  if (sizes.length !== 1 && sizes.length !== 2) {
    throw new IdxError({ type: 'idxLabelRank', file: name, rank: sizes.length });
  }
  const columns = sizes[1] ?? 1;
  if (columns !== 1 && columns !== QMNIST_COLUMNS) {
    throw new IdxError({ type: 'idxLabelColumns', file: name, columns });
  }
  return asBytes(
    content,
    columns,
    (index, value) =>
      new IdxError({ type: 'idxLabel', file: name, code: type.code, label: index + 1, value: String(value) }),
  );
};

/** Reads a pair of files that belong together. @throws IdxError */
export const parseIdxSamples = (
  images: IdxFile,
  labels: IdxFile,
): { samples: Samples } & Pick<IdxImages, 'shape' | 'channelsLast'> => {
  const { count, shape, values, channelsLast } = parseIdxImages(images);
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
    samples: classSamples({ shape, values }, numbers),
    shape,
    channelsLast,
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
