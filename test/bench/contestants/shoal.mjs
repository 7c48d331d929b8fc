/** Shoal's engines: gradients a second of a reference model on one thread. */
import { findPreset } from '@shoal/core';
import { enableRelaxedSimd, nodeEngines } from '@shoal/worker';
import { readyExecutor } from '../../../packages/coordinator/dist/bench/measure.js';
import { answer, callsPerSecond } from './answer.mjs';

enableRelaxedSimd();
const engines = await nodeEngines();
/** Compiled models by engine and name: a round pays for computing only. */
const ready = new Map();

await answer(async ({ engine: name, model, microbatch, seconds }) => {
  const engine = engines.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`this machine has no engine ${name}`);
  const key = `${name} ${model} ${microbatch}`;
  const executor = ready.get(key) ?? (await readyExecutor(engine, findPreset(model).model, microbatch));
  ready.set(key, executor);
  const calls = await callsPerSecond(seconds, async () => {
    executor.computeGradient(microbatch, { seed: 1, epoch: 0 });
  });
  return { samplesPerSecond: calls * microbatch };
});
