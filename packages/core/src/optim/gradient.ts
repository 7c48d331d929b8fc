/** From the sum of a step's gradients to what the optimizer takes: mean, L1/L2 terms, finite test, norms, clipping. */
import type { Model, TensorInfo } from '../nn/model.ts';
import { allLayers, tensorsOf } from '../nn/walk.ts';
import type { VectorKernels } from '../vectors/vectorKernels.ts';
import type { ClipSpec, RegularizationSpec } from './specs.ts';

/** Euclidean length of one layer's mean gradient, L1/L2 terms included, before clipping. */
export type LayerGradientNorm = { readonly layer: string; readonly norm: number };

/** The trainable tensors of one layer. */
export type TrainableLayer = { readonly layer: string; readonly tensors: readonly TensorInfo[] };

/** The layers that own trainable tensors, in the order of the flat vector. */
export function trainableLayers(model: Model): TrainableLayer[] {
  return allLayers(model.layers)
    .map((layer) => ({
      layer: layer.name,
      tensors: tensorsOf(layer).filter((tensor) => tensor.offset < model.trainableLength),
    }))
    .filter(({ tensors }) => tensors.length > 0);
}

/**
 * gradient ← gradient·factor + λ₁·sign(w) + 2·λ₂·w (the terms on weights only), in place. `gradient` and `parameter`
 * are byte addresses. Norms are float64 sums per tensor, tensors in order; one is finite exactly when every
 * element of its layer is. The gradient of a layer among the first `frozen` elements is left alone and counts as 0.
 */
export function meanGradient(
  kernels: VectorKernels,
  layers: readonly TrainableLayer[],
  vectors: { readonly gradient: number; readonly parameter: number; readonly frozen: number },
  factor: number,
  regularization: RegularizationSpec,
): LayerGradientNorm[] {
  const { l1, l2 } = regularization;
  return layers.map(({ layer, tensors }) => {
    let squares = 0;
    for (const { role, offset, length } of tensors) {
      if (offset < vectors.frozen) continue;
      const gradient = vectors.gradient + offset * 4;
      if (role === 'weight' && (l1 !== 0 || l2 !== 0)) {
        kernels.scale(gradient, length, factor);
        kernels.regularize(gradient, vectors.parameter + offset * 4, length, l1, 2 * l2);
        squares += kernels.sumSquares(gradient, length);
      } else {
        squares += kernels.scaleSumSquares(gradient, length, factor);
      }
    }
    return { layer, norm: Math.sqrt(squares) };
  });
}

/** Euclidean length over all layers. */
export function totalNorm(norms: readonly LayerGradientNorm[]): number {
  return Math.sqrt(norms.reduce((squares, { norm }) => squares + norm * norm, 0));
}

/**
 * Clips the trainable gradient in place, elementwise first, then as a whole. `norm` is its length on entry.
 * Where the length is over the bound, every element is multiplied by the float32 nearest to bound / length.
 */
export function clipGradient(
  kernels: VectorKernels,
  gradient: number,
  length: number,
  norm: number,
  clip: ClipSpec,
): void {
  let current = norm;
  if (clip.value !== null) {
    kernels.clip(gradient, length, clip.value);
    if (clip.norm !== null) current = Math.sqrt(kernels.sumSquares(gradient, length));
  }
  if (clip.norm !== null && current > clip.norm) kernels.scale(gradient, length, clip.norm / current);
}
