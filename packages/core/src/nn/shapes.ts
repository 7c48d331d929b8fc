/** Extents of samples, windows and tensors, and the checks on the numbers that layers are written with. */
import { isWithin, type NumberBounds } from '../facts/allowed.ts';
import type { ModelFact } from '../facts/modelFacts.ts';
import type { Pair, Shape } from './layers.ts';
import { ModelError } from './modelError.ts';
import type { Source } from './place.ts';

/** Largest extent of one axis and largest number of values in one tensor or sample: 2²⁸ float32 are 1 GiB. */
export const ELEMENTS_MAX = 268_435_456;

/** Number of values that a shape holds. */
export function lengthOf(shape: readonly number[]): number {
  let length = 1;
  for (const extent of shape) length *= extent;
  return length;
}

type Part = Extract<ModelFact, { type: 'layerFieldInvalid' }>['part'];

/** Throws unless `value` is an integer in [least, ELEMENTS_MAX]. */
export function checkInteger(
  value: unknown,
  least: number,
  layer: string,
  field: string,
  part: Part = null,
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= ELEMENTS_MAX) {
    return value;
  }
  throw new ModelError({
    type: 'layerFieldInvalid',
    layer,
    field,
    part,
    allowed: { kind: 'whole', least, most: null },
    value: String(JSON.stringify(value)),
  });
}

/** Throws unless `value` is a finite number within the bounds. */
export function checkNumber(value: unknown, bounds: NumberBounds, layer: string, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && isWithin(value, bounds)) return value;
  throw new ModelError({
    type: 'layerFieldInvalid',
    layer,
    field,
    part: null,
    allowed: { kind: 'number', ...bounds },
    value: String(JSON.stringify(value)),
  });
}

/** [height, width] of a pair that may be written as one number. */
export function asPair(value: Pair, least: number, layer: string, field: string): readonly [number, number] {
  if (typeof value === 'number') {
    const both = checkInteger(value, least, layer, field);
    return [both, both];
  }
  if (!Array.isArray(value) || value.length !== 2) {
    throw new ModelError({
      type: 'layerFieldInvalid',
      layer,
      field,
      part: null,
      allowed: { kind: 'pair', least, most: null },
      value: String(JSON.stringify(value)),
    });
  }
  return [
    checkInteger(value[0], least, layer, field, 'height'),
    checkInteger(value[1], least, layer, field, 'width'),
  ];
}

/** The sample shape of a model's input: [features] or [channels, height, width]. */
export function checkInputShape(shape: unknown): Shape {
  const extents: readonly unknown[] = Array.isArray(shape) ? shape : [];
  if (extents.length !== 1 && extents.length !== 3) {
    throw new ModelError({ type: 'inputInvalid', value: String(JSON.stringify(shape)) });
  }
  const checked = extents.map((extent, axis) => checkInteger(extent, 1, 'input', 'extent', axis));
  if (lengthOf(checked) > ELEMENTS_MAX) {
    throw new ModelError({ type: 'inputTooLarge', shape: checked, valuesMax: ELEMENTS_MAX });
  }
  return checked;
}

export function vectorLength(layer: string, source: Source): number {
  const [features] = source.shape;
  if (source.shape.length === 1 && features !== undefined) return features;
  throw new ModelError({ type: 'vectorExpected', layer, from: source.name, shape: source.shape });
}

export function imageExtents(layer: string, source: Source): readonly [number, number, number] {
  const [channels, height, width] = source.shape;
  if (channels !== undefined && height !== undefined && width !== undefined) {
    return [channels, height, width];
  }
  throw new ModelError({ type: 'imageExpected', layer, from: source.name, shape: source.shape });
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
  throw new ModelError({
    type: 'windowTooLarge',
    layer,
    from: source.name,
    shape: source.shape,
    least: [size[0] - 2 * padding[0], size[1] - 2 * padding[1]],
  });
}
