/** A model for people: one line for each layer with its shape and parameters, and the arithmetic that a sample costs. */
import { counted } from '../text/counted.ts';
import type { Layer, Model } from './model.ts';
import { shapeText } from './modelError.ts';
import { productFlops } from './productFlops.ts';
import { tensorsOf } from './walk.ts';

export type LayerSummary = {
  readonly name: string;
  readonly outputShape: readonly number[];
  /** Values of the layer's own tensors, running values included; those of members count for themselves. */
  readonly parameters: number;
  /** 0 at the top, one more in each residual block. */
  readonly depth: number;
};

export type ModelSummary = {
  readonly layers: readonly LayerSummary[];
  /** Length of the flat vector, running values included. */
  readonly parameters: number;
  readonly trainable: number;
  /** Floating-point operations of one sample, forward and backward; see `flopsPerSample`. */
  readonly flops: number;
};

export function summarizeModel(model: Model): ModelSummary {
  return {
    layers: summarizeLayers(model.layers, 0),
    parameters: model.vectorLength,
    trainable: model.trainableLength,
    flops: flopsPerSample(model),
  };
}

function summarizeLayers(layers: readonly Layer[], depth: number): LayerSummary[] {
  return layers.flatMap((layer) => {
    const parameters = tensorsOf(layer).reduce((sum, tensor) => sum + tensor.length, 0);
    const own = { name: layer.name, outputShape: layer.outputShape, parameters, depth };
    if (layer.type !== 'residual') return [own];
    return [own, ...summarizeLayers(layer.layers, depth + 1), ...summarizeLayers(layer.shortcut, depth + 1)];
  });
}

/** Floating-point operations of one sample, forward and backward, as `productFlops` counts them. */
export function flopsPerSample(model: Model): number {
  return productFlops(model).reduce(
    (sum, { forward, weightGradient, inputGradient }) => sum + forward + weightGradient + inputGradient,
    0,
  );
}

/** The summary as lines of text: layer, output shape, parameters. */
export function describeModel(model: Model): string {
  const { layers, parameters, flops } = summarizeModel(model);
  const rows = [
    ['input', shapeText(model.inputShape), ''],
    ...layers.map((layer) => [
      '  '.repeat(layer.depth) + layer.name,
      shapeText(layer.outputShape),
      String(layer.parameters),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map(([name = '', shape = '', count = '']) =>
    `${name.padEnd(widths[0] ?? 0)}  ${shape.padEnd(widths[1] ?? 0)}  ${count.padStart(widths[2] ?? 0)}`.trimEnd(),
  );
  const megaflops = Math.round(flops / 10_000) / 100;
  return [
    ...lines,
    `${counted(parameters, 'parameter')}, ${megaflops} MFLOP a sample (loss: ${model.loss})`,
  ].join('\n');
}
