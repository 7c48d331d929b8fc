/** A trained model as an ONNX file: its layers as operators, its parameters as constants, in inference mode. */
import type { DataSetInfo } from '../data/dataSet.ts';
import type { TablePreparation } from '../data/preparation.ts';
import { byType, type LayerTable } from '../nn/byType.ts';
import type { Layer, Model, TensorInfo } from '../nn/model.ts';
import { givesProbabilities } from '../train/vote.ts';
import { OnnxGraph } from './onnxGraph.ts';

export type OnnxOptions = {
  /** What the model was trained on; null where nobody knows. */
  readonly dataSet: DataSetInfo | null;
  /**
   * Takes what was stored rather than what the model sees: `pixels`, bytes of 0 to 255, or `row`, the columns of the table as
   * numbers, where a category is its place in the list (−1 for none) and NaN stands for a missing number.
   */
  readonly prepares: boolean;
};

/**
 * The file's input is `input`, [N, …model.input] float32 (or `pixels` or `row`); its outputs are `output`, the last layer's,
 * [N, outputs], and `probabilities`, [N, classes], where the outputs stand for such, or `prediction`, [N, 1], in the
 * label's own unit. @throws RangeError when `parameters` is not [vectorLength]
 */
export function exportOnnx(
  model: Model,
  parameters: Float32Array,
  { dataSet, prepares }: OnnxOptions,
): Uint8Array<ArrayBuffer> {
  if (parameters.length !== model.vectorLength) {
    throw new RangeError(
      `The model has ${model.vectorLength} parameters, but was given ${parameters.length}.`,
    );
  }
  const graph = new OnnxGraph();
  const context: Context = {
    graph,
    tensor: ({ name, shape, offset, length }, as = shape) =>
      graph.value(name, as, parameters.slice(offset, offset + length)),
  };
  const x = prepares ? preparedInput(graph, model, dataSet) : plainInput(graph, model);
  const last = chain(model.layers, x, context);
  const z = graph.node('Identity', [last], {}, 'output');
  graph.output('output', [model.outputs]);
  head(graph, model, z, dataSet);
  return graph.finish('model', {
    model: JSON.stringify(model.spec),
    ...(dataSet !== null && { dataSet: JSON.stringify(dataSet) }),
  });
}

type Context = {
  readonly graph: OnnxGraph;
  /** A tensor of the model as a constant, in another shape of as many elements where one is given. */
  readonly tensor: (info: TensorInfo, as?: readonly number[]) => string;
};

function plainInput(graph: OnnxGraph, { inputShape }: Model): string {
  graph.input('input', 'float', inputShape);
  return 'input';
}

function preparedInput(graph: OnnxGraph, model: Model, dataSet: DataSetInfo | null): string {
  if (dataSet?.preparation !== undefined) return preparedRow(graph, dataSet.preparation);
  graph.input('pixels', 'uint8', model.inputShape);
  const floats = graph.node('Cast', ['pixels'], { to: { int: 1 } });
  return graph.node('Div', [floats, graph.number(255)]);
}

/** Each column by itself, then side by side. */
function preparedRow(graph: OnnxGraph, { columns }: TablePreparation): string {
  graph.input('row', 'float', [columns.length]);
  const prepared = columns.map((column, i) => {
    const place = graph.value(`place_${i}`, [1], BigInt64Array.of(BigInt(i)));
    const cell = graph.node('Gather', ['row', place], { axis: { int: 1 } });
    if (column.type === 'category') {
      const { length } = column.categories;
      const places = graph.value(
        `categories_${length}`,
        [length],
        Float32Array.from({ length }, (_, k) => k),
      );
      return graph.node('Cast', [graph.node('Equal', [cell, places])], { to: { int: 1 } });
    }
    const isMissing = graph.node('IsNaN', [cell]);
    const mean = graph.number(column.mean);
    const known = graph.node('Where', [isMissing, mean, cell]);
    return graph.node('Div', [graph.node('Sub', [known, mean]), graph.number(column.deviation)]);
  });
  return graph.node('Concat', prepared, { axis: { int: 1 } });
}

