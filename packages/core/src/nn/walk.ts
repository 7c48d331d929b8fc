/** Visits every layer of a model, members of residual blocks included, and every tensor of a layer. */
import { byType, type LayerTable } from './byType.ts';
import type { Layer, TensorInfo } from './model.ts';

/** All layers in the order of their ids. */
export function allLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => [layer, ...membersOf(layer)]);
}

/** The layers inside of this one, at any depth; none but in a residual block. */
export function membersOf(layer: Layer): Layer[] {
  return layer.type === 'residual' ? [...allLayers(layer.layers), ...allLayers(layer.shortcut)] : [];
}

/** The layer's own tensors, trainable ones first; a residual block has none beside those of its members. */
export function tensorsOf(layer: Layer): readonly TensorInfo[] {
  return byType(TENSORS, layer);
}

/** Whether there is anything to train in the layer or inside of it. */
export function isTrained(layer: Layer): boolean {
  return [layer, ...membersOf(layer)].some((one) => tensorsOf(one).length > 0);
}

const none = (): readonly TensorInfo[] => [];
const product = ({ weight, bias }: { readonly weight: TensorInfo; readonly bias: TensorInfo | null }) =>
  bias === null ? [weight] : [weight, bias];

const TENSORS: LayerTable<readonly TensorInfo[]> = {
  dense: product,
  conv2d: product,
  max_pool2d: none,
  avg_pool2d: none,
  global_avg_pool2d: none,
  flatten: none,
  dropout: none,
  batch_norm: ({ scale, shift, runningMean, runningVar }) => [scale, shift, runningMean, runningVar],
  layer_norm: ({ scale, shift }) => [scale, shift],
  residual: none,
  step: none,
  sigmoid: none,
  tanh: none,
  relu: none,
  leaky_relu: none,
  prelu: ({ slope }) => [slope],
  gelu: none,
  softmax: none,
};
