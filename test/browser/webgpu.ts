/** What runs on the page: the engine on a graphics processor, held to the reference engine and to the thread's computer. */
import fc from 'fast-check';
import { type Case, expectAgreement } from '../../packages/core/src/engine/comparison.suite.ts';
import {
  EVERYTHING,
  RANDOM_SEED,
  randomCase,
  SMALL_CONVOLUTIONS,
} from '../../packages/core/src/engine/sampleModels.suite.ts';
import { type GpuAdapter, openGpuDevice } from '../../packages/core/src/engine/webgpu/adapter.ts';
import { webgpuEngineOf } from '../../packages/core/src/engine/webgpu/webgpuEngine.ts';

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
];

export type GpuRecord = { readonly adapter: string; readonly agreed: number } | { readonly missing: string };

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
  return { adapter: adapter.info.architecture, agreed: CASES.length + deep.length + 1 };
}
