/** The other half of a step rule: what becomes of the root of each step's tree. */
import { learningRateFactor } from '../optim/schedule.ts';
import type { ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec } from '../optim/specs.ts';
import { StepUpdater, type StepUpdaterOptions } from '../optim/stepUpdater.ts';
import type { OuterSpec, RunSpec, StepsSpec } from '../spec/runSpec.ts';
import { frozenLength } from './frozen.ts';
import { localStepsOfRun } from './localRound.ts';
import { leavesOfStep, totalSteps } from './position.ts';
import { shapeOfRun } from './stepShape.ts';

/** From the root of each step to the next parameters, and all that is carried from step to step. */
export type RuleUpdater = Pick<StepUpdater, 'parameters' | 'apply' | 'exportState' | 'importState'>;

export type UpdaterStart = Pick<StepUpdaterOptions, 'model' | 'arena' | 'parameters'> & {
  /** Samples of the training split. */
  readonly trainCount: number;
};

/** Of the mean of the root's gradients the optimizer makes a step. */
function synchronous(spec: RunSpec, { trainCount, ...start }: UpdaterStart): RuleUpdater {
  const { optimizer, schedule, clip, regularization } = spec;
  return new StepUpdater({
    ...{ ...start, optimizer, schedule, clip, regularization, sumOf: 'gradients' },
    totalSteps: totalSteps(shapeOfRun(spec, trainCount)),
    frozen: frozenLength(start.model, spec),
  });
}

const UNCLIPPED: ClipSpec = { value: null, norm: null };
const UNREGULARIZED: RegularizationSpec = { l1: 0, l2: 0 };
const CONSTANT: ScheduleSpec = { type: 'constant', warmup: 0 };

/** Against the mean change, as if it were a gradient, a step of 1 is the average. */
function outerOptimizer(outer: OuterSpec): {
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
} {
  if (outer.type === 'average') {
    return { optimizer: { type: 'sgd', lr: 1, weightDecay: 0 }, schedule: CONSTANT };
  }
  const { type, lr, momentum, schedule } = outer;
  return { optimizer: { type, lr, momentum, weightDecay: 0 }, schedule };
}

/** The mean of what the replicas have changed is applied, with the momentum of the outer optimizer. */
function localSteps(
  spec: RunSpec,
  steps: Extract<StepsSpec, { readonly type: 'localSteps' }>,
  { trainCount, ...start }: UpdaterStart,
): RuleUpdater {
  const shape = shapeOfRun(spec, trainCount);
  const updater = new StepUpdater({
    ...{ ...start, ...outerOptimizer(steps.outer), clip: UNCLIPPED, regularization: UNREGULARIZED },
    ...{ sumOf: 'changes', totalSteps: totalSteps(shape), frozen: frozenLength(start.model, spec) },
  });
  const { optimizer, schedule, batch } = spec;
  const localStepsInAll = localStepsOfRun(shape, steps.localSteps, batch);
  return {
    parameters: updater.parameters,
    apply: (sum, _samples, step, epoch, copy) => {
      const report = updater.apply(sum, leavesOfStep(shape, step), step, epoch, copy);
      // What people want to see is the rate that the replicas began this round with.
      const factor = learningRateFactor(schedule, step * steps.localSteps, epoch, localStepsInAll);
      return { ...report, learningRate: optimizer.lr * factor };
    },
    exportState: () => updater.exportState(),
    importState: (parameters, state) => updater.importState(parameters, state),
  };
}

/** The updater of the run's step rule, for vectors as they are. */
export const ruleUpdaterOf = (spec: RunSpec, start: UpdaterStart): RuleUpdater =>
  spec.steps.type === 'localSteps' ? localSteps(spec, spec.steps, start) : synchronous(spec, start);
