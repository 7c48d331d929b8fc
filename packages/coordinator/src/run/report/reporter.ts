/** Turns what the driver observes into reports for people: rates, times, layer names, the record on disk. */
import { type EpochRecord, type Model, trainableLayers } from '@shoal/core';
import type { RunReport } from '../../news/reports.ts';
import type { Effect, StepRecord } from '../../transition/model/effects.ts';

export class Reporter {
  readonly #clock: () => number;
  readonly #layers: readonly string[];
  readonly #stepsOf: (epoch: number) => number;
  readonly #emit: (report: RunReport) => void;
  readonly #bytes: () => number;
  readonly #blockBytes: () => number;
  #startedAt: number;
  #stepAt: number;
  #epochAt: number;
  #epochSamples = 0;
  #samples = 0;
  #trainingMs = 0;
  #validatingMs = 0;
  #steps = 0;
  #pausedAt: number | null = null;
  #rate = 0;
  #learningRate = 0;
  #workers = 0;

  constructor(options: {
    readonly model: Model;
    /** Steps of an epoch, from 0. */
    readonly stepsOf: (epoch: number) => number;
    readonly clock: () => number;
    readonly emit: (report: RunReport) => void;
    /** Bytes to and from workers on other machines since the run began. */
    readonly bytes: () => number;
    /** Of data blocks that workers have fetched since then. */
    readonly blockBytes: () => number;
  }) {
    this.#layers = trainableLayers(options.model).map(({ layer }) => layer);
    this.#stepsOf = options.stepsOf;
    this.#clock = options.clock;
    this.#emit = options.emit;
    this.#bytes = options.bytes;
    this.#blockBytes = options.blockBytes;
    this.#startedAt = this.#stepAt = this.#epochAt = options.clock();
  }

  start(): void {
    this.#startedAt = this.#stepAt = this.#epochAt = this.#clock();
  }

  worker(event: 'joined' | 'left', name: string, reason: string, workers: number): void {
    // Time without anyone to compute is not training time.
    if (event === 'joined' && this.#workers === 0) this.#stepAt = this.#clock();
    this.#workers = workers;
    this.#emit({ type: 'worker', event, name, reason, workers });
  }

  /** @param begunAt when its first lease was granted: what came before, in slow motion, is not training time */
  step(step: StepRecord, begunAt: number): void {
    const now = this.#clock();
    const waitedMs = Math.max(0, begunAt - this.#stepAt);
    this.#stepAt += waitedMs;
    this.#epochAt += waitedMs;
    // A single step within a pause.
    if (this.#pausedAt !== null) this.#pausedAt = now;
    const ms = Math.max(now - this.#stepAt, 0.001);
    this.#stepAt = now;
    this.#trainingMs += ms;
    this.#steps += 1;
    this.#samples += step.samples;
    this.#epochSamples += step.samples;
    const rate = (step.samples / ms) * 1000;
    this.#rate = this.#rate === 0 ? rate : 0.9 * this.#rate + 0.1 * rate;
    this.#learningRate = step.learningRate;
    this.#emit({
      type: 'step',
      epoch: step.epoch,
      step: step.step,
      globalStep: step.globalStep,
      stepsPerEpoch: this.#stepsOf(step.epoch - 1),
      loss: step.loss,
      learningRate: step.learningRate,
      gradientNorm: step.gradientNorm,
      samplesPerSecond: this.#rate,
      workers: this.#workers,
    });
  }

  epoch(effect: Extract<Effect, { type: 'epochDone' }>): EpochRecord {
    const now = this.#clock();
    const seconds = (now - this.#epochAt) / 1000;
    const record: EpochRecord = {
      ...effect.record,
      learningRate: this.#learningRate,
      layerNorms: effect.layerNorms.map((norm, i) => ({ layer: this.#layers[i] ?? `layer ${i}`, norm })),
      seconds,
      samplesPerSecond: this.#epochSamples / Math.max(seconds, 0.001),
      bytes: this.#bytes(),
      blockBytes: this.#blockBytes(),
    };
    this.#validatingMs += now - this.#stepAt;
    if (this.#pausedAt !== null) this.#pausedAt = now;
    this.#epochAt = this.#stepAt = now;
    this.#epochSamples = 0;
    this.#emit({ type: 'epoch', ...record });
    return record;
  }

  /** The run is back in an earlier state: the epoch at hand begins anew or goes on from its middle. */
  rolledBack(): void {
    this.#epochAt = this.#stepAt = this.#clock();
    this.#epochSamples = 0;
  }

  /** Time in which nothing is granted is not training time. */
  paused(): void {
    this.#pausedAt ??= this.#clock();
  }

  resumed(): void {
    if (this.#pausedAt === null) return;
    const ms = this.#clock() - this.#pausedAt;
    this.#pausedAt = null;
    this.#stepAt += ms;
    this.#epochAt += ms;
  }

  /** Samples a second of late, and how long so many further steps would take; null while nothing is known. */
  outlook(steps: number): { readonly samplesPerSecond: number; readonly remainingSeconds: number | null } {
    const msPerStep = (this.#trainingMs + this.#validatingMs) / this.#steps;
    const remainingSeconds = this.#steps === 0 ? null : (steps * msPerStep) / 1000;
    return { samplesPerSecond: this.#rate, remainingSeconds };
  }

  /** Seconds since the run was started in this process, and samples a second of its training steps. */
  totals(): { readonly seconds: number; readonly samplesPerSecond: number } {
    return {
      seconds: (this.#clock() - this.#startedAt) / 1000,
      samplesPerSecond: this.#trainingMs === 0 ? 0 : (this.#samples / this.#trainingMs) * 1000,
    };
  }
}
