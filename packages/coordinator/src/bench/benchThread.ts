/** The program of one benchmark thread: measures when told to and answers with its rate. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineName, ModelSpec } from '@shoal/core';
import { nodeEngineNamed } from '@shoal/worker';
import { samplesPerSecond } from './measure.ts';

const { model, engine, microbatch, seconds } = workerData as {
  readonly model: ModelSpec;
  readonly engine: EngineName;
  readonly microbatch: number;
  readonly seconds: number;
};

parentPort?.postMessage(
  await samplesPerSecond({ model, engine: nodeEngineNamed(engine), microbatch, seconds }),
);
