/** Extents of samples, windows and tensors, and the checks on the numbers that layers are written with. */
import type { Pair, Shape } from './layers.ts';
import { ModelError, misfit, type Source, shapeText } from './modelError.ts';

/** Largest extent of one axis and largest number of values in one tensor or sample: 2²⁸ float32 are 1 GiB. */
export const ELEMENTS_MAX = 268_435_456;

/** Number of values that a shape holds. */
export function lengthOf(shape: readonly number[]): number {
  let length = 1;
  for (const extent of shape) length *= extent;
  return length;
}

/** Throws unless `value` is an integer in [least, ELEMENTS_MAX]. */
export function checkInteger(value: unknown, least: number, layer: string, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= ELEMENTS_MAX) {
    return value;
  }
  throw new ModelError(
    `${layer}: ${field} must be a whole number of at least ${least}, not ${JSON.stringify(value)}`,
  );
}

/** Throws unless `value` is a finite number for which `holds` is true; `range` says in words what is allowed. */
export function checkNumber(
  value: unknown,
  holds: (value: number) => boolean,
  range: string,
  layer: string,
  field: string,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return value;
  throw new ModelError(`${layer}: ${field} must be ${range}, not ${JSON.stringify(value)}`);
}

/** [height, width] of a pair that may be written as one number. */
export function asPair(value: Pair, least: number, layer: string, field: string): readonly [number, number] {
  if (typeof value === 'number') {
    const both = checkInteger(value, least, layer, field);
    return [both, both];
  }
  if (!Array.isArray(value) || value.length !== 2) {
    throw new ModelError(
      `${layer}: ${field} must be a whole number or a pair [height, width], not ${JSON.stringify(value)}`,
    );
  }
  return [
    checkInteger(value[0], least, layer, `${field} height`),
    checkInteger(value[1], least, layer, `${field} width`),
  ];
}

/** The sample shape of a model's input: [features] or [channels, height, width]. */
export function checkInputShape(shape: unknown): Shape {
  const extents: readonly unknown[] = Array.isArray(shape) ? shape : [];
  if (extents.length !== 1 && extents.length !== 3) {
    throw new ModelError(
      `the input must be [features] or [channels, height, width], not ${JSON.stringify(shape)}`,
    );
  }
  const checked = extents.map((extent, axis) => checkInteger(extent, 1, 'the input', `extent ${axis}`));
  if (lengthOf(checked) > ELEMENTS_MAX) {
    throw new ModelError(`the input ${shapeText(checked)} has more than ${ELEMENTS_MAX} values`);
  }
  return checked;
}

export function vectorLength(layer: string, source: Source): number {
  const [features] = source.shape;
  if (source.shape.length === 1 && features !== undefined) return features;
  throw misfit(layer, 'a vector', source, 'put a flatten layer between them');
}

export function imageExtents(layer: string, source: Source): readonly [number, number, number] {
  const [channels, height, width] = source.shape;
  if (channels !== undefined && height !== undefined && width !== undefined) {
    return [channels, height, width];
  }
  throw misfit(
    layer,
    'an image [channels, height, width]',
    source,
    source.name === 'the input'
      ? 'write the input as [channels, height, width], or use dense layers'
      : `put ${layer} before the layer that makes a vector`,
  );
}

/**
 * Height and width that a window of `size` leaves when it moves by `stride` over an image with `padding` zeros
 * on each side: ⌊(extent + 2·padding − size) / stride⌋ + 1 each. A rest that fills no window is dropped.
 */
export function windowOutput(
  layer: string,
  source: Source,
  size: readonly [number, number],
  stride: readonly [number, number],
  padding: readonly [number, number],
): readonly [number, number] {
  const [, height, width] = imageExtents(layer, source);
  const outHeight = Math.floor((height + 2 * padding[0] - size[0]) / stride[0]) + 1;
  const outWidth = Math.floor((width + 2 * padding[1] - size[1]) / stride[1]) + 1;
  if (outHeight >= 1 && outWidth >= 1) return [outHeight, outWidth];
  throw misfit(
    layer,
    `an image of at least ${size[0] - 2 * padding[0]} by ${size[1] - 2 * padding[1]}`,
    source,
    'use a smaller window, more padding or fewer pooling layers',
  );
}
