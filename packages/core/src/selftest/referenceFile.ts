/**
 * Reads a file of reference values: small models with what PyTorch computed for them, and optimizer trajectories.
 * Layouts are PyTorch's. Everything is checked here, and what does not fit is named in a sentence.
 */
import * as v from 'valibot';
import { reasonOf } from '../base/reason.ts';
import type { OptimizerSpec } from '../optim/specs.ts';

export class ReferenceFileError extends Error {
  override readonly name = 'ReferenceFileError';
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}

const numbers = v.custom<readonly number[]>(isNumbers, 'must be a list of finite numbers');

const integer = (least: number) =>
  v.pipe(
    v.number(`must be a whole number of at least ${least}`),
    v.integer(`must be a whole number of at least ${least}`),
    v.minValue(least, `must be a whole number of at least ${least}`),
  );

const pair = (least: number) =>
  v.union(
    [integer(least), v.tuple([integer(least), integer(least)])],
    `must be a whole number of at least ${least} or a pair [height, width] of such`,
  );

const tensor = v.pipe(
  v.object({ shape: v.array(integer(1)), data: numbers }),
  v.check(
    ({ shape, data }) => shape.reduce((product, extent) => product * extent, 1) === data.length,
    ({ input }) => `has ${input.data.length} values, which do not fill its shape [${input.shape.join(', ')}]`,
  ),
);

const positive = v.pipe(v.number('must be a number above 0'), v.gtValue(0, 'must be a number above 0'));
const number = v.number('must be a number');

const normFields = {
  features: v.optional(v.union([integer(1), v.array(integer(1))])),
  eps: v.optional(positive),
  weight: v.optional(tensor),
  bias: v.optional(tensor),
};

const pool = <T extends 'max_pool2d' | 'avg_pool2d'>(type: T) =>
  v.strictObject({ type: v.literal(type), size: pair(1), stride: v.optional(pair(1)) });

const batchNorm = <T extends 'batch_norm' | 'batch_norm1d' | 'batch_norm2d'>(type: T) =>
  v.strictObject({ type: v.literal(type), momentum: v.optional(number), ...normFields });

const plain = <
  T extends 'global_avg_pool2d' | 'flatten' | 'step' | 'sigmoid' | 'tanh' | 'relu' | 'gelu' | 'softmax',
>(
  type: T,
) => v.strictObject({ type: v.literal(type) });

const layer = v.variant(
  'type',
  [
    v.strictObject({
      type: v.literal('dense'),
      inputs: v.optional(integer(1)),
      units: integer(1),
      weight: tensor,
      bias: v.optional(tensor),
    }),
    v.strictObject({
      type: v.literal('conv2d'),
      channels: v.optional(integer(1)),
      filters: integer(1),
      kernel: pair(1),
      stride: v.optional(pair(1)),
      padding: v.optional(pair(0)),
      weight: tensor,
      bias: v.optional(tensor),
    }),
    pool('max_pool2d'),
    pool('avg_pool2d'),
    plain('global_avg_pool2d'),
    plain('flatten'),
    batchNorm('batch_norm'),
    batchNorm('batch_norm1d'),
    batchNorm('batch_norm2d'),
    v.strictObject({ type: v.literal('layer_norm'), ...normFields }),
    plain('step'),
    plain('sigmoid'),
    plain('tanh'),
    plain('relu'),
    plain('gelu'),
    plain('softmax'),
    v.strictObject({ type: v.literal('leaky_relu'), slope: v.optional(number) }),
    v.strictObject({ type: v.literal('prelu'), weight: tensor }),
  ],
  (issue) => `unknown layer type ${issue.received}: known are ${issue.expected}`,
);

const model = v.object({
  name: v.string('must be a text'),
  layers: v.pipe(v.array(layer), v.minLength(1, 'must have at least one layer')),
  input: tensor,
  labels: v.array(integer(0)),
  loss: v.picklist(['cross_entropy', 'mse'], 'must be cross_entropy or mse'),
  expect: v.object({
    output: tensor,
    loss: number,
    grads: v.array(v.object({ layer: integer(0), weight: v.optional(tensor), bias: v.optional(tensor) })),
    inputGrad: v.optional(tensor),
  }),
});

