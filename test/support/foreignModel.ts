/**
 * A model as a foreign worker reads it from the run spec: shapes, layer numbers, the flat vector and its first values.
 * Written from docs/protocol.md alone; nothing of the product is used.
 */
import { threefryBlock } from './foreignArithmetic.ts';

type Pair = number | readonly [number, number];
type Initializer =
  | { readonly type: 'zeros' | 'glorot' | 'he' }
  | { readonly type: 'uniform'; readonly limit: number };

/** A layer as it stands in the spec: what is left out has the default of the page's table. */
export type LayerJson = {
  readonly type: string;
  readonly units?: number;
  readonly filters?: number;
  readonly kernel?: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly size?: Pair;
  readonly bias?: boolean;
  readonly initializer?: Initializer;
  readonly weights?: readonly (readonly number[])[];
  readonly biases?: readonly number[];
  readonly rate?: number;
  readonly epsilon?: number;
  readonly slope?: number;
  readonly layers?: readonly LayerJson[];
  readonly shortcut?: readonly LayerJson[];
};

export type ModelJson = {
  readonly input: readonly number[];
  readonly layers: readonly LayerJson[];
  readonly loss: string;
};

/** By number, as the sample word of an initial weight's address. */
const ROLES = ['weight', 'bias', 'scale', 'shift', 'slope', 'running_mean', 'running_var'] as const;
export type Role = (typeof ROLES)[number];

type Start =
  | { readonly limit: number }
  | { readonly constant: number }
  | { readonly values: readonly number[] };
export type Tensor = { readonly role: Role; readonly length: number; readonly start: Start; offset: number };

export type ForeignLayer = {
  readonly number: number;
  readonly json: LayerJson;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly tensors: readonly Tensor[];
  /** Members of a residual block. */
  readonly layers: readonly ForeignLayer[];
  readonly shortcut: readonly ForeignLayer[];
};

export type ForeignModel = {
  readonly inputLength: number;
  readonly outputs: number;
  readonly loss: string;
  readonly layers: readonly ForeignLayer[];
  readonly vectorLength: number;
};

export const lengthOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const pairOf = (pair: Pair): readonly [number, number] =>
  typeof pair === 'number' ? [pair, pair] : pair;

export function readModel({ input, layers, loss }: ModelJson): ForeignModel {
  const counter = { layers: 0 };
  const placed = chainOf(layers, input, [], counter);
  const all = withMembers(placed).flatMap(({ tensors }) => tensors);
  const isRunning = ({ role }: Tensor): boolean => role.startsWith('running');
  let offset = 0;
  for (const tensor of [...all.filter((tensor) => !isRunning(tensor)), ...all.filter(isRunning)]) {
    tensor.offset = offset;
    offset += tensor.length;
  }
  const outputs = lengthOf(placed.at(-1)?.to ?? []);
  return { inputLength: lengthOf(input), outputs, loss, layers: placed, vectorLength: offset };
}

/** Depth first: a block, its layers, its shortcut. */
function withMembers(layers: readonly ForeignLayer[]): ForeignLayer[] {
  return layers.flatMap((layer) => [layer, ...withMembers(layer.layers), ...withMembers(layer.shortcut)]);
}

function chainOf(
  layers: readonly LayerJson[],
  input: readonly number[],
  behind: readonly LayerJson[],
  counter: { layers: number },
): ForeignLayer[] {
  const placed: ForeignLayer[] = [];
  let from = input;
  layers.forEach((json, i) => {
    counter.layers += 1;
    const number = counter.layers;
    const following = [...layers.slice(i + 1), ...behind];
    const members = json.type === 'residual' ? chainOf(json.layers ?? [], from, following, counter) : [];
    const shortcut = json.type === 'residual' ? chainOf(json.shortcut ?? [], from, following, counter) : [];
    const to = members.at(-1)?.to ?? outputShape(json, from);
    const tensors = tensorsOf(json, from, to, following);
    placed.push({ number, json, from, to, tensors, layers: members, shortcut });
    from = to;
  });
  return placed;
}

