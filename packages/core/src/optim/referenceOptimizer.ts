/**
 * Every optimizer in plain float64, one parameter at a time, as its paper (and PyTorch) writes it: the readable
 * oracle that the kernels are held against.
 */
import type { OptimizerSpec } from './specs.ts';

/** One parameter with whatever the optimizer remembers of it. */
type ParameterState = { p: number; first: number; second: number };

/** The state after step `t` (from 1) with gradient `gradient`. */
function step(spec: OptimizerSpec, state: ParameterState, gradient: number, t: number): ParameterState {
  const { p, first, second } = state;
  const g = spec.type === 'adamw' ? gradient : gradient + spec.weightDecay * p;
  switch (spec.type) {
    case 'sgd':
      return { ...state, p: p - spec.lr * g };
    case 'momentum': {
      const v = spec.momentum * first + g;
      return { ...state, p: p - spec.lr * v, first: v };
    }
    case 'nesterov': {
      const v = spec.momentum * first + g;
      return { ...state, p: p - spec.lr * (g + spec.momentum * v), first: v };
    }
    case 'adagrad': {
      const s = second + g * g;
      return { ...state, p: p - (spec.lr * g) / (Math.sqrt(s) + spec.epsilon), second: s };
    }
    case 'rmsprop': {
      const s = spec.decay * second + (1 - spec.decay) * g * g;
      return { ...state, p: p - (spec.lr * g) / (Math.sqrt(s) + spec.epsilon), second: s };
    }
    case 'adam':
    case 'adamw': {
      const m = spec.beta1 * first + (1 - spec.beta1) * g;
      const v = spec.beta2 * second + (1 - spec.beta2) * g * g;
      const unbiasedM = m / (1 - power(spec.beta1, t));
      const unbiasedV = v / (1 - power(spec.beta2, t));
      const kept = spec.type === 'adamw' ? p - spec.lr * spec.weightDecay * p : p;
      return { p: kept - (spec.lr * unbiasedM) / (Math.sqrt(unbiasedV) + spec.epsilon), first: m, second: v };
    }
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i += 1) result *= base;
  return result;
}

/** Parameters after each step, in float64, at the spec's constant learning rate. */
export function referenceTrajectory(
  spec: OptimizerSpec,
  parameters: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
): Float64Array[] {
  let states = Array.from(parameters, (p): ParameterState => ({ p, first: 0, second: 0 }));
  return gradients.map((gradient, index) => {
    states = states.map((state, i) => step(spec, state, gradient[i] as number, index + 1));
    return Float64Array.from(states, (state) => state.p);
  });
}
