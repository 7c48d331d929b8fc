/** Chooses and checks how the weights of a dense or convolution layer start. */
import type { InitializerSpec, LayerSpec } from './layers.ts';
import { ModelError } from './modelError.ts';
import { checkNumber } from './shapes.ts';

const RECTIFIERS: ReadonlySet<string> = new Set(['relu', 'leaky_relu', 'prelu', 'gelu']);

/** Layers through which a signal passes on its way to the activation that decides about the initializer. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  'batch_norm',
  'layer_norm',
  'dropout',
  'flatten',
  'max_pool2d',
  'avg_pool2d',
  'global_avg_pool2d',
]);

/** He before a rectifier, Glorot otherwise; `following` are the layers after the one in question. */
function defaultInitializer(following: readonly LayerSpec[]): InitializerSpec {
  const next = following.find((layer) => !TRANSPARENT.has(layer.type));
  return next !== undefined && RECTIFIERS.has(next.type) ? { type: 'he' } : { type: 'glorot' };
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
      throw new ModelError(
        `${layer}: unknown initializer ${JSON.stringify((given as { type?: unknown }).type)}: use zeros, uniform, glorot or he`,
      );
  }
}
