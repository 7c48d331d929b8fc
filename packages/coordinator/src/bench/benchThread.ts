/** The program of one benchmark thread: measures when told to and answers with its rate. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ModelSpec } from '@shoal/core';
import { engineNamed } from './engines.ts';
import { samplesPerSecond } from './measure.ts';

const { model, engine, microbatch, seconds } = workerData as {
  readonly model: ModelSpec;
  readonly engine: string;
  readonly microbatch: number;
  readonly seconds: number;
};

parentPort?.postMessage(await samplesPerSecond({ model, engine: engineNamed(engine), microbatch, seconds }));
