/** A model as the command line shows it: a line for each layer, in English. */
import type { Model } from '../../nn/model.ts';
import { shapeText } from '../../nn/shapeText.ts';
import { summarizeModel } from '../../nn/summary.ts';

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
  return [...lines, `${parameters} parameters, ${megaflops} MFLOP a sample (loss: ${model.loss})`].join('\n');
}
