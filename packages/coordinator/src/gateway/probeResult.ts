/**
 * A gateway's own answer to the probe, which shows that it has the right kernels, and tells it what to expect of those below
 * it.
 */
import {
  type Answer,
  bytesOf,
  decodeSamples,
  type LeaseMessage,
  probePieces,
  StreamOrder,
  ThreadComputer,
  type UnsealedPartial,
  wasmStrictEngine,
} from '@shoal/core';
import type { RunContext } from '@shoal/worker';
import { ProbeAnswer } from '../run/preparation/probeAnswer.ts';

export type ProbeResult = { readonly partial: UnsealedPartial; readonly answer: ProbeAnswer };

/** @throws Error where the lease has no samples, or others than the run's */
export async function computeProbe(message: LeaseMessage, run: RunContext): Promise<ProbeResult> {
  const { spec, model, manifests } = run;
  const from = performance.now();
  const computer = await ThreadComputer.open(wasmStrictEngine, {
    ...{ model, spec, trainCount: manifests.train.count },
  });
  computer.setParameters(run.parameters(0) as Uint8Array);
  const numbers = new StreamOrder(spec, manifests.train.count).numbers(
    probePieces(spec, manifests.train.count),
  );
  const samples =
    message.values === null ? null : decodeSamples(message.values, numbers.length, manifests.train);
  if (samples === null) throw new Error('The probe has not come with its samples.');
  const rows = numbers.map((_, row) => row);
  const { vector, ...sums } = computer.computeTree({
    ...{ task: 'probe', step: 0, scales: null, numbers, samples, rows },
  });
  const gradient = new Float32Array(model.vectorLength);
  if (vector !== null) computer.read(vector, gradient);
  return probeResult(run, { ...sums, vector: vector === null ? null : gradient }, performance.now() - from);
}

export function probeResult(
  { spec, model, codings }: Pick<RunContext, 'spec' | 'model' | 'codings'>,
  { finite, loss, correct, count, vector }: Answer<Float32Array>,
  computeMs: number,
): ProbeResult {
  const gradient = vector ?? new Float32Array(model.vectorLength);
  const answer = new ProbeAnswer({
    ...{ gradient, sums: { finite, loss, correct }, count },
    numerics: spec.numerics,
    isRound: spec.steps.type === 'localSteps',
    tensors: model.tensors,
  });
  const coded = vector === null ? null : codings.up(null).encode(bytesOf(gradient));
  const partial: UnsealedPartial = {
    ...{ type: 'partial', lease: 0, level: 0, index: 0, finite, loss, correct, count },
    ...{ vector: coded, checksum: null, computeMs },
  };
  return { partial, answer };
}
