/** A trained model as a Python program: `model.py` builds the module in PyTorch and loads the safetensors file beside it. */
import type { DataSetInfo } from '../data/dataSet.ts';
import { byType, type LayerTable } from '../nn/byType.ts';
import type { Layer, Model } from '../nn/model.ts';
import { allLayers } from '../nn/walk.ts';
import { givesProbabilities } from '../train/vote.ts';

/** How a number is written so that Python reads the same one. */
const py = (value: unknown): string =>
  value === null || value === undefined
    ? 'None'
    : typeof value === 'boolean'
      ? value
        ? 'True'
        : 'False'
      : Array.isArray(value)
        ? `(${value.map(py).join(', ')}${value.length === 1 ? ',' : ''})`
        : typeof value === 'object'
          ? `{${Object.entries(value)
              .map(([key, one]) => `${JSON.stringify(key)}: ${py(one)}`)
              .join(', ')}}`
          : JSON.stringify(value);

const none = (): null => null;

/** The module that holds a layer's parameters, or null for one that has none and is a function. */
const MODULES: LayerTable<string | null> = {
  dense: ({ inputs, units, bias }) => `nn.Linear(${inputs}, ${units}, bias=${py(bias !== null)})`,
  conv2d: ({ inputShape, outputShape, kernel, stride, padding, bias }) =>
    `nn.Conv2d(${inputShape[0]}, ${outputShape[0]}, ${py(kernel)}, stride=${py(stride)}, padding=${py(padding)}, bias=${py(bias !== null)})`,
  max_pool2d: ({ size, stride }) => `nn.MaxPool2d(${py(size)}, stride=${py(stride)})`,
  avg_pool2d: ({ size, stride }) => `nn.AvgPool2d(${py(size)}, stride=${py(stride)})`,
  global_avg_pool2d: none,
  flatten: none,
  dropout: ({ rate }) => `nn.Dropout(${rate})`,
  batch_norm: ({ inputShape, features, epsilon, momentum }) =>
    `nn.BatchNorm${inputShape.length === 3 ? '2d' : '1d'}(${features}, eps=${epsilon}, momentum=${momentum})`,
  layer_norm: ({ inputShape, epsilon }) => `nn.LayerNorm(${py(inputShape)}, eps=${epsilon})`,
  residual: none,
  step: none,
  sigmoid: none,
  tanh: none,
  relu: none,
  leaky_relu: none,
  prelu: () => 'nn.PReLU()',
  gelu: none,
  softmax: none,
};

type Lines = string[];

const through = (layer: Layer, x: string): string => `self.${layer.name}(${x})`;

/** An expression for the layer's output; a residual block writes lines of its own before. */
const EXPRESSIONS: LayerTable<string, [x: string, lines: Lines]> = {
  dense: through,
  conv2d: through,
  max_pool2d: through,
  avg_pool2d: through,
  global_avg_pool2d: (_, x) => `${x}.mean(dim=(2, 3))`,
  flatten: (_, x) => `${x}.flatten(1)`,
  dropout: through,
  batch_norm: through,
  layer_norm: through,
  residual: ({ name, layers, shortcut }, x, lines) => {
    const start = `${name}_x`;
    lines.push(`${start} = ${x}`);
    const main = forwardLines(layers, start, lines, `${name}_y`);
    const side = forwardLines(shortcut, start, lines, `${name}_z`);
    return `${main} + ${side}`;
  },
  step: (_, x) => `(${x} >= 0).to(${x}.dtype)`,
  sigmoid: (_, x) => `torch.sigmoid(${x})`,
  tanh: (_, x) => `torch.tanh(${x})`,
  relu: (_, x) => `torch.relu(${x})`,
  leaky_relu: ({ slope }, x) => `nn.functional.leaky_relu(${x}, ${slope})`,
  prelu: through,
  gelu: (_, x) => `nn.functional.gelu(${x})`,
  softmax: (_, x) => `torch.softmax(${x}, dim=1)`,
};

/** Assignments to `to`, one for each layer. @returns the name that holds the last output */
function forwardLines(layers: readonly Layer[], x: string, lines: Lines, to: string): string {
  let from = x;
  for (const layer of layers) {
    lines.push(`${to} = ${byType(EXPRESSIONS, layer, from, lines)}`);
    from = to;
  }
  return from;
}

