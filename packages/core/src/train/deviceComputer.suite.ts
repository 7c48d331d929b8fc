/** What a computer on a device is held to: the answers of one on this thread, up to a tolerance, for every kind of request. */
import { describe, expect, it } from 'vitest';
import { classSamples, type Samples } from '../data/dataSet.ts';
import { referenceEngine } from '../engine/reference/referenceEngine.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters } from '../nn/initialize.ts';
import type { Answer } from '../parallel/answer.ts';
import { bytesOf } from '../protocol/bytes.ts';
import { RandomStream } from '../random/threefry.ts';
import { resolveRunSpec } from '../spec/resolve.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';
import {
  type LeafComputer,
  type LeafComputerOptions,
  type LeafRequest,
  ThreadComputer,
} from './leafComputer.ts';

const TRAIN_COUNT = 61;
const SIZE = 36;

function images(): Samples {
  const noise = new RandomStream([3, 7, 0, 0], 0);
  const values = Uint8Array.from({ length: TRAIN_COUNT * SIZE }, (_, i) => noise.integer(i, 256));
  const labels = Uint8Array.from({ length: TRAIN_COUNT }, (_, i) => i % 3);
  return classSamples({ shape: [1, 6, 6], values }, labels);
}

type Given = Partial<Parameters<typeof resolveRunSpec>[0]>;

function specOf(given: Given, norm = false): RunSpec {
  return resolveRunSpec({
    ...{ name: 'bars', about: 'For tests.', seed: 5, epochs: 2, batch: 20, microbatch: 3 },
    data: { source: 'digits', validation: 8, augment: { shift: 1 } },
    model: {
      input: [1, 6, 6],
      layers: [
        // A bias before a batch norm has gradient 0, whose roundings an adaptive optimizer blows up.
        { type: 'conv2d', filters: 4, kernel: 3, bias: !norm },
        ...(norm ? [{ type: 'batch_norm' } as const] : []),
        { type: 'relu' },
        { type: 'max_pool2d', size: 2 },
        { type: 'flatten' },
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 3 },
      ],
      loss: 'cross_entropy',
    },
    optimizer: { type: 'adam', lr: 0.02 },
    ...{ numerics: 'fast', trust: { spotCheck: 0 } },
    ...given,
  } as Parameters<typeof resolveRunSpec>[0]);
}

/** `numbers` are samples in the order in which a request has them: any will do. */
function requestOf(
  task: LeafRequest['task'],
  step: number,
  from: number,
  to: number,
  leaves: number,
  count: number,
): LeafRequest {
  const numbers = Uint32Array.from({ length: count }, (_, i) => (i * 7 + from) % TRAIN_COUNT);
  return { ...{ task, step, from, to, leaves, numbers, samples: images(), rows: numbers }, scales: null };
}

async function answersOf(computer: LeafComputer, request: LeafRequest): Promise<Answer<Float32Array>[]> {
  const computation = computer.begin(request);
  while (await computation.step());
  expect(computation.done).toBe(request.numbers.length);
  const answers: Answer<Float32Array>[] = [];
  for (const answer of await computation.finish()) {
    const vector = answer.vector === null ? null : new Float32Array(computer.vectorLength);
    if (vector !== null) {
      await computer.read(answer.vector as VectorId, vector);
      computer.free(answer.vector as VectorId);
    }
    answers.push({ ...answer, vector });
  }
  return answers;
}

const OPTIMIZERS: Given[] = [
  { optimizer: { type: 'sgd', lr: 0.05, weightDecay: 0.01 } },
  { optimizer: { type: 'momentum', lr: 0.05, momentum: 0.8 }, clip: { norm: 0.3 } },
  { optimizer: { type: 'nesterov', lr: 0.05, momentum: 0.8 }, clip: { value: 0.05, norm: 0.2 } },
  { optimizer: { type: 'adagrad', lr: 0.05 }, regularization: { l1: 0.01, l2: 0.02 } },
  { optimizer: { type: 'rmsprop', lr: 0.01 }, schedule: { type: 'cosine' } },
  { optimizer: { type: 'adam', lr: 0.02 }, schedule: { type: 'exponential', gamma: 0.9 } },
  { optimizer: { type: 'adamw', lr: 0.02, weightDecay: 0.1 } },
  // Whatever its first layers begin with, no step moves them.
  {
    ...{ optimizer: { type: 'momentum', lr: 0.05, momentum: 0.8, weightDecay: 0.1 }, clip: { norm: 0.3 } },
    ...{ regularization: { l2: 0.02 }, initial: { sha256: '0'.repeat(64), layers: 2, frozen: true } },
  },
] as Given[];