function outputShape(json: LayerJson, from: readonly number[]): readonly number[] {
  const [channels = 0, height = 0, width = 0] = from;
  const windows = (window: Pair, stride: Pair, padding: Pair): [number, number] => {
    const [wy, wx] = pairOf(window);
    const [sy, sx] = pairOf(stride);
    const [py, px] = pairOf(padding);
    return [Math.floor((height + 2 * py - wy) / sy) + 1, Math.floor((width + 2 * px - wx) / sx) + 1];
  };
  switch (json.type) {
    case 'dense':
      return [json.units ?? 0];
    case 'conv2d':
      return [json.filters ?? 0, ...windows(json.kernel ?? 0, json.stride ?? 1, json.padding ?? 0)];
    case 'max_pool2d':
    case 'avg_pool2d':
      return [channels, ...windows(json.size ?? 0, json.stride ?? json.size ?? 0, 0)];
    case 'global_avg_pool2d':
      return [channels];
    case 'flatten':
      return [lengthOf(from)];
    default:
      return from;
  }
}

function tensorsOf(
  json: LayerJson,
  from: readonly number[],
  to: readonly number[],
  following: readonly LayerJson[],
): Tensor[] {
  const tensor = (role: Role, length: number, start: Start): Tensor => ({ role, length, start, offset: 0 });
  const zero = { constant: 0 };
  const one = { constant: 1 };
  const [features = 0] = from;
  const [outputs = 0] = to;
  switch (json.type) {
    case 'dense':
    case 'conv2d': {
      const area = json.type === 'conv2d' ? lengthOf(pairOf(json.kernel ?? 0)) : 1;
      const [fanIn, fanOut] = [features * area, outputs * area];
      const drawn = { limit: limitOf(json.initializer ?? chosenFor(following), fanIn, fanOut) };
      const start = json.weights === undefined ? drawn : { values: json.weights.flat() };
      const weight = tensor('weight', outputs * fanIn, start);
      if (json.bias === false) return [weight];
      return [weight, tensor('bias', outputs, json.biases === undefined ? zero : { values: json.biases })];
    }
    case 'batch_norm':
      return [
        tensor('scale', features, one),
        tensor('shift', features, zero),
        tensor('running_mean', features, zero),
        tensor('running_var', features, one),
      ];
    case 'layer_norm':
      return [tensor('scale', lengthOf(from), one), tensor('shift', lengthOf(from), zero)];
    case 'prelu':
      return [tensor('slope', 1, { constant: json.slope ?? 0.25 })];
    default:
      return [];
  }
}

const PASSED_OVER = /^(batch_norm|layer_norm|dropout|flatten|max_pool2d|avg_pool2d|global_avg_pool2d)$/;
const RECTIFIERS = /^(relu|leaky_relu|prelu|gelu)$/;

/** The first layer that is not passed over decides; a residual block is no rectifier. */
function chosenFor(following: readonly LayerJson[]): Initializer {
  const next = following.find(({ type }) => !PASSED_OVER.test(type));
  return { type: next !== undefined && RECTIFIERS.test(next.type) ? 'he' : 'glorot' };
}

function limitOf(initializer: Initializer, fanIn: number, fanOut: number): number {
  switch (initializer.type) {
    case 'zeros':
      return 0;
    case 'uniform':
      return initializer.limit;
    case 'glorot':
      return Math.sqrt(6 / (fanIn + fanOut));
    case 'he':
      return Math.sqrt(6 / fanIn);
  }
}

/** Parameter version 0. */
export function initialVectorOf(model: ForeignModel, seed: number): Float32Array {
  const vector = new Float32Array(model.vectorLength);
  for (const { number, tensors } of withMembers(model.layers)) {
    for (const { role, length, start, offset } of tensors) {
      const values = vector.subarray(offset, offset + length);
      if ('values' in start) values.set(start.values);
      else if ('constant' in start) values.fill(start.constant);
      else if (start.limit > 0) {
        let block: number[] = [];
        for (let i = 0; i < length; i += 1) {
          if (i % 4 === 0)
            block = threefryBlock([seed, 1, number, 0], [ROLES.indexOf(role), Math.floor(i / 4), 0, 0]);
          values[i] = (2 * ((block[i % 4] as number) / 4294967296) - 1) * start.limit;
        }
      }
    }
  }
  return vector;
}
