/** What runs on the page: the engine on a graphics processor, held to the reference engine and to the thread's computer. */
import fc from 'fast-check';
import { classSamples } from '../../packages/core/src/data/dataSet.ts';
import {
  type Case,
  expectAgreement,
  expectFrozenBits,
} from '../../packages/core/src/engine/comparison.suite.ts';
import { referenceEngine } from '../../packages/core/src/engine/reference/referenceEngine.ts';
import {
  EVERYTHING,
  POOLED,
  RANDOM_SEED,
  randomCase,
  SMALL_CONVOLUTIONS,
} from '../../packages/core/src/engine/sampleModels.suite.ts';
import { type GpuAdapter, openGpuDevice } from '../../packages/core/src/engine/webgpu/adapter.ts';
import type { GpuDevice } from '../../packages/core/src/engine/webgpu/gpu.ts';
import { webgpuEngineOf } from '../../packages/core/src/engine/webgpu/webgpuEngine.ts';
import { compileModel } from '../../packages/core/src/nn/compile.ts';
import { initialParameters } from '../../packages/core/src/nn/initialize.ts';
import { bytesOf } from '../../packages/core/src/protocol/bytes.ts';
import { resolveRunSpec } from '../../packages/core/src/spec/resolve.ts';
import { DeviceComputer } from '../../packages/core/src/train/deviceComputer.ts';
import { frozenLength } from '../../packages/core/src/train/frozen.ts';
import { type LeafComputer, ThreadComputer } from '../../packages/core/src/train/leafComputer.ts';

/** A value may be a difference of large ones in a deep model; a wrong formula is off by far more. */
const DEEP_TOLERANCE = 1e-3;
const RANDOM_CASES = 16;

const CASES: readonly Case[] = [
  { input: [13], layers: [{ type: 'dense', units: 31 }], count: 7 },
  {
    input: [13],
    layers: [{ type: 'dense', units: 31 }, { type: 'relu' }, { type: 'dense', units: 3 }],
    count: 31,
  },
  { input: [2, 13, 11], layers: [...SMALL_CONVOLUTIONS, { type: 'dense', units: 10 }], count: 5 },
  { input: [7], layers: [{ type: 'dense', units: 1 }], loss: 'perceptron', count: 13 },
  // Gradients over so many places are summed in more slices than one thread adds.
  {
    input: [1, 28, 28],
    layers: [{ type: 'conv2d', filters: 3, kernel: 3 }, { type: 'flatten' }, { type: 'dense', units: 4 }],
    count: 13,
  },
];

/** Of a round whose first layer is frozen: how far the device is from the thread, and whether it has moved what is frozen. */
export type FrozenRound = { readonly difference: number; readonly length: number; readonly moved: boolean };

export type GpuRecord =
  | { readonly adapter: string; readonly agreed: number; readonly round: FrozenRound }
  | { readonly missing: string };

const ROUND = resolveRunSpec({
  ...{ seed: 5, epochs: 2, batch: 7, microbatch: 3, numerics: 'fast', trust: { spotCheck: 0 } },
  data: { source: 'digits', validation: 0 },
  model: {
    input: [8],
    layers: [{ type: 'dense', units: 6 }, { type: 'relu' }, { type: 'dense', units: 3 }],
    loss: 'cross_entropy',
  },
  optimizer: { type: 'momentum', lr: 0.05, momentum: 0.8, weightDecay: 0.1 },
  ...{ clip: { norm: 0.3 }, regularization: { l2: 0.02 } },
  steps: { type: 'localSteps', replicas: 1, localSteps: 3 },
  initial: { sha256: '0'.repeat(64), layers: 1, frozen: true },
});

async function roundOf(computer: LeafComputer): Promise<Float32Array> {
  const count = 3 * 7;
  const values = Uint8Array.from({ length: count * 8 }, (_, i) => (i * 73) % 256);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const numbers = Uint32Array.from({ length: count }, (_, i) => i);
  const computation = computer.begin({
    ...{ task: 'gradient', step: 0, from: 0, to: 1, leaves: 1, scales: null, numbers, rows: numbers },
    samples: classSamples({ shape: [8], values }, labels),
  });
  while (await computation.step());
  const [answer] = await computation.finish();
  const vector = new Float32Array(computer.vectorLength);
  if (answer?.vector == null) throw new Error('The round is not finite.');
  await computer.read(answer.vector, vector);
  return vector;
}

async function frozenRound(device: GpuDevice): Promise<FrozenRound> {
  const model = compileModel(ROUND.model);
  const options = { model, spec: ROUND, trainCount: 21 };
  const drawn = bytesOf(initialParameters(model, ROUND.seed));
  const vectors: Float32Array[] = [];
  for (const computer of [
    await DeviceComputer.open(device, options, false),
    await ThreadComputer.open(referenceEngine, options),
  ]) {
    computer.setParameters(drawn);
    vectors.push(await roundOf(computer));
  }
  const [own, reference] = vectors as [Float32Array, Float32Array];
  return {
    difference: Math.max(...own.map((value, i) => Math.abs(value - (reference[i] as number)))),
    length: Math.max(...reference.map(Math.abs)),
    moved: own.slice(0, frozenLength(model, ROUND)).some((value) => value !== 0),
  };
}

/** @throws where the engines differ by more than the rule allows */
export async function recordGpu(): Promise<GpuRecord> {
  const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<GpuAdapter | null> } };
  const adapter = (await gpu?.requestAdapter()) ?? null;
  if (adapter === null) return { missing: 'This browser offers no graphics processor.' };
  const device = await openGpuDevice(adapter);
  const shared = webgpuEngineOf(device, false);
  const deep = [EVERYTHING, ...fc.sample(randomCase, { numRuns: RANDOM_CASES, seed: RANDOM_SEED })];
  for (const given of CASES) await expectAgreement(shared, given);
  for (const given of deep) await expectAgreement(shared, given, DEEP_TOLERANCE);
  // As models are computed where there is a real one: kernels written for their sizes.
  await expectAgreement(webgpuEngineOf(device), CASES[2] as Case);
  for (const given of [EVERYTHING, POOLED]) {
    for (let from = 1; from <= given.layers.length; from += 1) await expectFrozenBits(shared, given, from);
  }
  const round = await frozenRound(device);
  return { adapter: adapter.info.architecture, agreed: CASES.length + deep.length + 1, round };
}
