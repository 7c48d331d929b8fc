/**
 * Compiles a model spec: checks that the layers fit together, fills in defaults, works out every shape and
 * gives every parameter its place in the flat vector.
 */
import { chooseInitializer } from './initializer.ts';
import type { Conv2dSpec, DenseSpec, LayerSpec, ModelSpec, PoolSpec, Shape } from './layers.ts';
import { TensorLayout } from './layout.ts';
import type { Layer, Model, TensorInfo, TensorStart } from './model.ts';
import { ModelError, misfit, type Source, shapeText } from './modelError.ts';
import {
  asPair,
  checkInputShape,
  checkInteger,
  checkNumber,
  ELEMENTS_MAX,
  imageExtents,
  lengthOf,
  vectorLength,
  windowOutput,
} from './shapes.ts';

/** What a layer is compiled from, beside its own spec. */
type Place = {
  readonly id: number;
  readonly name: string;
  readonly source: Source;
  /** The layers after this one, those after an enclosing residual block included. */
  readonly following: readonly LayerSpec[];
};

const ONE: TensorStart = { type: 'constant', value: 1 };
const ZERO: TensorStart = { type: 'constant', value: 0 };

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
        return this.#dense(spec, place);
      case 'conv2d':
        return this.#conv2d(spec, place);
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
        return this.#batchNorm(spec, place);
      case 'layer_norm':
        return this.#layerNorm(spec, place);
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
        throw new ModelError(
          `layer ${place.id} has the unknown type ${JSON.stringify((spec as { type?: unknown }).type)}`,
        );
    }
  }

  #dense(spec: DenseSpec, place: Place): Layer {
    const { name } = place;
    const inputs = vectorLength(name, place.source);
    const units = checkInteger(spec.units, 1, name, 'units');
    const initializer = chooseInitializer(spec.initializer, place.following, name);
    const start: TensorStart =
      spec.weights === undefined
        ? { type: 'drawn', initializer, fanIn: inputs, fanOut: units }
        : { type: 'given', values: givenWeights(spec.weights, units, inputs, place) };
    const weight = this.layout.trainable(name, 'weight', [units, inputs], start);
    let bias: TensorInfo | null = null;
    if (spec.bias ?? true) {
      const values = spec.biases;
      if (values !== undefined) checkGiven(values, units, `${name}: biases`);
      bias = this.layout.trainable(
        name,
        'bias',
        [units],
        values === undefined ? ZERO : { type: 'given', values },
      );
    } else if (spec.biases !== undefined) {
      throw new ModelError(`${name}: biases are given but bias is false: leave one of the two out`);
    }
    return { ...base(place, [units]), type: 'dense', inputs, units, weight, bias };
  }

  #conv2d(spec: Conv2dSpec, place: Place): Layer {
    const { name } = place;
    const [channels] = imageExtents(name, place.source);
    const filters = checkInteger(spec.filters, 1, name, 'filters');
    const kernel = asPair(spec.kernel, 1, name, 'kernel');
    const stride = asPair(spec.stride ?? 1, 1, name, 'stride');
    const padding = asPair(spec.padding ?? 0, 0, name, 'padding');
    const output = windowOutput(name, place.source, kernel, stride, padding);
    const window = kernel[0] * kernel[1];
    const weight = this.layout.trainable(name, 'weight', [filters, channels, ...kernel], {
      type: 'drawn',
      initializer: chooseInitializer(spec.initializer, place.following, name),
      fanIn: channels * window,
      fanOut: filters * window,
    });
    const bias = (spec.bias ?? true) ? this.layout.trainable(name, 'bias', [filters], ZERO) : null;
    return { ...base(place, [filters, ...output]), type: 'conv2d', kernel, stride, padding, weight, bias };
  }

  #batchNorm(spec: Extract<LayerSpec, { type: 'batch_norm' }>, place: Place): Layer {
    const { name, source } = place;
    const features = source.shape[0] ?? 1;
    const momentum = checkNumber(
      spec.momentum ?? 0.1,
      (value) => value >= 0 && value <= 1,
      'from 0 to 1',
      name,
      'momentum',
    );
    return {
      ...same(place),
      type: 'batch_norm',
      features,
      momentum,
      epsilon: checkEpsilon(spec.epsilon, name),
      scale: this.layout.trainable(name, 'scale', [features], ONE),
      shift: this.layout.trainable(name, 'shift', [features], ZERO),
      runningMean: this.layout.running(name, 'running_mean', features, 0),
      runningVar: this.layout.running(name, 'running_var', features, 1),
    };
  }

  #layerNorm(spec: Extract<LayerSpec, { type: 'layer_norm' }>, place: Place): Layer {
    const { name, source } = place;
    return {
      ...same(place),
      type: 'layer_norm',
      features: lengthOf(source.shape),
      epsilon: checkEpsilon(spec.epsilon, name),
      scale: this.layout.trainable(name, 'scale', source.shape, ONE),
      shift: this.layout.trainable(name, 'shift', source.shape, ZERO),
    };
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

function base(place: Place, outputShape: Shape) {
  return { id: place.id, name: place.name, inputShape: place.source.shape, outputShape };
}

function same(place: Place) {
  return base(place, place.source.shape);
}

function pool(spec: PoolSpec, place: Place): Layer {
  const size = asPair(spec.size, 1, place.name, 'size');
  const stride = asPair(spec.stride ?? spec.size, 1, place.name, 'stride');
  const [channels] = imageExtents(place.name, place.source);
  const output = windowOutput(place.name, place.source, size, stride, [0, 0]);
  return { ...base(place, [channels, ...output]), type: spec.type, size, stride };
}

function checkEpsilon(epsilon: number | undefined, layer: string): number {
  return checkNumber(epsilon ?? 1e-5, (value) => value > 0, 'a number above 0', layer, 'epsilon');
}

function checkGiven(values: readonly number[], length: number, what: string): void {
  if (!Array.isArray(values) || values.length !== length || !values.every(Number.isFinite)) {
    throw new ModelError(`${what} must be ${length} numbers, not ${JSON.stringify(values).slice(0, 80)}`);
  }
}

/** The rows of `weights[unit][input]` behind each other. */
function givenWeights(
  rows: readonly (readonly number[])[],
  units: number,
  inputs: number,
  place: Place,
): readonly number[] {
  if (!Array.isArray(rows) || rows.length !== units) {
    throw new ModelError(`${place.name}: weights must be ${units} rows, one for each unit`);
  }
  rows.forEach((row, unit) => {
    const from = `${place.name}: weights of unit ${unit} (${place.source.name} gives ${shapeText(place.source.shape)})`;
    checkGiven(row, inputs, from);
  });
  return rows.flat();
}