export function deviceComputing(
  name: string,
  open: (options: LeafComputerOptions) => Promise<LeafComputer>,
): void {
  const both = async (spec: RunSpec): Promise<readonly [LeafComputer, LeafComputer]> => {
    const model = compileModel(spec.model);
    const options = { model, spec, trainCount: TRAIN_COUNT };
    const computers = [await open(options), await ThreadComputer.open(referenceEngine, options)] as const;
    for (const computer of computers) computer.setParameters(bytesOf(initialParameters(model, spec.seed)));
    return computers;
  };

  const agree = async (spec: RunSpec, requests: readonly LeafRequest[], tolerance = 1e-4): Promise<void> => {
    const [own, reference] = await both(spec);
    for (const request of requests) {
      const [got, wanted] = [await answersOf(own, request), await answersOf(reference, request)];
      expect(got.map(({ node, count, finite }) => ({ node, count, finite }))).toEqual(
        wanted.map(({ node, count, finite }) => ({ node, count, finite })),
      );
      for (const [i, answer] of wanted.entries()) {
        const other = got[i] as Answer<Float32Array>;
        expect(Math.abs(other.loss - answer.loss)).toBeLessThanOrEqual(1e-4 * Math.max(1, answer.loss));
        expect(other.correct).toBe(answer.correct);
        const most = Math.max(...(answer.vector ?? [0]).map(Math.abs));
        answer.vector?.forEach((value, at) => {
          expect(Math.abs((other.vector?.[at] as number) - value), `element ${at}`).toBeLessThanOrEqual(
            tolerance * most,
          );
        });
        expect(other.vector === null).toBe(answer.vector === null);
      }
    }
  };

  describe(`${name} computes whole nodes`, () => {
    it('of synchronous steps, whatever the range, of evaluations and of the probe', async () => {
      await agree(specOf({}), [
        requestOf('gradient', 0, 0, 7, 7, 20),
        requestOf('gradient', 1, 2, 5, 7, 9),
        requestOf('gradient', 3, 0, 1, 1, 1),
        requestOf('evaluate', 0, 0, 5, 5, 14),
        requestOf('probe', 0, 0, 1, 1, 3),
      ]);
    });

    it('microbatch by microbatch where batch norm measures them', async () => {
      await agree(specOf({}, true), [
        requestOf('gradient', 0, 0, 7, 7, 20),
        requestOf('evaluate', 0, 0, 7, 7, 20),
      ]);
    });

    it('and rounds leaves that are rounded by scales they share', async () => {
      const spec = specOf({ coding: { up: 'int8', down: 'f32' } } as Given);
      const model = compileModel(spec.model);
      const scales = new Float32Array(model.tensors.length).fill(0.5);
      // A value between two whole numbers may go to either.
      await agree(spec, [{ ...requestOf('gradient', 0, 0, 7, 7, 20), scales }], 0.2);
    });

    for (const given of OPTIMIZERS) {
      it(`of rounds, with ${JSON.stringify(given)}`, async () => {
        const steps = { type: 'localSteps', replicas: 2, localSteps: 3 } as const;
        const spec = specOf({ ...given, steps, batch: 7 } as Given, true);
        const count = 2 * 3 * 7;
        await agree(
          spec,
          [
            requestOf('gradient', 0, 0, 2, 2, count),
            // It ends an epoch within a batch.
            requestOf('gradient', 1, 1, 2, 2, count / 2),
            requestOf('probe', 0, 0, 1, 1, 6),
          ],
          2e-3,
        );
      });
    }

    it('gives equal bits again, after other work in between', async () => {
      const steps = { type: 'localSteps', replicas: 2, localSteps: 3 } as const;
      const [own] = await both(specOf({ steps, batch: 7 } as Given));
      const request = requestOf('gradient', 0, 0, 2, 2, 42);
      const first = await answersOf(own, request);
      await answersOf(own, requestOf('evaluate', 0, 0, 5, 5, 14));
      const given = own.begin(request);
      await given.step();
      given.discard();
      own.setParameters(bytesOf(initialParameters(compileModel(specOf({}).model), 5)));
      expect(await answersOf(own, request)).toEqual(first);
    });

    it('says what is not finite, and computes the next', async () => {
      const spec = specOf({});
      const [own] = await both(spec);
      const model = compileModel(spec.model);
      const drawn = initialParameters(model, spec.seed);
      const request = requestOf('gradient', 0, 0, 7, 7, 20);
      const first = await answersOf(own, request);
      own.setParameters(bytesOf(drawn.map(() => Number.NaN)));
      expect(await answersOf(own, request)).toMatchObject([
        { finite: false, loss: 0, correct: 0, vector: null },
      ]);
      own.setParameters(bytesOf(drawn));
      expect(await answersOf(own, request)).toEqual(first);
    });
  });
}
