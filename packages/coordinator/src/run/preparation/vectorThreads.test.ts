import { existsSync } from 'node:fs';
import { compileModel, findPreset, initialParameters, updaterOf, VectorArena } from '@shoal/core';
import { expect, test } from 'vitest';
import { helpedArena } from './vectorThreads.ts';

/** Threads run the built script. */
const built = existsSync(new URL('../../../dist/run/preparation/vectorThread.js', import.meta.url));
if (!built) console.warn('Skipped: worker threads run the built script; run "npm run build" first.');

const SPEC = findPreset('mnist-mlp');
const MODEL = compileModel(SPEC.model);
const STEPS = 40;

/** Parameters after so many steps, and the copy of the last ones. */
function train(arena: VectorArena): readonly [parameters: Buffer, copy: Buffer] {
  const parameters = initialParameters(MODEL, SPEC.seed);
  const updater = updaterOf(SPEC, { model: MODEL, arena, parameters, trainCount: 12_000 });
  const gradient = Float32Array.from({ length: MODEL.vectorLength }, (_, i) => ((i * 7919) % 2003) / 500 - 2);
  const copy = arena.allocate();
  for (let step = 0; step < STEPS; step += 1) {
    const sum = arena.allocateFrom(gradient.map((value) => value * Math.fround(1 + (step % 7) / 10)));
    expect(updater.apply(sum, 64, step, 0, copy).finite).toBe(true);
    arena.free(sum);
  }
  return [Buffer.from(arena.bytes(updater.parameters).slice()), Buffer.from(arena.bytes(copy).slice())];
}

test.skipIf(!built)('parameters have the same bits whoever helps to compute them', async () => {
  const [expected] = train(new VectorArena({ length: MODEL.vectorLength }));
  for (const count of [0, 1, 3]) {
    const { arena, threads } = helpedArena({ length: MODEL.vectorLength, vectorsMax: 16 }, count);
    threads.start();
    const [parameters, copy] = train(arena);
    expect(parameters.equals(expected)).toBe(true);
    expect(copy.equals(expected)).toBe(true);
    // They end, asleep as they are, and nobody misses them.
    await threads.close();
    expect(train(arena)[0].equals(expected)).toBe(true);
  }
});
