/** TensorFlow.js: gradients a second of a reference model. SHOAL_TFJS names the folder that it is installed in. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { answer, callsPerSecond } from './answer.mjs';

const require = createRequire(join(process.env.SHOAL_TFJS ?? '.', 'package.json'));
const tf = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');
const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
wasm.setWasmPaths(wasmFolder + sep);
wasm.setThreadsCount(1);

const { dense, conv2d, maxPooling2d, flatten } = tf.layers;
const MODELS = {
  'mnist-mlp': () => [
    flatten({ inputShape: [28, 28, 1] }),
    dense({ units: 512, activation: 'relu' }),
    dense({ units: 512, activation: 'relu' }),
    dense({ units: 10 }),
  ],
  'mnist-cnn': () => [
    conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 10 }),
  ],
};

await answer(async ({ engine: backend, model: name, microbatch, seconds }) => {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  const model = tf.sequential({ layers: MODELS[name]() });
  const x = tf.randomUniform([microbatch, 28, 28, 1]);
  const y = tf.oneHot(tf.range(0, microbatch).toInt().mod(tf.scalar(10, 'int32')), 10);
  const variables = model.trainableWeights.map((weight) => weight.val);
  try {
    const calls = await callsPerSecond(seconds, async () => {
      const { value, grads } = tf.variableGrads(
        () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })),
        variables,
      );
      // Reading one gradient waits for all: kernels run in order.
      value.dataSync();
      for (const gradient of Object.values(grads)) gradient.dispose();
      value.dispose();
    });
    return { samplesPerSecond: calls * microbatch, version: tf.version.tfjs };
  } finally {
    model.dispose();
    x.dispose();
    y.dispose();
  }
});
