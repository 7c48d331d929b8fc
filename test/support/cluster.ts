/** Coordinators and workers as a person would start them, on a folder of the test's own; and the run without them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunOutcome, type RunSpec, splitForRun, trainAlone, wasmStrictEngine } from '@shoal/core';
import { onTestFinished } from 'vitest';
import { type BarsSize, barsDataSet, writeBars } from './bars.ts';
import { ShoalProcess, type StartOptions } from './shoalProcess.ts';

/** A folder of its own for one test, removed with it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

const OUTCOMES = new Map<string, Promise<RunOutcome>>();

/** Runs of one spec on one small data set. */
export class Cluster {
  readonly spec: RunSpec;
  readonly runs: string;
  readonly #size: BarsSize;
  readonly #data: string;
  /** The file of the spec. */
  readonly config: string;
  /** The model that its runs begin with, where they begin with one. */
  readonly #initial: { readonly file: string; readonly bytes: Uint8Array } | null;

  private constructor(options: {
    spec: RunSpec;
    size: BarsSize;
    folder: string;
    data: string;
    config: string;
    initial: { readonly file: string; readonly bytes: Uint8Array } | null;
  }) {
    this.spec = options.spec;
    this.#size = options.size;
    this.runs = join(options.folder, 'runs');
    this.#data = options.data;
    this.config = options.config;
    this.#initial = options.initial;
  }

  /** @param initial the file that the spec names to begin with, where it names one */
  static async of(
    spec: RunSpec,
    size: BarsSize = { train: 300, test: 100 },
    initial: Uint8Array | null = null,
  ): Promise<Cluster> {
    const folder = await temporaryFolder();
    const file = join(folder, 'begins-with.safetensors');
    if (initial !== null) await writeFile(file, initial);
    const data = await writeBars(folder, size);
    const config = join(folder, 'run-spec.json');
    await writeFile(config, JSON.stringify(spec));
    return new Cluster({
      ...{ spec, size, folder, data, config },
      initial: initial === null ? null : { file, bytes: initial },
    });
  }

  /**
   * The same run in this process without a network: the definition of what every cluster must reach. Several tests of a
   * file have the same run, which is computed once.
   */
  alone(): Promise<RunOutcome> {
    const key = JSON.stringify([this.spec, this.#size]);
    const outcome = OUTCOMES.get(key) ?? this.#train();
    OUTCOMES.set(key, outcome);
    return outcome;
  }

  #train(): Promise<RunOutcome> {
    const data = splitForRun(barsDataSet(this.#size), this.spec.data, this.spec.seed);
    const initial = this.#initial === null ? {} : { initial: this.#initial.bytes };
    return trainAlone({ spec: this.spec, data, engine: wasmStrictEngine, ...initial });
  }

  /** The options that name this cluster's data and runs. */
  get where(): string[] {
    return ['--data', this.#data, '--out', this.runs, '--host', '127.0.0.1', '--json'];
  }

  /** A new run with `workers` workers on this machine. */
  train(workers: number, more: readonly string[] = [], options: StartOptions = {}): ShoalProcess {
    const words = ['train', '--config', this.config, '--workers', String(workers), '--port', '0'];
    if (this.#initial !== null) words.push('--initial', this.#initial.file);
    return ShoalProcess.start([...words, ...this.where, ...more], options);
  }

  resume(
    runId: string,
    workers: number,
    more: readonly string[] = [],
    options: StartOptions = {},
  ): ShoalProcess {
    const words = ['resume', runId, '--workers', String(workers)];
    return ShoalProcess.start([...words, ...this.where, ...more], options);
  }

  checkpoint(runId: string, which: 'last' | 'best' = 'last'): string {
    return join(this.runs, runId, 'checkpoints', `${which}.safetensors`);
  }
}

/** A worker process of its own, as on another machine. */
export function startWorker(joinUrl: string, name: string, threads = 1): ShoalProcess {
  const args = ['worker', joinUrl, '--name', name, '--threads', String(threads), '--json'];
  return ShoalProcess.start(args, { freezable: true });
}

export const isEpoch = (epoch: number) => (line: { type: string; [field: string]: unknown }) =>
  line.type === 'epoch' && line.epoch === epoch;

/** That step or a later one: a run that was resumed may begin beyond it. */
export const fromStep = (globalStep: number) => (line: { type: string; [field: string]: unknown }) =>
  line.type === 'step' && Number(line.globalStep) >= globalStep;

export const isWorker =
  (event: 'joined' | 'left', name: string) => (line: { type: string; [field: string]: unknown }) =>
    line.type === 'worker' && line.event === event && line.name === name;

/** The run's name, from the first line. */
export async function runIdOf(coordinator: ShoalProcess): Promise<string> {
  const line = await coordinator.line(({ type }) => type === 'run', 'The run line');
  return line.runId as string;
}