/** What PyTorch calls the tensors that have another name here. */
const RENAMED = { scale: 'weight', shift: 'bias', slope: 'weight' };

/** The text of `model.py`, for parameters in `weights`, a file beside it. */
export function exportPyTorch(model: Model, dataSet: DataSetInfo | null, weights: string): string {
  const modules = allLayers(model.layers).flatMap((layer) => {
    const made = byType(MODULES, layer);
    return made === null ? [] : [`        self.${layer.name} = ${made}`];
  });
  const lines: Lines = [];
  const last = forwardLines(model.layers, 'x', lines, 'x');
  return `"""A model that Shoal has trained, for PyTorch.

    from model import load, probabilities
    model = load()                      # reads ${weights} beside this file
    model(inputs)                       # [N${model.inputShape.map((extent) => `, ${extent}`).join('')}] float32 -> [N, ${model.outputs}]
"""
import json
import pathlib
import struct

import torch
from torch import nn

INPUT = ${py(model.inputShape)}
CLASSES = ${py(dataSet?.classNames ?? null)}
${scaleText(model, dataSet)}${preparationText(dataSet)}

class Model(nn.Module):
    def __init__(self):
        super().__init__()
${modules.length === 0 ? '        pass' : modules.join('\n')}

    def forward(self, x):
${lines.map((line) => `        ${line}`).join('\n')}
        return ${last}


def probabilities(outputs):
    """What the outputs of the last layer stand for: ${meaningText(model)}."""
${headText(model)}


def _read_safetensors(path):
    """Names, shapes and values of a safetensors file of float32, without another package."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = bytearray(data[8 + length + begin : 8 + length + end])
        tensors[name] = torch.frombuffer(values, dtype=torch.float32).reshape(entry["shape"])
    return tensors


def load(path=None):
    """The model with its parameters, in inference mode."""
    renamed = ${py(RENAMED)}
    state = {}
    for name, tensor in _read_safetensors(path or pathlib.Path(__file__).with_name(${JSON.stringify(weights)})).items():
        layer, role = name.split(".")
        state[f"{layer}.{renamed.get(role, role)}"] = tensor
    model = Model()
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"The file has other tensors than the model: missing {missing}, unexpected {unexpected}.")
    return model.eval()
`;
}

function preparationText(dataSet: DataSetInfo | null): string {
  if (dataSet?.preparation !== undefined) {
    return `LABEL = ${py(dataSet.preparation.label)}
COLUMNS = ${py(dataSet.preparation.columns)}


def prepare(row):
    """The inputs of one row, a dict by column: numbers standardised, categories one-hot."""
    values = []
    for column in COLUMNS:
        cell = row.get(column["name"])
        if column["type"] == "category":
            values += [1.0 if cell == one else 0.0 for one in column["categories"]]
        else:
            values.append(0.0 if cell is None else (cell - column["mean"]) / column["deviation"])
    return torch.tensor([values], dtype=torch.float32)

`;
  }
  return `

def prepare(pixels):
    """The inputs of pictures in bytes of 0 to 255, [N${dataSet === null ? ', ...' : dataSet.shape.map((one) => `, ${one}`).join('')}]."""
    return pixels.to(torch.float32) / 255

`;
}

const scaleText = (model: Model, dataSet: DataSetInfo | null): string =>
  model.loss === 'squared_error'
    ? `MEAN = ${py(dataSet?.target?.mean ?? 0)}\nDEVIATION = ${py(dataSet?.target?.deviation ?? 1)}\n`
    : '';

const meaningText = (model: Model): string =>
  model.loss === 'squared_error'
    ? 'the number that is predicted, in its own unit'
    : givesProbabilities(model)
      ? 'class probabilities, [N, classes]'
      : 'scores, the largest of which decides';

function headText(model: Model): string {
  if (model.loss === 'squared_error') return '    return outputs * DEVIATION + MEAN';
  if (!givesProbabilities(model)) return '    return outputs';
  if (model.outputs > 1) {
    return model.loss === 'cross_entropy' ? '    return torch.softmax(outputs, dim=1)' : '    return outputs';
  }
  const one = model.loss === 'cross_entropy' ? 'torch.sigmoid(outputs)' : 'outputs';
  return `    one = ${one}\n    return torch.cat((1 - one, one), dim=1)`;
}
