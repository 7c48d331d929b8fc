/**
 * What a graphics card does: whether the engine is right there, gradients a second beside PyTorch in CUDA, where the time goes, and
 * whole trainings through a cluster with one worker. One JSON line for each figure; `--trial` is short and for machines without a card.
 * Ends with 1 and a sentence where there is nothing to measure.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as core from '@shoal/core';
import { enableRelaxedSimd, findGpu, gpuOfEnvironment, nodeEngines } from '@shoal/worker';
import { fewDigits } from './fewDigits.mjs';
import { CLI, cardTraining } from './training.mjs';

const trial = process.argv.includes('--trial');
const HERE = dirname(fileURLToPath(import.meta.url));
const MODELS = ['mnist-mlp', 'mnist-cnn'];
const BATCHES = trial ? [16] : [64, 256, 1024, 4096, 16384];
const SECONDS = 1;
const BATCH = 256;
const EPOCHS = trial ? 1 : 4;
/** Images that are learned, and held back, in a trial. */
const [LEARNED, HELD_BACK] = [128, 64];
const LOCAL_STEPS = 32;
/** A processor that plays a card compiles for minutes. */
const PATIENCE_MS = trial ? 240_000 : 120_000;
const say = (line) => console.log(JSON.stringify(line));
const note = (message) => say({ type: 'note', message });

/** How far the gradients of unlike engines lie from those of the reference engine, by the rule of the conformance suite. */
async function check(device, halved) {
  const half = { ...core.webgpuEngineOf(halved), name: 'webgpu, factors in float16' };
  const engines = [core.webgpuEngineOf(device), half, ...(await nodeEngines())];
  for (const name of MODELS) {
    const model = core.compileModel(core.findPreset(name).model);
    const wanted = await gradientBy(core.referenceEngine, model);
    for (const engine of engines) {
      if (engine.name === core.referenceEngine.name) continue;
      const largestRelativeError = largestError(model, await gradientBy(engine, model), wanted);
      say({ type: 'error', model: name, engine: engine.name, largestRelativeError });
    }
  }
}

/** A device whose products round both factors to float16, as hardware for it takes them, and add in float32. */
async function halvedDevice() {
  // An adapter gives one device.
  const { adapter } = await findGpu(gpuOfEnvironment());
  const device = await core.openGpuDevice(adapter);
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = ({ code }) =>
    create({ code: code.replace(/(fn [ab]_load\(.*?\{ return )(.*); \}/g, '$1quantizeToF16($2); }') });
  return device;
}

async function gradientBy(engine, model) {
  const executor = await engine.compile(model, { microbatch: 16, inputGradient: false, vectors: 0 });
  executor.parameters.set(core.initialParameters(model, 1));
  executor.parametersChanged();
  executor.inputs.forEach((_, i) => {
    executor.inputs[i] = ((i * 37) % 256) / 255;
  });
  executor.targets.forEach((_, i) => {
    executor.targets[i] = i % 10;
  });
  await executor.computeGradient(16, { seed: 1, epoch: 0 });
  return executor.gradient.slice();
}

/** Against the largest value of its tensor, or a hundredth of the gradient's where that is more. */
function largestError(model, got, wanted) {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 100;
  let worst = 0;
  for (const { offset, length } of model.tensors) {
    const part = wanted.subarray(offset, offset + length);
    const most = part.reduce((largest, value) => Math.max(largest, Math.abs(value)), scale);
    part.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(got[offset + i] - value) / most);
    });
  }
  return worst;
}

function bench() {
  const args = ['bench', 'engine', '--engine', 'webgpu', '--json', '--seconds', String(SECONDS)];
  const sizes = [...MODELS.flatMap((model) => ['--model', model]), '--microbatch', BATCHES.join(',')];
  if (!pass(process.execPath, [CLI, ...args, ...sizes])) note('The engine could not be measured to the end.');
}

function torch(args) {
  const words = [join(HERE, 'torch_cuda.py'), ...args, ...(trial ? ['--trial'] : [])];
  return pass(process.env.SHOAL_PYTHON ?? 'python3', words);
}

/** Hands on the lines of a program. @returns whether it came to its end */
function pass(command, args) {
  const { stdout, status } = spawnSync(command, args, {
    ...{ encoding: 'utf8', timeout: PATIENCE_MS, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  for (const line of (stdout ?? '').split('\n').filter((one) => one.startsWith('{'))) console.log(line);
  return status === 0;
}

/** The same network by the same rule: PyTorch first, then a run whose only worker is on the card, without and with local steps. */
async function trainings(data) {
  const few = trial ? { 'data.validation': HELD_BACK } : {};
  const batch = trial ? 64 : BATCH;
  for (const preset of MODELS) {
    const { lr } = core.findPreset(preset).optimizer;
    const own = ['--model', preset, '--epochs', EPOCHS, '--batch', batch, '--rate', lr, '--data', data];
    const held = trial ? ['--validation', HELD_BACK] : [];
    if (!torch(['train', ...own, ...held].map(String))) note(`PyTorch has not trained ${preset}.`);
    for (const localSteps of [1, trial ? 2 : LOCAL_STEPS]) {
      // Rounds of unlike engines lie too far apart for spot checks, and there is but one worker.
      const rounds = { steps: `{"type":"localSteps","replicas":1,"localSteps":${localSteps}}` };
      const steps = localSteps === 1 ? {} : { ...rounds, 'trust.spotCheck': 0 };
      const settings = { batch, epochs: EPOCHS, ...few, ...steps };
      const trained = await cardTraining(preset, { settings, data, timeoutMs: PATIENCE_MS });
      say({ type: 'training', model: preset, batch, epochs: EPOCHS, localSteps, ...trained });
    }
  }
}

enableRelaxedSimd();
const search = await findGpu(gpuOfEnvironment());
if (!search.found) {
  console.error(search.reason);
  process.exit(1);
}
if (!trial && core.isPlayedGpu(search.adapter)) {
  console.error(
    `No graphics card: only a processor plays one here (${search.description}); --trial tries that.`,
  );
  process.exit(1);
}
say({ type: 'device', description: search.description });
const [device, halved] = [await core.openGpuDevice(search.adapter), await halvedDevice()];
await check(device, halved);
device.destroy();
halved.destroy();
bench();
const sizes = ['--models', MODELS.join(','), '--batches', BATCHES.join(','), '--seconds', String(SECONDS)];
if (!torch(['rates', ...sizes])) note('PyTorch in CUDA could not be measured to the end.');
const data = process.env.SHOAL_DATA_DIR;
if (trial) {
  const few = fewDigits({ train: LEARNED + HELD_BACK, test: HELD_BACK });
  await trainings(few);
  rmSync(few, { recursive: true });
} else if (data === undefined) note('Nothing was trained: SHOAL_DATA_DIR names no folder with MNIST.');
else await trainings(data);
process.exit(0);
