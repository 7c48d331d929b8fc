/**
 * Compiles a model spec: checks that the layers fit together, fills in defaults, works out every shape and
 * gives every parameter its place in the flat vector.
 */
import { compileBatchNorm, compileConv2d, compileDense, compileLayerNorm } from './compileParameters.ts';
import type { LayerSpec, ModelSpec, PoolSpec } from './layers.ts';
import { TensorLayout } from './layout.ts';
import type { Layer, Model } from './model.ts';
import { ModelError, misfit, type Source, shapeText } from './modelError.ts';
import { base, type Place, same } from './place.ts';
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

/**
 * The compiled form of `spec`. Layer ids count from 1 in depth-first order: a residual block before its members,
 * its `layers` before its `shortcut`.
 * @throws ModelError naming the layers that do not fit, their shapes and the way out.
 */
export function compileModel(spec: ModelSpec): Model {
  const compiler = new Compiler();
  const inputShape = checkInputShape(spec.input);
  if (!Array.isArray(spec.layers) || spec.layers.length === 0) {
    throw new ModelError('the model has no layers: write at least one, such as {"type":"dense","units":10}');
  }
  if (spec.loss !== 'cross_entropy' && spec.loss !== 'mse' && spec.loss !== 'perceptron') {
    throw new ModelError(`unknown loss ${JSON.stringify(spec.loss)}: use cross_entropy, mse or perceptron`);
  }
  const layers = compiler.chain(spec.layers, { name: 'the input', shape: inputShape }, []);
  const last = sourceAfter(layers, { name: 'the input', shape: inputShape });
  if (last.shape.length !== 1) {
    throw misfit('the loss', 'a vector', last, 'end the model with flatten and a dense layer');
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
        throw new ModelError(
          `${layer.name} gives ${shapeText(layer.outputShape)}, more than ${ELEMENTS_MAX} values a sample: use fewer filters or a larger stride`,
        );
      }
      layers.push(layer);
    });
    return layers;
  }

  #layer(spec: LayerSpec, place: Place): Layer {
    switch (spec.type) {
      case 'dense':
        return compileDense(spec, place, this.layout);
      case 'conv2d':
        return compileConv2d(spec, place, this.layout);
      case 'max_pool2d':
      case 'avg_pool2d':
        return pool(spec, place);
      case 'global_avg_pool2d':
        return { ...base(place, [imageExtents(place.name, place.source)[0]]), type: spec.type };
      case 'flatten':
        return { ...base(place, [lengthOf(place.source.shape)]), type: 'flatten' };
      case 'dropout': {
        const inRange = (value: number): boolean => value >= 0 && value < 1;
        const rate = checkNumber(spec.rate, inRange, 'at least 0 and below 1', place.name, 'rate');
        return { ...same(place), type: 'dropout', rate };
      }
      case 'batch_norm':
        return compileBatchNorm(spec, place, this.layout);
      case 'layer_norm':
        return compileLayerNorm(spec, place, this.layout);
      case 'residual':
        return this.#residual(spec, place);
      case 'softmax':
        vectorLength(place.name, place.source);
        return { ...same(place), type: 'softmax' };
      case 'step':
      case 'sigmoid':
      case 'tanh':
      case 'relu':
      case 'gelu':
        return { ...same(place), type: spec.type };
      case 'leaky_relu': {
        const slope = checkNumber(spec.slope ?? 0.01, () => true, 'a finite number', place.name, 'slope');
        return { ...same(place), type: 'leaky_relu', slope };
      }
      case 'prelu': {
        const value = checkNumber(spec.slope ?? 0.25, () => true, 'a finite number', place.name, 'slope');
        const slope = this.layout.trainable(place.name, 'slope', [1], { type: 'constant', value });
        return { ...same(place), type: 'prelu', slope };
      }
      default:
        throw unknownLayer(spec, place);
    }
  }

  #residual(spec: Extract<LayerSpec, { type: 'residual' }>, place: Place): Layer {
    const { name, source, following } = place;
    if (!Array.isArray(spec.layers) || spec.layers.length === 0) {
      throw new ModelError(`${name} has no layers: a residual block needs at least one`);
    }
    const layers = this.chain(spec.layers, source, following);
    const shortcut = this.chain(spec.shortcut ?? [], source, following);
    const main = sourceAfter(layers, source);
    const side = sourceAfter(shortcut, source);
    if (shapeText(main.shape) !== shapeText(side.shape)) {
      const other = shortcut.length === 0 ? `the identity shortcut from ${side.name}` : side.name;
      throw new ModelError(
        `${name} adds ${main.name}, which gives ${shapeText(main.shape)}, and ${other}, which gives ${shapeText(side.shape)}: make the shapes equal, for example with a conv2d of kernel 1 or a dense layer in the shortcut`,
      );
    }
    return { ...base(place, main.shape), type: 'residual', layers, shortcut };
  }
}

/** Of a spec that nobody has checked: every type that there is has a case. */
function unknownLayer(spec: never, { id }: Place): ModelError {
  return new ModelError(
    `layer ${id} has the unknown type ${JSON.stringify((spec as { type?: unknown }).type)}`,
  );
}

function pool(spec: PoolSpec, place: Place): Layer {
  const size = asPair(spec.size, 1, place.name, 'size');
  const stride = asPair(spec.stride ?? spec.size, 1, place.name, 'stride');
  const [channels] = imageExtents(place.name, place.source);
  const output = windowOutput(place.name, place.source, size, stride, [0, 0]);
  return { ...base(place, [channels, ...output]), type: spec.type, size, stride };
}
