/** Visits every layer of a model, members of residual blocks included, and every tensor of a layer. */
import { unreachable } from '../base/unreachable.ts';
import type { Layer, TensorInfo } from './model.ts';

/** All layers in the order of their ids. */
export function allLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) =>
    layer.type === 'residual' ? [layer, ...allLayers(layer.layers), ...allLayers(layer.shortcut)] : [layer],
  );
}

/** The layer's own tensors, trainable ones first; a residual block has none beside those of its members. */
export function tensorsOf(layer: Layer): TensorInfo[] {
  switch (layer.type) {
    case 'dense':
    case 'conv2d':
      return layer.bias === null ? [layer.weight] : [layer.weight, layer.bias];
    case 'batch_norm':
      return [layer.scale, layer.shift, layer.runningMean, layer.runningVar];
    case 'layer_norm':
      return [layer.scale, layer.shift];
    case 'prelu':
      return [layer.slope];
    case 'max_pool2d':
    case 'avg_pool2d':
    case 'global_avg_pool2d':
    case 'flatten':
    case 'dropout':
    case 'residual':
    case 'step':
    case 'sigmoid':
    case 'tanh':
    case 'relu':
    case 'gelu':
    case 'softmax':
    case 'leaky_relu':
      return [];
    default:
      return unreachable(layer);
  }
}
