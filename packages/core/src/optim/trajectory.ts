/** An optimizer run on given gradients: what a self-test compares with reference values. */
import { VectorArena } from '../vectors/arena.ts';
import { createOptimizer } from './optimizer.ts';
import type { OptimizerSpec } from './specs.ts';

/** Parameters after each step with the kernels that training uses, at the spec's constant learning rate. */
export function runTrajectory(
  spec: OptimizerSpec,
  parameters: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
): Float32Array[] {
  const optimizer = createOptimizer(spec);
  const { length } = parameters;
  const arena = new VectorArena({ length });
  const parameter = arena.allocateFrom(Float32Array.from(parameters));
  const gradient = arena.allocate();
  const moments = optimizer.moments.map(() => arena.allocateFilled(0));
  const vectors = {
    kernels: arena.kernels,
    parameter: arena.address(parameter),
    gradient: arena.address(gradient),
    moments: moments.map((id) => arena.address(id)),
    length,
  };
  let scalars = optimizer.init();
  return gradients.map((values) => {
    arena.view(gradient).set(values);
    scalars = optimizer.update(vectors, spec.lr, scalars);
    return arena.view(parameter).slice();
  });
}
