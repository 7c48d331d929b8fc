/** Learning-rate schedules: the factor on the optimizer's lr, a pure function of the position in the run. */
import { cos, pow } from '../math/elementary.ts';
import type { ScheduleSpec } from './specs.ts';

/**
 * Factor for step `step` (from 0, counted over the whole run) in epoch `epoch` (from 0) of a run of `totalSteps`.
 * The formulas stand at `ScheduleSpec`; warm-up always counts steps.
 */
export function learningRateFactor(
  schedule: ScheduleSpec,
  step: number,
  epoch: number,
  totalSteps: number,
): number {
  const warm = schedule.warmup > 0 ? Math.min(1, (step + 1) / schedule.warmup) : 1;
  return warm * plainFactor(schedule, step, epoch, totalSteps);
}

function plainFactor(schedule: ScheduleSpec, step: number, epoch: number, totalSteps: number): number {
  switch (schedule.type) {
    case 'constant':
      return 1;
    case 'step': {
      const t = schedule.unit === 'epoch' ? epoch : step;
      return pow(schedule.gamma, Math.floor(t / schedule.every));
    }
    case 'exponential':
      return pow(schedule.gamma, schedule.unit === 'epoch' ? epoch : step);
    case 'inverse_sqrt':
      return 1 / Math.sqrt((schedule.unit === 'epoch' ? epoch : step) + 1);
    case 'cosine': {
      const steps = schedule.steps ?? totalSteps;
      const part = steps > 0 ? Math.min(step, steps) / steps : 1;
      return schedule.floor + ((1 - schedule.floor) * (1 + cos(Math.PI * part))) / 2;
    }
  }
}
