/** The arithmetic of the dense and convolution layers, which is nearly all that a model costs. */
import type { Layer, Model } from './model.ts';
import { lengthOf } from './shapes.ts';
import { tensorsOf } from './walk.ts';

/** Floating-point operations for one sample, of each pass by itself. */
export type LayerFlops = {
  readonly layer: string;
  readonly forward: number;
  readonly weightGradient: number;
  /** 0 where nothing before the layer has anything to train. */
  readonly inputGradient: number;
};

/**
 * Multiplications and additions of each dense and convolution layer, in the model's order, by the plain formula: two for each
 * weight and place in the output product, once for each pass. Activations, pooling and biases are not counted.
 */
export function productFlops(model: Model): readonly LayerFlops[] {
  return chainFlops(model.layers, false).flops;
}

type ChainFlops = { readonly flops: readonly LayerFlops[]; readonly trained: boolean };

function chainFlops(layers: readonly Layer[], trainedBefore: boolean): ChainFlops {
  const flops: LayerFlops[] = [];
  let trained = trainedBefore;
  for (const layer of layers) {
    if (layer.type === 'residual') {
      const main = chainFlops(layer.layers, trained);
      const side = chainFlops(layer.shortcut, trained);
      flops.push(...main.flops, ...side.flops);
      trained = main.trained || side.trained;
      continue;
    }
    if (layer.type === 'dense' || layer.type === 'conv2d') {
      const places = layer.type === 'dense' ? 1 : lengthOf(layer.outputShape.slice(1));
      const pass = 2 * layer.weight.length * places;
      flops.push({
        layer: layer.name,
        forward: pass,
        weightGradient: pass,
        inputGradient: trained ? pass : 0,
      });
    }
    trained ||= tensorsOf(layer).length > 0;
  }
  return { flops, trained };
}
