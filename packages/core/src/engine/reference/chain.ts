/** Layers one after the other, and the residual block made of two such chains. */
import { byType, type LayerTable } from '../../nn/byType.ts';
import type { Layer, ResidualLayer } from '../../nn/model.ts';
import { lengthOf } from '../../nn/shapes.ts';
import { activationOperation, leakyReluOperation, preluOperation } from './activations.ts';
import { batchNormOperation } from './batchNorm.ts';
import { convolutionOperation } from './convolution.ts';
import { denseOperation } from './dense.ts';
import { dropoutOperation } from './dropout.ts';
import { layerNormOperation } from './layerNorm.ts';
import type { Operation, Pass } from './operation.ts';
import { averagePoolOperation, globalAveragePoolOperation, maxPoolOperation } from './pooling.ts';
import { softmaxOperation } from './softmax.ts';

/** forward: y = fₙ(… f₁(x)); backward: the chain rule, from the last layer to the one at `trainedFrom`. */
export function chainOperation(layers: readonly Layer[], microbatch: number, trainedFrom = 0): Operation {
  const operations = layers.map((layer) => operationOf(layer, microbatch));
  /** What went into each layer in the latest forward pass. */
  const inputs: Float64Array[] = [];

  return {
    forward(x: Float64Array, pass: Pass): Float64Array {
      let value = x;
      operations.forEach((operation, index) => {
        inputs[index] = value;
        value = operation.forward(value, pass);
      });
      return value;
    },

    backward(_x: Float64Array, dy: Float64Array, pass: Pass): Float64Array {
      let slope = dy;
      for (let index = operations.length - 1; index >= trainedFrom; index -= 1) {
        slope = operations[index].backward(inputs[index], slope, pass);
      }
      return slope;
    },
  };
}

function operationOf(layer: Layer, microbatch: number): Operation {
  return byType(OPERATIONS, layer, microbatch);
}

/** The same numbers under another shape: y = x, dx = dy. */
const FLATTEN: Operation = {
  forward: (x) => x,
  backward: (_x, dy) => dy,
};

/**
 * forward   y = layers(x) + shortcut(x), with shortcut(x) = x when it has no layers
 * backward  dx = what dy gives through the layers + what it gives through the shortcut
 */
function residualOperation(layer: ResidualLayer, microbatch: number): Operation {
  const main = chainOperation(layer.layers, microbatch);
  const side = chainOperation(layer.shortcut, microbatch);
  const inputLength = lengthOf(layer.inputShape);
  const outputLength = lengthOf(layer.outputShape);
  const y = new Float64Array(microbatch * outputLength);
  const dx = new Float64Array(microbatch * inputLength);

  return {
    forward(x: Float64Array, pass: Pass): Float64Array {
      const left = main.forward(x, pass);
      const right = side.forward(x, pass);
      for (let i = 0; i < pass.count * outputLength; i += 1) y[i] = left[i] + right[i];
      return y;
    },

    backward(x: Float64Array, dy: Float64Array, pass: Pass): Float64Array {
      const left = main.backward(x, dy, pass);
      const right = side.backward(x, dy, pass);
      for (let i = 0; i < pass.count * inputLength; i += 1) dx[i] = left[i] + right[i];
      return dx;
    },
  };
}

const OPERATIONS: LayerTable<Operation, [microbatch: number]> = {
  dense: denseOperation,
  conv2d: convolutionOperation,
  max_pool2d: maxPoolOperation,
  avg_pool2d: averagePoolOperation,
  global_avg_pool2d: globalAveragePoolOperation,
  flatten: () => FLATTEN,
  dropout: dropoutOperation,
  batch_norm: batchNormOperation,
  layer_norm: layerNormOperation,
  residual: residualOperation,
  step: activationOperation,
  sigmoid: activationOperation,
  tanh: activationOperation,
  relu: activationOperation,
  leaky_relu: leakyReluOperation,
  prelu: preluOperation,
  gelu: activationOperation,
  softmax: softmaxOperation,
};
