import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { referenceTrajectory } from './referenceOptimizer.ts';
import type { OptimizerSpec } from './specs.ts';
import { runTrajectory } from './trajectory.ts';

const SPECS: readonly OptimizerSpec[] = [
  { type: 'sgd', lr: 0.1, weightDecay: 0 },
  { type: 'sgd', lr: 0.1, weightDecay: 0.02 },
  { type: 'momentum', lr: 0.05, momentum: 0.9, weightDecay: 0.01 },
  { type: 'nesterov', lr: 0.05, momentum: 0.9, weightDecay: 0.01 },
  { type: 'adagrad', lr: 0.1, epsilon: 1e-10, weightDecay: 0.01 },
  { type: 'rmsprop', lr: 0.01, decay: 0.9, epsilon: 1e-8, weightDecay: 0.01 },
  { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  { type: 'adamw', lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
];

/** Largest |a − b| over the largest |b|. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i += 1) {
    error = Math.max(error, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return error / scale;
}

const wave = (length: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * 37 + phase * 101) % 41) - 20) / 13);

describe('optimizer kernels follow the float64 reference', () => {
  for (const spec of SPECS) {
    test(`${spec.type} with weight decay ${spec.weightDecay}, at lengths with and without a rest`, () => {
      for (const length of [1, 3, 16, 103]) {
        const gradients = Array.from({ length: 40 }, (_, t) => wave(length, t + 2));
        const kernels = runTrajectory(spec, wave(length, 1), gradients);
        const reference = referenceTrajectory(spec, wave(length, 1), gradients);
        for (const [t, values] of reference.entries()) {
          expect(relativeError(kernels[t]!, values)).toBeLessThan(1e-5);
        }
      }
    });

    test(`${spec.type} with weight decay ${spec.weightDecay} gives an element the same bits wherever it stands`, () => {
      const gradients = Array.from({ length: 5 }, (_, t) => wave(23, t));
      const whole = runTrajectory(spec, wave(23, 9), gradients);
      for (let i = 0; i < 23; i += 1) {
        const alone = runTrajectory(
          spec,
          wave(23, 9).slice(i, i + 1),
          gradients.map((g) => g.slice(i, i + 1)),
        );
        expect(alone.at(-1)?.[0]).toBe(whole.at(-1)?.[i]);
      }
    });
  }
});

type Case = {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>> & { readonly optimizer: string };
  readonly params: { readonly data: readonly number[] };
  readonly grads: readonly (readonly number[])[];
  readonly expect: readonly (readonly number[])[];
};
const file = new URL('../../../../../shared/golden/pytorch.json', import.meta.url);
const cases: readonly Case[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).optimizers : [];

describe('optimizers follow the trajectories that PyTorch computed', () => {
  if (cases.length === 0) test.skip('shared/golden/pytorch.json is not on this machine', () => {});
  for (const { name, settings, params, grads, expect: expected } of cases) {
    test(name, () => {
      const { optimizer, ...rest } = settings;
      const spec = { weightDecay: 0, ...rest, type: optimizer } as unknown as OptimizerSpec;
      const trajectory = runTrajectory(spec, params.data, grads);
      expect(trajectory.length).toBe(expected.length);
      for (const [t, values] of expected.entries()) {
        expect(relativeError(trajectory[t]!, values)).toBeLessThan(2e-5);
        // The file writes nine digits.
        expect(relativeError(referenceTrajectory(spec, params.data, grads)[t]!, values)).toBeLessThan(1e-8);
      }
    });
  }
});
