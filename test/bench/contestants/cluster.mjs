/**
 * A coordinator with local workers, training a reference model on the built-in digits without augmentation: samples a
 * second, and the share of the time in which the coordinator's own thread is busy.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyOverrides, digitsDataSet, findPreset } from '@shoal/core';
import { openRun } from '../../../packages/coordinator/dist/index.js';
import { answer } from './answer.mjs';

/** Steps with all workers that are left out: caches and estimates settle. */
const WARM_UP_STEPS = 10;
/** Gives up where the workers do not come. */
const PATIENCE_MS = 60_000;
const NO_AUGMENTATION = ['shift=0', 'rotate=0', 'scale=0', 'elastic.alpha=0'].map(
  (one) => `data.augment.${one}`,
);
const DATA = digitsDataSet({ train: 12_000, test: 100 });

await answer(async ({ model, batch, microbatch, workers, seconds, numerics = 'exact' }) => {
  const preset = applyOverrides(findPreset(model), [
    ...['data.source=digits', 'data.validation=100', 'epochs=100000', 'earlyStopping=null'],
    ...[
      `batch=${batch}`,
      `microbatch=${microbatch}`,
      `numerics=${numerics}`,
      'checkpoint.everySteps=1000000',
    ],
  ]);
  const spec = preset.data.augment === null ? preset : applyOverrides(preset, NO_AUGMENTATION);
  const runsFolder = await mkdtemp(join(tmpdir(), 'shoal-bench-'));
  const host = await openRun({
    runsFolder,
    start: { type: 'new', spec, dataSet: DATA },
    ...{ host: '127.0.0.1', port: 0, publicUrl: null, token: null },
    ...{ localWorkers: workers, threadsPerWorker: 1, logLevel: 'error' },
  });
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('the workers did not come')), PATIENCE_MS + seconds * 1000).unref();
      let warm = 0;
      let from = null;
      host.onReport((report) => {
        if (report.type !== 'step' || report.workers < workers) return;
        warm += 1;
        const now = performance.now();
        const { globalStep: step } = report;
        if (warm === WARM_UP_STEPS) from = { step, now, loop: performance.eventLoopUtilization() };
        if (from === null || now - from.now < seconds * 1000) return;
        resolve({
          samplesPerSecond: ((step - from.step) * batch * 1000) / (now - from.now),
          coordinatorShare: performance.eventLoopUtilization(from.loop).utilization,
        });
        from = null;
      });
      host.start();
    });
  } finally {
    host.stop('The benchmark is done.');
    await host.finished;
    await host.close();
    await rm(runsFolder, { recursive: true, force: true });
  }
});