const weightDecay = v.optional(number, 0);

const withMomentum = <T extends 'momentum' | 'nesterov'>(optimizer: T) =>
  v.strictObject({ optimizer: v.literal(optimizer), lr: number, momentum: number, weightDecay });

const adam = <T extends 'adam' | 'adamw'>(optimizer: T) =>
  v.strictObject({
    optimizer: v.literal(optimizer),
    lr: number,
    beta1: v.optional(number, 0.9),
    beta2: v.optional(number, 0.999),
    epsilon: v.optional(number, 1e-8),
    weightDecay,
  });

const settings = v.variant(
  'optimizer',
  [
    v.strictObject({ optimizer: v.literal('sgd'), lr: number, weightDecay }),
    withMomentum('momentum'),
    withMomentum('nesterov'),
    v.strictObject({
      optimizer: v.literal('adagrad'),
      lr: number,
      epsilon: v.optional(number, 1e-10),
      weightDecay,
    }),
    v.strictObject({
      optimizer: v.literal('rmsprop'),
      lr: number,
      decay: v.optional(number, 0.99),
      epsilon: v.optional(number, 1e-8),
      weightDecay,
    }),
    adam('adam'),
    adam('adamw'),
  ],
  (issue) => `unknown optimizer ${issue.received}: known are ${issue.expected}`,
);

const trajectory = v.pipe(
  v.object({
    name: v.string('must be a text'),
    settings,
    params: tensor,
    /** One gradient a step. */
    grads: v.pipe(v.array(numbers), v.minLength(1, 'must have at least one step')),
    /** Parameters after each step. */
    expect: v.array(numbers),
  }),
  v.check(({ grads, expect }) => grads.length === expect.length, 'must have as many grads as expect'),
  v.check(
    ({ params, grads, expect }) =>
      [...grads, ...expect].every((values) => values.length === params.data.length),
    'must have grads and expect as long as params',
  ),
);

export type ReferenceTensor = v.InferOutput<typeof tensor>;
export type ReferenceLayer = v.InferOutput<typeof layer>;
export type ReferenceModel = v.InferOutput<typeof model>;
export type ReferenceTrajectory = Omit<v.InferOutput<typeof trajectory>, 'settings'> & {
  readonly optimizer: OptimizerSpec;
};

export type ReferenceFile = {
  readonly models: readonly ReferenceModel[];
  readonly optimizers: readonly ReferenceTrajectory[];
};

/**
 * Parses the text of a reference file.
 * @throws ReferenceFileError with a sentence that names the case and the field.
 */
export function parseReferenceFile(text: string): ReferenceFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ReferenceFileError(`the reference file is not JSON (${reasonOf(error)}): is it truncated?`);
  }
  const frame = v.safeParse(
    v.object({
      models: v.optional(v.array(v.unknown()), []),
      optimizers: v.optional(v.array(v.unknown()), []),
    }),
    json,
  );
  if (!frame.success || frame.output.models.length + frame.output.optimizers.length === 0) {
    throw new ReferenceFileError(
      'the reference file has no cases: it must be an object with a list "models", a list "optimizers", or both',
    );
  }
  return {
    models: frame.output.models.map((value, index) => parse(model, value, 'model', index)),
    optimizers: frame.output.optimizers.map((value, index) => {
      const { settings: given, ...rest } = parse(trajectory, value, 'optimizer', index);
      const { optimizer, ...fields } = given;
      return { ...rest, optimizer: { type: optimizer, ...fields } as OptimizerSpec };
    }),
  };
}

function parse<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  kind: string,
  index: number,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name =
    typeof value === 'object' && value !== null && 'name' in value ? ` ${JSON.stringify(value.name)}` : '';
  const path = v.getDotPath(issue);
  const what =
    issue.type === 'strict_object' && issue.expected === 'never' ? 'is not a known field' : sentence(issue);
  throw new ReferenceFileError(
    `${kind} ${index + 1}${name} of the reference file: ${path === null ? 'it' : path} ${what}`,
  );
}

function sentence(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'is missing';
  return issue.message.startsWith('Invalid') ? `is ${issue.received}, not ${issue.expected}` : issue.message;
}
