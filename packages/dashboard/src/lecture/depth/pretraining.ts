/** Training layer by layer: each stage has one hidden layer more and begins with the weights of the one before. */
import { compileModel, initialParameters, type Model, type RunSpec } from '@shoal/core';
import { type Recording, recordingOf } from '../train/recordings.ts';
import { DEPTH, stageSpec } from './specs.ts';

/** Tensors of the last dense layer, which every stage draws anew. */
const OUTPUT_TENSORS = 2;

/** The parameters that the spec draws, with the hidden layers that have been trained in their places. */
export function carriedOver(
  spec: RunSpec,
  before: { readonly model: Model; readonly parameters: Float32Array },
): Float32Array {
  const model = compileModel(spec.model);
  const parameters = initialParameters(model, spec.seed);
  const trained = before.model.tensors.slice(0, before.model.tensors.length - OUTPUT_TENSORS);
  trained.forEach(({ offset, length }, i) => {
    const own = model.tensors[i];
    if (own !== undefined) parameters.set(before.parameters.subarray(offset, offset + length), own.offset);
  });
  return parameters;
}

/** Begins each stage when the one before is over; calls `begun` with all that have begun. */
export async function trainByLayers(begun: (stages: readonly Recording[]) => void): Promise<void> {
  const stages: Recording[] = [];
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    const spec = stageSpec(depth);
    const before = stages.at(-1);
    const parameters = before?.outcome?.parameters;
    const from =
      before === undefined || parameters === undefined
        ? null
        : carriedOver(spec, { model: compileModel(before.spec.model), parameters });
    const stage = recordingOf(spec, true, from);
    stages.push(stage);
    begun([...stages]);
    await stage.ended;
    if (stage.outcome === null) return;
  }
}
