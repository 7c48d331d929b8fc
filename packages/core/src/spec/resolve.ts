/** From what somebody wrote to the run spec with every field filled and checked. */
import * as v from 'valibot';
import { DEFAULTS } from './defaults.ts';
import { checkExtent } from './extent.ts';
import { problemOf } from './problems.ts';
import { runSchema } from './runSchema.ts';
import type { RunSpec } from './runSpec.ts';
import { isRecord, rootNode } from './schemaWalk.ts';
import { SpecError } from './specError.ts';

/**
 * Checks `input` field by field, fills what is left out and checks fields against each other. A resolved spec
 * resolves to itself. Whether the layers' shapes fit is for `compileModel` to say.
 * @throws SpecError with a sentence for every fault
 */
export function resolveRunSpec(input: unknown): RunSpec {
  checkExtent(input);
  const result = v.safeParse(runSchema, input);
  if (!result.success) {
    const root = rootNode(runSchema);
    throw new SpecError([...new Set(result.issues.map((issue) => problemOf(root, input, issue)))]);
  }
  const written = result.output;
  // A smaller batch brings the microbatch down with it, unless that was asked for by name.
  const spec = { ...written, microbatch: written.microbatch ?? Math.min(DEFAULTS.microbatch, written.batch) };
  const problems = contradictions(spec);
  if (problems.length > 0) throw new SpecError(problems);
  return spec;
}

/**
 * The same for what an earlier release has written down, which is not to be refused for a rule that came later. Nothing
 * changes but how workers are checked, which is no part of what a run computes.
 * @throws SpecError as `resolveRunSpec`
 */
export function resolveStoredSpec(input: unknown): RunSpec {
  if (!isRecord(input) || !isRecord(input.trust)) return resolveRunSpec(input);
  const { quorum, spotCheck } = input.trust;
  const lacksChecks = typeof quorum === 'number' && quorum > 1 && spotCheck === 0;
  return resolveRunSpec(
    lacksChecks ? { ...input, trust: { ...input.trust, spotCheck: DEFAULTS.spotCheck } } : input,
  );
}

/** What is wrong between fields that are each right. */
function contradictions(spec: RunSpec): string[] {
  const problems: string[] = [];
  if (spec.microbatch > spec.batch) {
    problems.push(
      `microbatch is ${spec.microbatch} but batch is ${spec.batch}: a step is cut into microbatches, so microbatch must be a whole number from 1 to ${spec.batch}.`,
    );
  }
  if (spec.trust.quorum > 1 && spec.trust.spotCheck === 0) {
    problems.push(
      `trust.quorum is ${spec.trust.quorum} but trust.spotCheck is 0: workers that know each other could agree on wrong answers and would never be found out. Set trust.spotCheck above 0, such as ${DEFAULTS.spotCheck}.`,
    );
  }
  if (spec.trust.trim > 0) {
    const leaves = Math.ceil(spec.batch / spec.microbatch);
    if (spec.numerics === 'exact') {
      problems.push(
        'trust.trim is above 0, but numerics is "exact": there every answer can be compared to the bit, so use trust.spotCheck or trust.quorum.',
      );
    } else if (leaves < 2 * spec.trust.trim + 1) {
      problems.push(
        `trust.trim is ${spec.trust.trim} but a step has ${leaves} microbatches: 2 · trim + 1 of them are needed, so make batch larger or microbatch smaller.`,
      );
    }
  }
  const watched = spec.earlyStopping?.metric;
  if (watched === 'validationLoss' || watched === 'validationAccuracy') {
    if (spec.data.source === 'table') {
      problems.push(
        `earlyStopping.metric is "${watched}", but a truth table has no validation set: use "trainErrors" or "trainLoss".`,
      );
    } else if (spec.data.validation === 0) {
      problems.push(
        `earlyStopping.metric is "${watched}", but data.validation is 0: hold out some samples, such as data.validation=${DEFAULTS.validation}, or use "trainLoss".`,
      );
    }
  }
  if (spec.model.layers.length === 0) {
    problems.push('model.layers is empty: write at least one layer, such as {"type": "dense", "units": 10}.');
  }
  if (spec.model.input.length !== 1 && spec.model.input.length !== 3) {
    problems.push(
      `model.input must be [features] or [channels, height, width], not [${spec.model.input.join(', ')}].`,
    );
  }
  if (spec.data.source !== 'table') {
    const { augment } = spec.data;
    const moves = augment.shift + augment.rotate + augment.scale + augment.elastic.alpha > 0;
    if (moves && spec.model.input.length === 1) {
      problems.push(
        'data.augment moves pixels, but model.input has one axis: write it as [channels, height, width] and begin with a flatten layer.',
      );
    }
  }
  return problems;
}
