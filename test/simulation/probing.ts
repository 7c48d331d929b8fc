/** What every worker is asked first, computed on the engine that all of a simulation share. */
import { type PreparedRun, type ProbeResult, probeResult } from '@shoal/coordinator/simulation';
import { bytesOf, Codings, initialParameters, probePieces, type Samples, StreamOrder } from '@shoal/core';
import type { RunContext } from '@shoal/worker';
import type { Workbench } from './workbench.ts';

/** `samples` are those of the probe, one after another; the whole training set where they are all. */
export function probeOf(
  { computer, spec, model, data }: Workbench,
  run: Pick<RunContext, 'spec' | 'model' | 'codings'>,
  samples: Samples,
  areAll: boolean,
): ProbeResult {
  computer.setParameters(bytesOf(initialParameters(model, spec.seed)));
  const numbers = probeNumbers({ spec, data });
  const rows = areAll ? numbers : numbers.map((_, row) => row);
  const { vector, ...sums } = computer.computeTree({
    ...{ task: 'probe', step: 0, scales: null, numbers, samples, rows },
  });
  const gradient = new Float32Array(model.vectorLength);
  if (vector !== null) {
    computer.read(vector, gradient);
    computer.free(vector);
  }
  return probeResult(run, { ...sums, vector: vector === null ? null : gradient }, 5);
}

/** What a coordinator holds everybody to, as its own data set has it. */
export function probeOfRun(bench: Workbench, { facts, model, data }: PreparedRun): ProbeResult['answer'] {
  const { spec } = facts;
  return probeOf(bench, { spec, model, codings: new Codings(spec, model) }, data.train, true).answer;
}

export function probeNumbers({ spec, data }: Pick<Workbench, 'spec' | 'data'>): Uint32Array {
  return new StreamOrder(spec, data.train.count).numbers(probePieces(spec, data.train.count));
}
