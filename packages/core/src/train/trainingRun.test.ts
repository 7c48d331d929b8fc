import { expect, test } from 'vitest';
import { splitForRun } from '../data/split.ts';
import { tableDataSet } from '../data/tables.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { trainAlone } from './trainAlone.ts';
import { TrainingRun } from './trainingRun.ts';

const spec = findPreset('mlp-xor');
const data = splitForRun(tableDataSet('xor'), { source: 'table', table: 'xor' }, spec.seed);
const engine = wasmStrictEngine;

test('a run that is looked at after each step has the bits of one that is not', async () => {
  const run = await TrainingRun.open({ spec, data, engine });
  const losses: number[] = [];
  for (let report = run.step(); report !== null; report = run.step()) {
    losses.push(report.loss);
    expect(report.step).toBe(losses.length);
    // What is looked at is a copy.
    run.parameters.fill(7);
    if (report.step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const outcome = run.finish();
  const alone = await trainAlone({ spec, data, engine });
  expect(outcome.parametersSha256).toBe(alone.parametersSha256);
  expect(outcome.history).toEqual(alone.history);
  // One step an epoch: the epoch's mean loss is the step's.
  expect(losses).toEqual(alone.history.map(({ trainLoss }) => trainLoss));
  expect(run.isOver).toBe(true);
  expect(run.step()).toBeNull();
});

test('a run may be ended before it is over, and may start from other parameters', async () => {
  const first = await TrainingRun.open({ spec, data, engine });
  for (let step = 0; step < 5; step += 1) first.step();
  const outcome = first.finish();
  expect([outcome.state, outcome.steps]).toEqual(['finished', 5]);
  const parameters = outcome.parameters.slice();
  const second = await TrainingRun.open({ spec, data, engine, parameters });
  expect(second.parameters).toEqual(parameters);
  expect(second.step()?.loss).not.toBe(outcome.history[0]?.trainLoss);
});

test('nothing is trained where the spec asks for no epochs', async () => {
  const run = await TrainingRun.open({ spec: { ...spec, epochs: 0 }, data, engine });
  expect(run.isOver).toBe(true);
  expect(run.finish()).toMatchObject({ state: 'finished', epochs: 0, deliveredEpoch: 0 });
});
