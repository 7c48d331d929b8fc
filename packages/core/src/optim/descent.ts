/** Gradient descent: plain, with momentum, and with Nesterov's look-ahead (Sutskever et al. 2013), no dampening. */
import type { Optimizer } from './optimizerInterface.ts';
import type { OptimizerSpec } from './specs.ts';

/** p ← p − lr·(g + weightDecay·p) */
export function sgd(spec: Extract<OptimizerSpec, { type: 'sgd' }>): Optimizer {
  return {
    moments: [],
    init: () => ({}),
    update: ({ kernels, parameter, gradient, length }, rate, scalars) => {
      kernels.sgd(parameter, gradient, length, rate, spec.weightDecay);
      return scalars;
    },
  };
}

/** v ← momentum·v + g; p ← p − lr·v, with Nesterov p ← p − lr·(g + momentum·v) */
export function momentum(spec: Extract<OptimizerSpec, { type: 'momentum' | 'nesterov' }>): Optimizer {
  return {
    moments: ['velocity'],
    init: () => ({}),
    update: ({ kernels, parameter, gradient, moments, length }, rate, scalars) => {
      const velocity = moments[0] as number;
      kernels[spec.type](parameter, gradient, velocity, length, rate, spec.weightDecay, spec.momentum);
      return scalars;
    },
  };
}
