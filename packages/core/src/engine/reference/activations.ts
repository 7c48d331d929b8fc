/** Activations that look at one number at a time: y = f(x), dx = f′(x)·dy. */
import { erf, exp, tanh } from '../../math/elementary.ts';
import type { Layer, TensorInfo } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import type { Operation, Pass } from './operation.ts';

/** A function of one number, and its derivative. */
export type Activation = {
  readonly value: (x: number) => number;
  /** f′ from x and y = f(x). */
  readonly slope: (x: number, y: number) => number;
};

/** σ(x) = 1 / (1 + e⁻ˣ), written so that nothing overflows. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** Φ(x): the standard normal distribution. */
function normalDistribution(x: number): number {
  return 0.5 * (1 + erf(x / Math.SQRT2));
}

const ACTIVATIONS = {
  // f = 1 for x ≥ 0, else 0; f′ = 0 everywhere: nothing before a step learns by gradients.
  step: { value: (x) => (x >= 0 ? 1 : 0), slope: () => 0 },
  // f = σ(x), f′ = y(1 − y)
  sigmoid: { value: sigmoid, slope: (_x, y) => y * (1 - y) },
  // f = tanh(x), f′ = 1 − y²
  tanh: { value: tanh, slope: (_x, y) => 1 - y * y },
  // f = max(0, x), f′ = 1 for x > 0, else 0
  relu: { value: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) },
  // f = x·Φ(x), f′ = Φ(x) + x·φ(x) (Hendrycks & Gimpel 2016, the exact form)
  gelu: {
    value: (x) => x * normalDistribution(x),
    slope: (x) => normalDistribution(x) + (x * exp(-0.5 * x * x)) / SQRT_2_PI,
  },
} satisfies Record<string, Activation>;

/** The types of layers that look at one number at a time. */
export const ACTIVATION_NAMES = ['step', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'prelu', 'gelu'] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** An activation by itself, for showing it. @param slope below zero, of those that have one */
export function activationOf(name: ActivationName, slope = 0): Activation {
  return name === 'leaky_relu' || name === 'prelu' ? leaky(slope) : ACTIVATIONS[name];
}

export function activationOperation(
  layer: Extract<Layer, { type: keyof typeof ACTIVATIONS }>,
  microbatch: number,
): Operation {
  return elementwise(ACTIVATIONS[layer.type], lengthOf(layer.inputShape), microbatch);
}

/** f = x for x > 0, else slope·x; f′ = 1 for x > 0, else slope. */
const leaky = (slope: number): Activation => ({
  value: (x) => (x > 0 ? x : slope * x),
  slope: (x) => (x > 0 ? 1 : slope),
});

export function leakyReluOperation(
  layer: Layer & { readonly type: 'leaky_relu' },
  microbatch: number,
): Operation {
  return elementwise(leaky(layer.slope), lengthOf(layer.inputShape), microbatch);
}

function elementwise(activation: Activation, length: number, microbatch: number): Operation {
  const y = new Float64Array(microbatch * length);
  const dx = new Float64Array(microbatch * length);
  return {
    forward(x: Float64Array, { count }: Pass): Float64Array {
      for (let i = 0; i < count * length; i += 1) y[i] = activation.value(x[i]);
      return y;
    },
    backward(x: Float64Array, dy: Float64Array, { count }: Pass): Float64Array {
      for (let i = 0; i < count * length; i += 1) dx[i] = activation.slope(x[i], y[i]) * dy[i];
      return dx;
    },
  };
}

/**
 * PReLU with one learned slope a (He et al. 2015):
 * forward   y = x for x > 0, else a·x
 * backward  dx = dy for x > 0, else a·dy;  ∂a = Σ over samples and places with x ≤ 0 of dy·x
 */
export function preluOperation(layer: { readonly slope: TensorInfo } & Layer, microbatch: number): Operation {
  const length = lengthOf(layer.inputShape);
  const y = new Float64Array(microbatch * length);
  const dx = new Float64Array(microbatch * length);
  const { offset } = layer.slope;
  return {
    forward(x: Float64Array, { count, parameters }: Pass): Float64Array {
      for (let i = 0; i < count * length; i += 1) y[i] = x[i] > 0 ? x[i] : parameters[offset] * x[i];
      return y;
    },
    backward(x: Float64Array, dy: Float64Array, { count, parameters, gradient }: Pass): Float64Array {
      for (let i = 0; i < count * length; i += 1) {
        dx[i] = x[i] > 0 ? dy[i] : parameters[offset] * dy[i];
        if (!(x[i] > 0)) gradient[offset] += dy[i] * x[i];
      }
      return dx;
    },
  };
}
