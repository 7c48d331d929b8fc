/** Steps divided by the size that each parameter's gradients have had: AdaGrad (Duchi et al. 2011) and RMSProp. */
import type { Optimizer } from './optimizerInterface.ts';
import type { OptimizerSpec } from './specs.ts';

/** s ← s + g²; p ← p − lr·g / (√s + epsilon) */
export function adagrad(spec: Extract<OptimizerSpec, { type: 'adagrad' }>): Optimizer {
  return {
    moments: ['squares'],
    init: () => ({}),
    update: ({ kernels, parameter, gradient, moments, length }, rate, scalars) => {
      const squares = moments[0] as number;
      kernels.adagrad(parameter, gradient, squares, length, rate, spec.weightDecay, spec.epsilon);
      return scalars;
    },
  };
}

/** s ← decay·s + (1 − decay)·g²; p ← p − lr·g / (√s + epsilon) */
export function rmsprop(spec: Extract<OptimizerSpec, { type: 'rmsprop' }>): Optimizer {
  const { weightDecay, decay, epsilon } = spec;
  return {
    moments: ['squares'],
    init: () => ({}),
    update: ({ kernels, parameter, gradient, moments, length }, rate, scalars) => {
      const squares = moments[0] as number;
      kernels.rmsprop(parameter, gradient, squares, length, rate, weightDecay, decay, 1 - decay, epsilon);
      return scalars;
    },
  };
}
