/** From what somebody wrote to the run spec with every field filled and checked. */
import * as v from 'valibot';
import { COMMON_LEAVES_MAX } from '../coding/kind.ts';
import { augmentOf, choiceOf, isIdentity } from '../data/dataSpec.ts';
import type { SpecFact } from '../facts/specFacts.ts';
import { compileModel } from '../nn/compile.ts';
import { partOfFirst } from '../nn/firstLayers.ts';
import type { Model } from '../nn/model.ts';
import { ModelError } from '../nn/modelError.ts';
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
 * @throws SpecError with every fault
 */
export function resolveRunSpec(input: unknown): RunSpec {
  checkExtent(input);
  const result = v.safeParse(runSchema, input);
  if (!result.success) {
    const root = rootNode(runSchema);
    throw new SpecError(distinct(result.issues.map((issue) => problemOf(root, input, issue))));
  }
  const written = result.output;
  // A smaller batch brings the microbatch down with it, unless that was asked for by name.
  const { initial = null, ...rest } = written;
  const spec = {
    ...rest,
    microbatch: written.microbatch ?? Math.min(DEFAULTS.microbatch, written.batch),
    ...(initial !== null && { initial }),
  };
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

/** A fault that several parts of a schema find is told once. */
function distinct(problems: readonly SpecFact[]): SpecFact[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** What is wrong between fields that are each right. */
function contradictions(spec: RunSpec): SpecFact[] {
  const problems: SpecFact[] = [];
  if (spec.microbatch > spec.batch) {
    problems.push({ type: 'microbatchTooLarge', microbatch: spec.microbatch, batch: spec.batch });
  }
  if (spec.trust.quorum > 1 && spec.trust.spotCheck === 0) {
    problems.push({ type: 'quorumNeedsChecks', quorum: spec.trust.quorum, usual: DEFAULTS.spotCheck });
  }
  if (spec.trust.trim > 0) {
    const { steps } = spec;
    const microbatches = Math.ceil(spec.batch / spec.microbatch);
    const enough = 2 * spec.trust.trim + 1;
    if (spec.numerics === 'exact') {
      problems.push({ type: 'trimNeedsFast' });
    } else if (steps.type === 'localSteps') {
      if (steps.replicas < enough) {
        problems.push({ type: 'trimAboveReplicas', trim: spec.trust.trim, replicas: steps.replicas });
      }
    } else if (microbatches < enough) {
      problems.push({ type: 'trimTooLarge', trim: spec.trust.trim, microbatches });
    }
  }
  problems.push(...codingProblems(spec), ...initialProblems(spec));
  const watched = spec.earlyStopping?.metric;
  if (
    spec.model.loss === 'squared_error' &&
    (watched === 'validationAccuracy' || watched === 'trainErrors')
  ) {
    problems.push({ type: 'nothingCounted', metric: watched });
  }
  if (watched === 'validationLoss' || watched === 'validationAccuracy') {
    const choice = choiceOf(spec.data);
    if (choice === null) {
      problems.push({ type: 'tableHasNoValidation', metric: watched });
    } else if (choice.validation === 0) {
      problems.push({ type: 'nothingHeldOut', metric: watched, usual: DEFAULTS.validation });
    }
  }
  if (spec.model.layers.length === 0) {
    problems.push({ type: 'layersEmpty' });
  }
  if (spec.model.input.length !== 1 && spec.model.input.length !== 3) {
    problems.push({ type: 'inputAxes', input: spec.model.input });
  }
  const augment = augmentOf(spec.data);
  if (augment !== null && !isIdentity(augment) && spec.model.input.length === 1) {
    problems.push({ type: 'augmentNeedsImages' });
  }
  return problems;
}

/** Codings that the step rule has no place for, and rounds whose answers cannot be compared. */
function codingProblems({ coding, steps, numerics, trust, batch, microbatch }: RunSpec): SpecFact[] {
  if (steps.type === 'synchronous') {
    if (coding.up === 'int4') return [{ type: 'codingNeedsLocalSteps', coding: coding.up }];
    const microbatches = Math.ceil(batch / microbatch);
    if (coding.up === 'int8' && microbatches > COMMON_LEAVES_MAX) {
      return [{ type: 'codingTooManyMicrobatches', microbatches, most: COMMON_LEAVES_MAX }];
    }
  }
  // What engines that agree only nearly differ by grows with every local step.
  const isCompared = trust.quorum > 1 || trust.spotCheck > 0;
  if (steps.type === 'localSteps' && numerics === 'fast' && isCompared) {
    return [{ type: 'roundsHideLies', field: trust.quorum > 1 ? 'quorum' : 'spotCheck' }];
  }
  return [];
}

/** Layers that are not there, have nothing to take, or leave nothing to learn. */
function initialProblems({ initial, model }: RunSpec): SpecFact[] {
  if (initial === undefined) return [];
  const entries = model.layers.length;
  const layers = initial.layers ?? entries;
  if (layers > entries) return [{ type: 'initialLayersTooMany', layers, entries }];
  const compiled = compiledOf(model);
  if (compiled === null) return [];
  const { tensors, trainableLength } = partOfFirst(compiled, layers);
  if (tensors.length === 0) return [{ type: 'initialLayersEmpty', layers }];
  return initial.frozen && trainableLength === compiled.trainableLength
    ? [{ type: 'initialFreezesAll', layers: initial.layers, entries }]
    : [];
}

/** Null for layers that do not fit together, which is told elsewhere. */
function compiledOf(model: RunSpec['model']): Model | null {
  try {
    return compileModel(model);
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}
