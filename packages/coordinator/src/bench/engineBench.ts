/** `shoal bench engine`: samples per second of each model, engine, microbatch and number of threads. */
import { Worker } from 'node:worker_threads';
import { findPreset } from '@shoal/core';
import { ENGINES, engineNamed } from './engines.ts';
import { samplesPerSecond } from './measure.ts';

export type EngineBenchOptions = {
  readonly models: readonly string[];
  /** Null: all of this machine that are made for speed. */
  readonly engine: string | null;
  readonly microbatches: readonly number[];
  readonly threads: readonly number[];
  readonly seconds: number;
};

export type EngineBenchLine = {
  readonly type: 'engine';
  readonly model: string;
  readonly engine: string;
  readonly microbatch: number;
  readonly threads: number;
  readonly samplesPerSecond: number;
};

export async function benchEngines(
  options: EngineBenchOptions,
  onLine: (line: EngineBenchLine) => void,
): Promise<void> {
  const fast = ENGINES.filter((engine) => engine.name !== 'reference');
  const engines = options.engine === null ? fast : [engineNamed(options.engine)];
  for (const name of options.models) {
    const { model } = findPreset(name);
    for (const engine of engines) {
      for (const microbatch of options.microbatches) {
        for (const threads of options.threads) {
          const measurement = { model, microbatch, seconds: options.seconds };
          const rate =
            threads === 1
              ? await samplesPerSecond({ ...measurement, engine })
              : await onThreads(threads, { ...measurement, engine: engine.name });
          const rounded = Math.round(rate * 10) / 10;
          onLine({
            type: 'engine',
            model: name,
            engine: engine.name,
            microbatch,
            threads,
            samplesPerSecond: rounded,
          });
        }
      }
    }
  }
}

/** All threads measure at the same time; their rates add up. */
async function onThreads(threads: number, workerData: unknown): Promise<number> {
  const rates = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./benchThread.js', import.meta.url), { workerData });
    return new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}