/** What the outputs mean. */
function head(graph: OnnxGraph, model: Model, z: string, dataSet: DataSetInfo | null): void {
  if (model.loss === 'squared_error') {
    const { mean, deviation } = dataSet?.target ?? { mean: 0, deviation: 1 };
    const scaled = graph.node('Mul', [z, graph.number(deviation)]);
    graph.node('Add', [scaled, graph.number(mean)], {}, 'prediction');
    graph.output('prediction', [1]);
    return;
  }
  if (!givesProbabilities(model)) return;
  if (model.outputs > 1) {
    if (model.loss === 'cross_entropy') graph.node('Softmax', [z], { axis: { int: 1 } }, 'probabilities');
    else graph.node('Identity', [z], {}, 'probabilities');
  } else {
    const one = model.loss === 'cross_entropy' ? graph.node('Sigmoid', [z]) : z;
    const other = graph.node('Sub', [graph.number(1), one]);
    graph.node('Concat', [other, one], { axis: { int: 1 } }, 'probabilities');
  }
  graph.output('probabilities', [Math.max(2, model.outputs)]);
}

const chain = (layers: readonly Layer[], x: string, context: Context): string =>
  layers.reduce((from, layer) => byType(OPERATORS, layer, from, context), x);

const plain =
  (operator: string) =>
  (_: Layer, x: string, { graph }: Context): string =>
    graph.node(operator, [x]);

const pool =
  (operator: string) =>
  (
    { size, stride }: { readonly size: readonly number[]; readonly stride: readonly number[] },
    x: string,
    { graph }: Context,
  ): string =>
    graph.node(operator, [x], { kernel_shape: { ints: size }, strides: { ints: stride } });

/** The operator of each type of layer, from the name of its input to that of its output. */
const OPERATORS: LayerTable<string, [x: string, context: Context]> = {
  dense: ({ weight, bias }, x, { graph, tensor }) =>
    graph.node('Gemm', [x, tensor(weight), ...(bias === null ? [] : [tensor(bias)])], { transB: { int: 1 } }),
  conv2d: ({ kernel, stride, padding, weight, bias }, x, { graph, tensor }) =>
    graph.node('Conv', [x, tensor(weight), ...(bias === null ? [] : [tensor(bias)])], {
      kernel_shape: { ints: kernel },
      strides: { ints: stride },
      pads: { ints: [...padding, ...padding] },
    }),
  max_pool2d: pool('MaxPool'),
  avg_pool2d: pool('AveragePool'),
  global_avg_pool2d: (_, x, { graph }) =>
    graph.node('Flatten', [graph.node('GlobalAveragePool', [x])], { axis: { int: 1 } }),
  flatten: (_, x, { graph }) => graph.node('Flatten', [x], { axis: { int: 1 } }),
  dropout: (_, x) => x,
  batch_norm: ({ epsilon, scale, shift, runningMean, runningVar }, x, { graph, tensor }) =>
    graph.node(
      'BatchNormalization',
      [x, ...[scale, shift, runningMean, runningVar].map((one) => tensor(one))],
      {
        epsilon: { float: epsilon },
      },
    ),
  layer_norm: ({ epsilon, scale, shift }, x, { graph, tensor }) =>
    graph.node('LayerNormalization', [x, tensor(scale), tensor(shift)], {
      axis: { int: 1 },
      epsilon: { float: epsilon },
    }),
  residual: ({ layers, shortcut }, x, context) =>
    context.graph.node('Add', [chain(layers, x, context), chain(shortcut, x, context)]),
  step: (_, x, { graph }) =>
    graph.node('Cast', [graph.node('GreaterOrEqual', [x, graph.number(0)])], { to: { int: 1 } }),
  sigmoid: plain('Sigmoid'),
  tanh: plain('Tanh'),
  relu: plain('Relu'),
  leaky_relu: ({ slope }, x, { graph }) => graph.node('LeakyRelu', [x], { alpha: { float: slope } }),
  prelu: ({ slope }, x, { graph, tensor }) => graph.node('PRelu', [x, tensor(slope)]),
  /** x/2 · (1 + erf(x/√2)): the operator Gelu came later. */
  gelu: (_, x, { graph }) => {
    const erf = graph.node('Erf', [graph.node('Mul', [x, graph.number(Math.SQRT1_2)])]);
    const sum = graph.node('Add', [erf, graph.number(1)]);
    return graph.node('Mul', [graph.node('Mul', [x, graph.number(0.5)]), sum]);
  },
  softmax: (_, x, { graph }) => graph.node('Softmax', [x], { axis: { int: 1 } }),
};
