/** Which weights of a model can be looked at as pictures. */
import type { Model, TensorInfo } from '@shoal/core';

type Pictures = {
  readonly tensor: TensorInfo;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Dense neurons look at whole images, filters at windows of one. */
  readonly kind: 'neurons' | 'filters';
};

/** The weights of the first layer that has any, where they can be looked at as pictures. */
export function firstPictures({ inputShape, layers }: Model): Pictures | null {
  const first = layers.find(({ type }) => type === 'dense' || type === 'conv2d');
  if (first?.type === 'conv2d') {
    const [filters, channels, height, width] = first.weight.shape;
    return { tensor: first.weight, count: filters * channels, height, width, kind: 'filters' };
  }
  if (first?.type !== 'dense' || inputShape.length !== 3) return null;
  const [channels, height, width] = inputShape;
  if (first.inputs !== channels * height * width) return null;
  return { tensor: first.weight, count: first.units * channels, height, width, kind: 'neurons' };
}
