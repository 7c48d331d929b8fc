/** `shoal bench engine`: samples per second of each model, engine, microbatch and number of threads. */
import { Worker } from 'node:worker_threads';
import { findPreset } from '@shoal/core';
import { engineOf, machineEngines } from './engines.ts';
import { benchDevice, gpuLayers, gpuSamplesPerSecond, readyNetwork } from './gpuBench.ts';
import { benchLayers, type LayerBenchLine, peakGflops } from './layerBench.ts';
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

/** The rate of an engine's bare product on one thread, against which its layers are held. */
export type PeakBenchLine = { readonly type: 'peak'; readonly engine: string; readonly gflops: number };

export type BenchLine = EngineBenchLine | PeakBenchLine | LayerBenchLine;

/** Of the time of a measurement, what looking at the layers takes on top, and what the bare product takes once. */
const LAYERS_SHARE = 0.5;

export async function benchEngines(
  options: EngineBenchOptions,
  onLine: (line: BenchLine) => void,
): Promise<void> {
  if (options.engine === 'webgpu') return benchGpu(options, onLine);
  const all = await machineEngines();
  const fast = all.filter((engine) => engine.name !== 'reference');
  const engines = options.engine === null ? fast : [engineOf(all, options.engine)];
  const presets = options.models.map((name) => ({ name, model: findPreset(name).model }));
  const peaks = new Map<string, number>();
  for (const engine of engines) {
    const peak = await peakGflops(engine, options.seconds * LAYERS_SHARE);
    if (peak === null) continue;
    peaks.set(engine.name, peak);
    onLine({ type: 'peak', engine: engine.name, gflops: Math.round(peak * 10) / 10 });
  }
  for (const { name, model } of presets) {
    for (const engine of engines) {
      for (const microbatch of options.microbatches) {
        for (const threads of options.threads) {
          const measurement = { model, microbatch, seconds: options.seconds };
          const rate =
            threads === 1
              ? await samplesPerSecond({ ...measurement, engine })
              : await onThreads(threads, { ...measurement, engine: engine.name });
          const samples = Math.round(rate * 10) / 10;
          onLine({
            type: 'engine',
            model: name,
            engine: engine.name,
            microbatch,
            threads,
            samplesPerSecond: samples,
          });
        }
        const peak = peaks.get(engine.name);
        if (peak === undefined) continue;
        const seconds = options.seconds * LAYERS_SHARE;
        const lines = await benchLayers({ name, model, engine, microbatch, seconds, peak });
        for (const line of lines) onLine(line);
      }
    }
  }
}

/** A device has no threads of its own to count. */
async function benchGpu(
  { models, microbatches, seconds }: EngineBenchOptions,
  onLine: (line: BenchLine) => void,
): Promise<void> {
  const device = await benchDevice();
  try {
    for (const name of models) {
      const { model } = findPreset(name);
      for (const microbatch of microbatches) {
        const network = await readyNetwork(device, model, microbatch);
        const rate = Math.round(await gpuSamplesPerSecond(network, seconds));
        onLine({
          type: 'engine',
          model: name,
          engine: 'webgpu',
          microbatch,
          threads: 1,
          samplesPerSecond: rate,
        });
        for (const line of await gpuLayers(name, model, network)) onLine(line);
        network.destroy();
      }
    }
  } finally {
    device.destroy();
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
