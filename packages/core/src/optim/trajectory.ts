/** An optimizer by itself, with the kernels that training uses: what a self-test compares and a lecture shows. */
import { VectorArena } from '../vectors/arena.ts';
import { createOptimizer } from './optimizer.ts';
import { learningRateFactor } from './schedule.ts';
import type { OptimizerSpec, ScheduleSpec } from './specs.ts';

/**
 * The parameters before the first step and after each of `steps`, with gradients of the places that are come to.
 * @param gradientAt of the parameters, as many numbers as these are
 */
export function descend(
  { optimizer, schedule }: { readonly optimizer: OptimizerSpec; readonly schedule: ScheduleSpec },
  parameters: ArrayLike<number>,
  gradientAt: (parameters: Float32Array) => ArrayLike<number>,
  steps: number,
): Float32Array[] {
  const step = stepperOf(optimizer, parameters);
  const places: Float32Array[] = [Float32Array.from(parameters)];
  for (let t = 0; t < steps; t += 1) {
    const gradient = gradientAt(places[t] as Float32Array);
    places.push(step(gradient, optimizer.lr * learningRateFactor(schedule, t, t, steps)));
  }
  return places;
}

/** Parameters after each step on given gradients, at the spec's constant learning rate. */
export function runTrajectory(
  spec: OptimizerSpec,
  parameters: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
): Float32Array[] {
  const step = stepperOf(spec, parameters);
  return gradients.map((values) => step(values, spec.lr));
}

/** What takes one step and gives the parameters after it. */
function stepperOf(
  spec: OptimizerSpec,
  parameters: ArrayLike<number>,
): (gradient: ArrayLike<number>, learningRate: number) => Float32Array {
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
  return (values, learningRate) => {
    arena.view(gradient).set(values);
    scalars = optimizer.update(vectors, learningRate, scalars);
    return arena.view(parameter).slice();
  };
}
