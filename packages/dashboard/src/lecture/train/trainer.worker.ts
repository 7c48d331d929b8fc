/// <reference lib="webworker" />
/** Trains one run after another in a thread of its own, and tells the page about each step. */
import {
  choiceOf,
  type DataSplits,
  digitsForRun,
  type EpochReport,
  type RunSpec,
  reasonOf,
  shapeOfRun,
  splitForRun,
  stepsOfEpoch,
  TrainingRun,
  tableDataSet,
  totalSteps,
  wasmStrictEngine,
} from '@shoal/core';
import type { KeptState, Outcome, TrainerMessage, TrainMessage } from './messages.ts';

declare const self: DedicatedWorkerGlobalScope;

/** How long steps go on before the page is told. */
const TELL_MS = 60;

const say = (message: TrainerMessage): void => self.postMessage(message);

/** Digits are the same for all runs that ask for the same; drawing them takes longer than many a run. */
const drawn = new Map<string, DataSplits>();

function dataFor({ data, seed }: RunSpec): DataSplits {
  if (data.source === 'table') return splitForRun(tableDataSet(data.table), data, seed);
  const choice = choiceOf(data);
  if (data.source !== 'digits' || choice === null) throw new TypeError(data.source);
  const key = `${seed} ${choice.validation} ${choice.limit}`;
  const known = drawn.get(key) ?? digitsForRun({ ...choice, seed });
  drawn.set(key, known);
  return known;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function train({ id, spec, keptBytesMax, from }: TrainMessage): Promise<void> {
  const data = dataFor(spec);
  const epochs: EpochReport[] = [];
  const run = await TrainingRun.open({
    ...{ spec, data, engine: wasmStrictEngine, onEpoch: (report) => epochs.push(report) },
    ...(from !== null && { parameters: from }),
  });
  const shape = shapeOfRun(spec, data.train.count);
  const steps = totalSteps(shape);
  const kept = Math.max(1, Math.floor(keptBytesMax / (4 * run.model.vectorLength)));
  const every = Math.max(1, Math.ceil(steps / kept));
  say({ type: 'begun', id, steps, stepsPerEpoch: stepsOfEpoch(shape, 0) });
  let losses: number[] = [];
  let states: KeptState[] = [{ step: 0, parameters: run.parameters }];
  let toldAt = performance.now();
  const tell = (): void => {
    say({ type: 'part', id, part: { losses, epochs: epochs.splice(0), states } });
    losses = [];
    states = [];
    toldAt = performance.now();
  };
  for (let report = run.step(); report !== null; report = run.step()) {
    losses.push(report.loss);
    if (report.step % every === 0 || run.isOver)
      states.push({ step: report.step, parameters: run.parameters });
    if (performance.now() - toldAt < TELL_MS) continue;
    tell();
    await turn();
  }
  tell();
  say({ type: 'over', id, outcome: outcomeOf(run) });
}

function outcomeOf(run: TrainingRun): Outcome {
  const outcome = run.finish();
  const { state, steps, parameters, parametersSha256 } = outcome;
  const told = { state, steps, parameters, parametersSha256 };
  if (outcome.state === 'diverged') return { ...told, deliveredEpoch: 0, testLoss: null, testAccuracy: null };
  const { deliveredEpoch, test } = outcome;
  return { ...told, deliveredEpoch, testLoss: test?.loss ?? null, testAccuracy: test?.accuracy ?? null };
}

/** One run after another, in the order in which they were asked for. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<TrainMessage>) => {
  last = last.then(() =>
    train(data).catch((error: unknown) => say({ type: 'failed', id: data.id, reason: reasonOf(error) })),
  );
};
