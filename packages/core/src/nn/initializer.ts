/** Chooses and checks how the weights of a dense or convolution layer start. */
import type { InitializerSpec, LayerSpec, LayerType } from './layers.ts';
import { ModelError } from './modelError.ts';
import { checkNumber } from './shapes.ts';

/** Which start a dense or convolution layer wants that comes before such a layer; `next`: the layer behind decides. */
const DECIDES: { readonly [T in LayerType]: 'he' | 'glorot' | 'next' } = {
  dense: 'glorot',
  conv2d: 'glorot',
  max_pool2d: 'next',
  avg_pool2d: 'next',
  global_avg_pool2d: 'next',
  flatten: 'next',
  dropout: 'next',
  batch_norm: 'next',
  layer_norm: 'next',
  residual: 'glorot',
  step: 'glorot',
  sigmoid: 'glorot',
  tanh: 'glorot',
  relu: 'he',
  leaky_relu: 'he',
  prelu: 'he',
  gelu: 'he',
  softmax: 'glorot',
};

/** He before a rectifier, Glorot otherwise; `following` are the layers after the one in question. */
function defaultInitializer(following: readonly LayerSpec[]): InitializerSpec {
  for (const { type } of following) {
    const decided = DECIDES[type];
    if (decided !== 'next') return { type: decided };
  }
  return { type: 'glorot' };
}

export function chooseInitializer(
  given: InitializerSpec | undefined,
  following: readonly LayerSpec[],
  layer: string,
): InitializerSpec {
  if (given === undefined) return defaultInitializer(following);
  switch (given.type) {
    case 'uniform':
      checkNumber(given.limit, { least: 0 }, layer, 'initializer.limit');
      return given;
    case 'zeros':
    case 'glorot':
    case 'he':
      return given;
    default:
      throw new ModelError({
        type: 'initializerUnknown',
        layer,
        value: String(JSON.stringify((given as { type?: unknown }).type)),
        known: ['zeros', 'uniform', 'glorot', 'he'],
      });
  }
}
