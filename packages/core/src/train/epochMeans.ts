/** What an epoch's steps add up to: mean loss, errors and gradient norms. */
import type { UpdateReport } from '../optim/stepUpdater.ts';
import type { Evaluation, SampleSums } from './evaluate.ts';
import type { EpochReport } from './outcome.ts';

/** Sums in step order, in float64. */
export class EpochMeans {
  #sums: SampleSums = { loss: 0, correct: 0, count: 0 };
  #norms: { readonly layer: string; readonly norm: number }[] = [];
  #learningRate = 0;
  #steps = 0;

  add(sums: SampleSums, report: UpdateReport): void {
    const { loss, correct, count } = this.#sums;
    this.#sums = { loss: loss + sums.loss, correct: correct + sums.correct, count: count + sums.count };
    this.#norms = report.layerNorms.map(({ layer, norm }, i) => ({
      layer,
      norm: (this.#norms[i]?.norm ?? 0) + norm,
    }));
    this.#learningRate = report.learningRate;
    this.#steps += 1;
  }

  /** `epoch` from 1. */
  report(epoch: number, validation: Evaluation | null): Omit<EpochReport, 'improved'> {
    const { loss, correct, count } = this.#sums;
    return {
      epoch,
      trainLoss: loss / count,
      trainErrors: count - correct,
      trainAccuracy: correct / count,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      learningRate: this.#learningRate,
      layerNorms: this.#norms.map(({ layer, norm }) => ({ layer, norm: norm / this.#steps })),
    };
  }
}
