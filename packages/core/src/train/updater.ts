/** The other half of a step rule: what becomes of the root of each step's tree. */
import { StepUpdater, type StepUpdaterOptions } from '../optim/stepUpdater.ts';
import type { RunSpec } from '../spec/runSpec.ts';

/** From the root of each step to the next parameters, and all that is carried from step to step. */
export type Updater = Pick<StepUpdater, keyof StepUpdater>;
export type UpdaterStart = Pick<StepUpdaterOptions, 'model' | 'arena' | 'parameters' | 'totalSteps'>;

/** Of the mean of the root's gradients the optimizer makes a step. */
function synchronous(spec: RunSpec, start: UpdaterStart): Updater {
  const { optimizer, schedule, clip, regularization } = spec;
  return new StepUpdater({ ...start, optimizer, schedule, clip, regularization });
}

/** The updater of the run's step rule. */
export const updaterOf = (spec: RunSpec, start: UpdaterStart): Updater => synchronous(spec, start);
