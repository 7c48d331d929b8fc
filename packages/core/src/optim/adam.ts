/** Adam (Kingma & Ba 2015) with bias correction, and AdamW, whose weight decay stands apart (Loshchilov & Hutter 2019). */
import type { Optimizer } from './optimizerInterface.ts';
import type { OptimizerSpec } from './specs.ts';

/**
 * m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²;
 * p ← p − lr/(1 − β₁ᵗ)·m / (√v/√(1 − β₂ᵗ) + epsilon), AdamW first p ← (1 − lr·weightDecay)·p.
 * βᵗ is kept by repeated multiplication in float64.
 */
export function adam(spec: Extract<OptimizerSpec, { type: 'adam' | 'adamw' }>): Optimizer {
  const { beta1, beta2, epsilon, weightDecay } = spec;
  const decoupled = spec.type === 'adamw';
  return {
    moments: ['moment1', 'moment2'],
    init: () => ({ beta1Power: 1, beta2Power: 1 }),
    update: ({ kernels, parameter, gradient, moments, length }, rate, scalars) => {
      const beta1Power = (scalars.beta1Power as number) * beta1;
      const beta2Power = (scalars.beta2Power as number) * beta2;
      kernels.adam(
        parameter,
        gradient,
        moments[0] as number,
        moments[1] as number,
        length,
        rate / (1 - beta1Power),
        decoupled ? 0 : weightDecay,
        decoupled ? 1 - rate * weightDecay : 1,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        1 / Math.sqrt(1 - beta2Power),
        epsilon,
      );
      return { beta1Power, beta2Power };
    },
  };
}
