/** Activations: formulas and derivatives stand in assembly/activations.ts. */
import type { Layer } from '../../nn/model.ts';
import type { Kernels } from './kernels.ts';
import type { Buffer } from './plan.ts';
import { lengthOf, type PlanContext, type Planned, tensorAt } from './planned.ts';

export type ActivationLayer = Extract<
  Layer,
  { type: 'step' | 'sigmoid' | 'tanh' | 'relu' | 'gelu' | 'softmax' | 'leaky_relu' | 'prelu' }
>;

type Forward = (k: Kernels, x: number, y: number, groups: number) => void;
/** `saved` is x or y, whichever the derivative is written in. */
type Backward = (k: Kernels, saved: number, dy: number, dx: number, groups: number) => void;
type Activation = { readonly forward: Forward; readonly saved: 'x' | 'y'; readonly backward: Backward };

export function planActivation(context: PlanContext, layer: ActivationLayer, x: Buffer): Planned {
  const { plan } = context;
  const features = lengthOf(layer.inputShape);
  const { forward, saved, backward } = activationOf(context, layer, features);
  const y = plan.values(features);
  plan.call([x, y], (k) => {
    const [a, b] = [x.address, y.address];
    return ({ groups }) => forward(k, a, b, groups);
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      // A learned slope has its own gradient, so its kernel runs even where nothing before it learns.
      if (!wanted && layer.type !== 'prelu') return null;
      const dx = plan.values(features);
      const kept = saved === 'x' ? x : y;
      plan.train([kept, dy, dx], (k) => {
        const [a, b, c] = [kept.address, dy.address, dx.address];
        return ({ groups }) => backward(k, a, b, c, groups);
      });
      return wanted ? dx : null;
    },
  };
}

/** The forward kernel, what it leaves behind for the backward one, and that. */
function activationOf(context: PlanContext, layer: ActivationLayer, features: number): Activation {
  const bytes = features * 32;
  switch (layer.type) {
    case 'relu':
    case 'sigmoid':
    case 'tanh':
    case 'gelu': {
      const name = layer.type;
      const back = `${name}Backward` as const;
      return {
        forward: (k, x, y, groups) => k[name](x, y, bytes * groups),
        saved: name === 'gelu' ? 'x' : 'y',
        backward: (k, saved, dy, dx, groups) => k[back](saved, dy, dx, bytes * groups),
      };
    }
    case 'step':
      return {
        forward: (k, x, y, groups) => k.step(x, y, bytes * groups),
        saved: 'y',
        backward: (k, _saved, _dy, dx, groups) => k.clear(dx, bytes * groups),
      };
    case 'softmax':
      return {
        forward: (k, x, y, groups) => k.softmax(x, y, features, groups),
        saved: 'y',
        backward: (k, y, dy, dx, groups) => k.softmaxBackward(y, dy, dx, features, groups),
      };
    case 'leaky_relu':
      return {
        forward: (k, x, y, groups) => k.leakyRelu(x, y, bytes * groups, layer.slope),
        saved: 'x',
        backward: (k, x, dy, dx, groups) => k.leakyReluBackward(x, dy, dx, bytes * groups, layer.slope),
      };
    case 'prelu': {
      const slope = () => tensorAt(context, layer.slope);
      return {
        forward: (k, x, y, groups) => k.prelu(x, y, bytes * groups, slope().value),
        saved: 'x',
        backward: (k, x, dy, dx, groups) => {
          const { value, gradient } = slope();
          k.preluBackward(x, dy, dx, bytes * groups, value, gradient);
        },
      };
    }
  }
}
