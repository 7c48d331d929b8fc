/** Chooses and checks how the weights of a dense or convolution layer start. */
import type { InitializerSpec, LayerSpec } from './layers.ts';
import { ModelError } from './modelError.ts';
import { checkNumber } from './shapes.ts';

/**
 * What each layer is to the initializer of the one before: a rectifier asks for He; `passed` are those through which a signal
 * goes on to the activation that decides.
 */
const PARTS: Readonly<Record<LayerSpec['type'], 'rectifier' | 'passed' | 'other'>> = {
  relu: 'rectifier',
  leaky_relu: 'rectifier',
  prelu: 'rectifier',
  gelu: 'rectifier',
  batch_norm: 'passed',
  layer_norm: 'passed',
  dropout: 'passed',
  flatten: 'passed',
  max_pool2d: 'passed',
  avg_pool2d: 'passed',
  global_avg_pool2d: 'passed',
  dense: 'other',
  conv2d: 'other',
  residual: 'other',
  step: 'other',
  sigmoid: 'other',
  tanh: 'other',
  softmax: 'other',
};

/** He before a rectifier, Glorot otherwise; `following` are the layers after the one in question. */
function defaultInitializer(following: readonly LayerSpec[]): InitializerSpec {
  const next = following.find(({ type }) => PARTS[type] !== 'passed');
  return next !== undefined && PARTS[next.type] === 'rectifier' ? { type: 'he' } : { type: 'glorot' };
}

export function chooseInitializer(
  given: InitializerSpec | undefined,
  following: readonly LayerSpec[],
  layer: string,
): InitializerSpec {
  if (given === undefined) return defaultInitializer(following);
  switch (given.type) {
    case 'uniform':
      checkNumber(given.limit, (limit) => limit >= 0, 'a number of at least 0', layer, 'initializer limit');
      return given;
    case 'zeros':
    case 'glorot':
    case 'he':
      return given;
    default:
      throw unknownInitializer(given, layer);
  }
}

/** Of a spec that nobody has checked: every type that there is has a case. */
function unknownInitializer(given: never, layer: string): ModelError {
  const type = JSON.stringify((given as { type?: unknown }).type);
  return new ModelError(`${layer}: unknown initializer ${type}: use zeros, uniform, glorot or he`);
}
