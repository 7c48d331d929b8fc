/** How fast one engine computes gradients of one model on one thread. */
import { compileModel, type Engine, type Executor, initialParameters, type ModelSpec } from '@shoal/core';

export type Measurement = {
  readonly model: ModelSpec;
  readonly engine: Engine;
  readonly microbatch: number;
  /** How long to measure, after warming up. */
  readonly seconds: number;
};

/** The time is cut into so many parts, of which the fastest counts: others are disturbed by what else runs. */
const PARTS = 5;
const WARM_UP_CALLS = 2;

/** An executor with something to compute. */
export async function readyExecutor(engine: Engine, model: ModelSpec, microbatch: number): Promise<Executor> {
  const compiled = compileModel(model);
  const executor = await engine.compile(compiled, { microbatch, inputGradient: false });
  executor.parameters.set(initialParameters(compiled, 1));
  executor.parametersChanged();
  // Half of the values zero, as in images; what they are does not matter to the time.
  executor.inputs.forEach((_, i) => {
    executor.inputs[i] = i % 2 === 0 ? 0 : ((i * 37) % 256) / 255;
  });
  executor.targets.forEach((_, i) => {
    executor.targets[i] = i % Math.max(2, compiled.outputs);
  });
  return executor;
}

/** Samples a second, forward and backward, in the best part of the time. */
export async function samplesPerSecond({ model, engine, microbatch, seconds }: Measurement): Promise<number> {
  const executor = await readyExecutor(engine, model, microbatch);
  const call = (): void => {
    executor.computeGradient(microbatch, { seed: 1, epoch: 0 });
  };
  for (let i = 0; i < WARM_UP_CALLS; i += 1) call();
  let best = 0;
  const partMs = (seconds * 1000) / PARTS;
  for (let part = 0; part < PARTS; part += 1) {
    const start = performance.now();
    let calls = 0;
    let elapsed = 0;
    do {
      call();
      calls += 1;
      elapsed = performance.now() - start;
    } while (elapsed < partMs);
    best = Math.max(best, (calls * microbatch * 1000) / elapsed);
  }
  return best;
}
