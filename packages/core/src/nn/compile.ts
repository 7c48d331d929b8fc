/**
 * Compiles a model spec: checks that the layers fit together, fills in defaults, works out every shape and
 * gives every parameter its place in the flat vector.
 */
import { compileBatchNorm, compileConv2d, compileDense, compileLayerNorm } from './compileParameters.ts';
import {
  LAYER_DEFAULTS,
  type LayerSpec,
  type LayerType,
  LOSS_NAMES,
  type ModelSpec,
  type PoolSpec,
} from './layers.ts';
import { TensorLayout } from './layout.ts';
import type { Layer, Model } from './model.ts';
import { ModelError } from './modelError.ts';
import { base, type Place, type Source, same } from './place.ts';
import {
  asPair,
  checkInputShape,
  checkNumber,
  ELEMENTS_MAX,
  imageExtents,
  lengthOf,
  vectorLength,
  windowOutput,
} from './shapes.ts';
import { shapeText } from './shapeText.ts';

/**
 * The compiled form of `spec`. Layer ids count from 1 in depth-first order: a residual block before its members,
 * its `layers` before its `shortcut`.
 * @throws ModelError naming the layers that do not fit, their shapes and the way out.
 */
export function compileModel(spec: ModelSpec): Model {
  const compiler = new Compiler();
  const inputShape = checkInputShape(spec.input);
  if (!Array.isArray(spec.layers) || spec.layers.length === 0) {
    throw new ModelError({ type: 'modelEmpty' });
  }
  if (!LOSS_NAMES.includes(spec.loss)) {
    throw new ModelError({ type: 'lossUnknown', value: JSON.stringify(spec.loss), known: LOSS_NAMES });
  }
  const layers = compiler.chain(spec.layers, { name: 'input', shape: inputShape }, []);
  const last = sourceAfter(layers, { name: 'input', shape: inputShape });
  if (last.shape.length !== 1) {
    throw new ModelError({ type: 'vectorExpected', layer: 'loss', from: last.name, shape: last.shape });
  }
  if (spec.loss === 'squared_error' && last.shape[0] !== 1) {
    throw new ModelError({ type: 'oneOutputExpected', loss: spec.loss, outputs: lengthOf(last.shape) });
  }
  return {
    spec,
    loss: spec.loss,
    inputShape,
    inputLength: lengthOf(inputShape),
    outputs: lengthOf(last.shape),
    layers,
    ...compiler.layout.finish(),
  };
}

function sourceAfter(layers: readonly Layer[], before: Source): Source {
  const last = layers.at(-1);
  return last === undefined ? before : { name: last.name, shape: last.outputShape };
}

type SpecOf<T extends LayerType> = Extract<LayerSpec, { type: T }>;

const compileActivation = (
  { type }: SpecOf<'step' | 'sigmoid' | 'tanh' | 'relu' | 'gelu'>,
  place: Place,
): Layer => ({ ...same(place), type });

const slopeOf = (spec: { readonly slope?: number }, usual: number, { name }: Place): number =>
  checkNumber(spec.slope ?? usual, {}, name, 'slope');

const COMPILERS: {
  readonly [T in LayerType]: (spec: SpecOf<T>, place: Place, compiler: Compiler) => Layer;
} = {
  dense: (spec, place, { layout }) => compileDense(spec, place, layout),
  conv2d: (spec, place, { layout }) => compileConv2d(spec, place, layout),
  max_pool2d: compilePool,
  avg_pool2d: compilePool,
  global_avg_pool2d: ({ type }, place) => {
    const [channels] = imageExtents(place.name, place.source);
    return { ...base(place, [channels]), type };
  },
  flatten: ({ type }, place) => ({ ...base(place, [lengthOf(place.source.shape)]), type }),
  dropout: ({ type, rate }, place) => ({
    ...same(place),
    type,
    rate: checkNumber(rate, { least: 0, below: 1 }, place.name, 'rate'),
  }),
  batch_norm: (spec, place, { layout }) => compileBatchNorm(spec, place, layout),
  layer_norm: (spec, place, { layout }) => compileLayerNorm(spec, place, layout),
  residual: (spec, place, compiler) => compiler.residual(spec, place),
  step: compileActivation,
  sigmoid: compileActivation,
  tanh: compileActivation,
  relu: compileActivation,
  gelu: compileActivation,
  softmax: ({ type }, place) => {
    vectorLength(place.name, place.source);
    return { ...same(place), type };
  },
  leaky_relu: (spec, place) => ({
    ...same(place),
    type: spec.type,
    slope: slopeOf(spec, LAYER_DEFAULTS.leaky_relu.slope, place),
  }),
  prelu: (spec, place, { layout }) => {
    const value = slopeOf(spec, LAYER_DEFAULTS.prelu.slope, place);
    return {
      ...same(place),
      type: spec.type,
      slope: layout.trainable(place.name, 'slope', [1], { type: 'constant', value }),
    };
  },
};

class Compiler {
  readonly layout = new TensorLayout();
  #layers = 0;

  /** Compiles layers that follow each other; `after` are the specs that follow the last of them. */
  chain(specs: readonly LayerSpec[], source: Source, after: readonly LayerSpec[]): Layer[] {
    const layers: Layer[] = [];
    specs.forEach((spec, index) => {
      this.#layers += 1;
      const id = this.#layers;
      const from = sourceAfter(layers, source);
      const following = [...specs.slice(index + 1), ...after];
      const layer = this.#layer(spec, { id, name: `${spec.type}${id}`, source: from, following });
      if (lengthOf(layer.outputShape) > ELEMENTS_MAX) {
        throw new ModelError({
          type: 'outputTooLarge',
          layer: layer.name,
          shape: layer.outputShape,
          valuesMax: ELEMENTS_MAX,
        });
      }
      layers.push(layer);
    });
    return layers;
  }

  #layer(spec: LayerSpec, place: Place): Layer {
    if (!Object.hasOwn(COMPILERS, spec.type)) {
      const { type } = spec as { readonly type?: unknown };
      const value = String(JSON.stringify(type));
      throw new ModelError({ type: 'layerUnknown', number: place.id, value, known: Object.keys(COMPILERS) });
    }
    // The entry found under a spec's own type takes that spec; the compiler cannot follow this through the union.
    const compile = COMPILERS[spec.type] as (spec: LayerSpec, place: Place, compiler: Compiler) => Layer;
    return compile(spec, place, this);
  }

  residual(spec: SpecOf<'residual'>, place: Place): Layer {
    const { name, source, following } = place;
    if (!Array.isArray(spec.layers) || spec.layers.length === 0) {
      throw new ModelError({ type: 'residualEmpty', layer: name });
    }
    const layers = this.chain(spec.layers, source, following);
    const shortcut = this.chain(spec.shortcut ?? [], source, following);
    const main = sourceAfter(layers, source);
    const side = sourceAfter(shortcut, source);
    if (shapeText(main.shape) !== shapeText(side.shape)) {
      const identity = shortcut.length === 0;
      throw new ModelError({ type: 'shortcutMisfit', layer: name, main, side, identity });
    }
    return { ...base(place, main.shape), type: 'residual', layers, shortcut };
  }
}

function compilePool(spec: PoolSpec, place: Place): Layer {
  const size = asPair(spec.size, 1, place.name, 'size');
  const stride = asPair(spec.stride ?? spec.size, 1, place.name, 'stride');
  const [channels] = imageExtents(place.name, place.source);
  const output = windowOutput(place.name, place.source, size, stride, [0, 0]);
  return { ...base(place, [channels, ...output]), type: spec.type, size, stride };
}
