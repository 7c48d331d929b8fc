/**
 * A whole training run in one process without a network: the definition of what a run computes. A cluster of any
 * size, with any workers lost on the way, must reach the same bits.
 */
import type { RunOutcome } from './outcome.ts';
import { TrainingRun, type TrainingRunOptions } from './trainingRun.ts';

export type TrainAloneOptions = Omit<TrainingRunOptions, 'parameters'>;

/**
 * Trains until the spec's epochs are done, early stopping says so, or a step is not finite.
 * @throws SpecError when a step would take more samples than there are, CheckpointError when `initial` is not the file that
 * the spec names or does not fit
 */
export async function trainAlone(options: TrainAloneOptions): Promise<RunOutcome> {
  const run = await TrainingRun.open(options);
  while (run.step() !== null);
  return run.finish();
}
