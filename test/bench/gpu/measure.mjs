/**
 * What a graphics card does: whether the engine is right there, gradients a second beside PyTorch in CUDA, where the time goes, and
 * whole trainings through a cluster with one worker. One JSON line for each figure; `--trial` is short and for machines without a card.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as core from '@shoal/core';
import { enableRelaxedSimd, findGpu, nodeEngines } from '@shoal/worker';

const trial = process.argv.includes('--trial');
const HERE = dirname(fileURLToPath(import.meta.url));
const MODELS = ['mnist-mlp', 'mnist-cnn'];
/** A processor that plays a graphics card takes minutes for both. */
const MEASURED = trial ? ['mnist-mlp'] : MODELS;
const BATCHES = trial ? [64] : [64, 256, 1024, 4096, 16384];
const SECONDS = 1;
const CLI = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('@shoal/coordinator')));
const say = (line) => console.log(JSON.stringify(line));

/** How far the gradients of unlike engines lie from those of the reference engine, by the rule of the conformance suite. */
async function check(device) {
  const engines = [core.webgpuEngineOf(device), ...(await nodeEngines())];
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
  const sizes = [...MEASURED.flatMap((model) => ['--model', model]), '--microbatch', BATCHES.join(',')];
  const { stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, ...sizes], {
    encoding: 'utf8',
    timeout: 150_000,
  });
  process.stdout.write(stdout ?? '');
  process.stderr.write(stderr ?? '');
}

function torch() {
  const args = [join(HERE, 'torch_cuda.py'), MODELS.join(','), BATCHES.join(','), String(SECONDS)];
  const { stdout, status } = spawnSync(process.env.SHOAL_PYTHON ?? 'python3', args, {
    encoding: 'utf8',
    timeout: 90_000,
  });
  for (const line of (stdout ?? '').split('\n').filter((one) => one.startsWith('{'))) {
    say({ type: 'torch', ...JSON.parse(line) });
  }
  if (status !== 0) say({ type: 'note', message: 'PyTorch in CUDA could not be measured to the end.' });
}

/** A run with fast numerics whose only worker is on the card; seconds to 99 % of the validation set, and to the end. */
async function training(name, settings) {
  const out = mkdtempSync(join(tmpdir(), 'shoal-gpu-run-'));
  const sets = Object.entries({ numerics: 'fast', ...settings }).flatMap(([key, value]) => [
    '--set',
    `${key}=${value}`,
  ]);
  const args = ['serve', '--preset', name, '--json', '--port', '0', '--out', out, ...sets];
  const coordinator = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let worker = null;
  let [began, reached] = [null, null];
  for await (const line of createInterface({ input: coordinator.stdout })) {
    const told = line.startsWith('{') ? JSON.parse(line) : {};
    const url = told.joinUrl ?? told.join ?? null;
    if (url !== null && worker === null) {
      const options = ['worker', url, '--engine', 'webgpu', '--json'];
      worker = spawn(process.execPath, [CLI, ...options], { stdio: 'ignore' });
    }
    if (told.type === 'worker') began ??= performance.now();
    if (told.type === 'epoch' && told.validationAccuracy >= 0.99)
      reached ??= (performance.now() - began) / 1000;
    if (told.type === 'result') {
      say({ type: 'training', preset: name, ...settings, secondsTo99: reached, result: told });
      break;
    }
  }
  worker?.kill();
  coordinator.kill();
}

enableRelaxedSimd();
const search = await findGpu();
if (!search.found) {
  console.error(search.reason);
  process.exit(1);
}
say({ type: 'device', description: search.description });
const device = await core.openGpuDevice(search.adapter);
await check(device);
device.destroy();
bench();
if (trial) {
  await training('mnist-cnn', { batch: 64, epochs: 1, 'data.limit': 128, 'data.validation': 64 });
} else {
  torch();
  if (process.env.SHOAL_DATA_DIR !== undefined) {
    await training('mnist-cnn', { batch: 256, epochs: 4 });
    await training('mnist-cnn', {
      batch: 256,
      epochs: 4,
      steps: '{"type":"localSteps","replicas":1,"localSteps":32}',
    });
  }
}
process.exit(0);
