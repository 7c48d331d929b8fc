/** The optimizer that a spec names. */
import { adam } from './adam.ts';
import { adagrad, rmsprop } from './adaptive.ts';
import { momentum, sgd } from './descent.ts';
import type { Optimizer } from './optimizerInterface.ts';
import type { OptimizerSpec } from './specs.ts';

export function createOptimizer(spec: OptimizerSpec): Optimizer {
  switch (spec.type) {
    case 'sgd':
      return sgd(spec);
    case 'momentum':
    case 'nesterov':
      return momentum(spec);
    case 'adagrad':
      return adagrad(spec);
    case 'rmsprop':
      return rmsprop(spec);
    case 'adam':
    case 'adamw':
      return adam(spec);
  }
}
