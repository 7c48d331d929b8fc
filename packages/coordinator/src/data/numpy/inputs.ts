/** The inputs in arrays: what a sample is, whether its values are pixels, and the values in the order of a model. */
import { lengthOf, type Tensor } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { allocate } from '../parts.ts';
import type { Reading } from '../reading.ts';
import { ElementPlaces, type NpyArray } from './npy.ts';

/** A last axis of so many beside two larger ones is that of the channels. */
const CHANNEL_COUNTS: readonly number[] = [1, 3, 4];

/** What a sample of an array is to a model. */
export type Layout = { readonly shape: readonly number[]; readonly channelsLast: boolean };

export const countOf = ({ header }: NpyArray): number => header.shape[0] ?? 0;

/** [count, features], [count, height, width], or with channels before or behind. */
export function layoutOf({ name, header }: Pick<NpyArray, 'name' | 'header'>): Layout {
  const [count, ...sizes] = header.shape;
  if (count === undefined || header.shape.includes(0))
    throw new DataError(`${name} has no samples. Store an array with at least one.`);
  const [a = 1, b = 1, c = 1] = sizes;
  if (sizes.length === 0) return { shape: [1], channelsLast: false };
  if (sizes.length === 1) return { shape: [a], channelsLast: false };
  if (sizes.length === 2) return { shape: [1, a, b], channelsLast: false };
  if (sizes.length === 3) {
    const channelsLast = CHANNEL_COUNTS.includes(c) && a > 4 && b > 4;
    return channelsLast ? { shape: [c, a, b], channelsLast } : { shape: [a, b, c], channelsLast };
  }
  throw new DataError(
    `${name} has ${header.shape.length} axes, but inputs have 2 (samples, features), 3 (samples, height, width) or 4 with channels.`,
  );
}

/** Whether all elements of all arrays are whole numbers of 0 to 255, as pixels are. */
export async function areBytes(arrays: readonly NpyArray[]): Promise<boolean> {
  for (const { header, elements } of arrays) {
    const { kind, bytes, read } = header.type;
    if (kind === 'float') return false;
    if (kind === 'bool' || (kind === 'unsigned' && bytes === 1)) continue;
    for await (const piece of elements()) {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let i = 0; i < piece.length; i += bytes) {
        const value = read(view, i);
        if (value < 0 || value > 255) return false;
      }
    }
  }
  return true;
}

/** Reads all samples. @throws DataError naming the first that is not finite */
export async function readInputs(
  array: NpyArray,
  { shape, channelsLast }: Layout,
  isBytes: boolean,
  { onProgress }: Pick<Reading, 'onProgress'>,
): Promise<Tensor> {
  const { name, header } = array;
  const tensor = allocate(name, isBytes ? 'u8' : 'f32', shape, countOf(array));
  const { values } = tensor;
  const length = lengthOf(shape);
  const { type } = header;
  // A bit of a picture in black and white is black or white.
  const factor = type.kind === 'bool' ? 255 : 1;
  const isPlain = isBytes && type.kind === 'unsigned' && type.bytes === 1 && !header.isFortran;
  const places = new ElementPlaces(header);
  let at = 0;
  for await (const piece of array.elements()) {
    if (isPlain) {
      values.set(piece, at);
      at += piece.length;
    } else {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let i = 0; i < piece.length; i += type.bytes) {
        const value = type.read(view, i);
        const place = places.next();
        if (!Number.isFinite(Math.fround(value))) {
          throw new DataError(
            `${name} is ${value} in sample ${Math.floor(place / length)} (from 0): inputs must be finite. Replace it, or take the sample out.`,
          );
        }
        values[place] = value * factor;
      }
      at += piece.length / type.bytes;
    }
    onProgress({ what: name, done: Math.floor(at / length), total: countOf(array), unit: 'samples' });
  }
  if (channelsLast) turnChannels(values, shape, countOf(array));
  return tensor;
}

/** [height × width × channels] → [channels × height × width], image by image in its own place. */
function turnChannels(values: Uint8Array | Float32Array, shape: readonly number[], count: number): void {
  const [channels = 1] = shape;
  const length = lengthOf(shape);
  const area = length / channels;
  for (let image = 0; image < count; image += 1) {
    const own = values.slice(image * length, (image + 1) * length);
    for (let pixel = 0; pixel < area; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        values[image * length + channel * area + pixel] = own[pixel * channels + channel] as number;
      }
    }
  }
}
