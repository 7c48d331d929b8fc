import type { EpochRecord, EventView, RunView, StepColumns, WatchMessage } from '@shoal/core';
import { EPOCH_POINTS_MAX, findPreset } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { WatchState } from './watchState.ts';

const run = (globalStep: number, { runId = 'run-1', epoch = 0 } = {}): RunView => ({
  runId,
  spec: findPreset('mnist-cnn'),
  specSha256: '00',
  trust: null,
  dataSet: { name: 'digits', source: 'digits', shape: [1, 28, 28], classes: 10, sha256: '00' },
  parameters: 34_826,
  vectorLength: 34_826,
  stepsPerEpoch: 10,
  stepsInAll: 30,
  state: 'training',
  reason: 'Two workers compute.',
  pace: null,
  epoch,
  step: globalStep % 10,
  globalStep,
  elapsedSeconds: 1,
  remainingSeconds: null,
  samplesPerSecond: 100,
  workers: 2,
  earlyStopping: null,
  result: null,
});

const columns = (...steps: readonly number[]): StepColumns => ({
  globalStep: steps,
  loss: steps,
  learningRate: steps,
  gradientNorm: steps,
  samplesPerSecond: steps,
});

const record = (epoch: number, trainLoss = 1): EpochRecord => ({
  epoch,
  trainLoss,
  trainAccuracy: 0.5,
  trainErrors: 1,
  validationLoss: null,
  validationAccuracy: null,
  learningRate: 0.1,
  layerNorms: [],
  seconds: 1,
  samplesPerSecond: 100,
  improved: true,
});

const event = (id: number, at = id): EventView => ({
  id,
  at,
  level: 'info',
  kind: 'run',
  message: `event ${id}`,
});

const snapshot = (
  parts: Partial<Extract<WatchMessage, { type: 'snapshot' }>> = {},
): Extract<WatchMessage, { type: 'snapshot' }> => ({
  type: 'snapshot',
  role: 'viewer',
  version: '0.1.0',
  run: null,
  steps: columns(),
  epochs: [],
  workers: [],
  locals: [],
  events: [],
  runs: { count: 0, change: 0 },
  join: null,
  scene: null,
  readsData: true,
  queue: { going: null, waiting: [] },
  ...parts,
});

function stateAfter(...messages: readonly WatchMessage[]): WatchState {
  const state = new WatchState();
  for (const message of messages) state.apply(message);
  return state;
}

const LINKS = {
  links: ['http://10.0.0.5/join#a'],
  watchLinks: ['http://10.0.0.5/#b'],
  gatewayLinks: ['http://10.0.0.5/#c'],
};

describe('the links to join', () => {
  it('are replaced by those that are told, with the reason, and which of them it was', () => {
    const state = new WatchState();
    state.apply(snapshot({ role: 'operator', join: LINKS }));
    expect(state.view).toMatchObject({ join: LINKS, replaced: null });
    // The same ones, as after a run has begun.
    state.apply(snapshot({ role: 'operator', join: LINKS }));
    expect(state.view.replaced).toBeNull();
    const fresh = { ...LINKS, links: ['http://10.0.0.5/join#c'] };
    state.apply({ type: 'join', join: fresh, because: 'revoked' });
    expect(state.view).toMatchObject({
      join: fresh,
      replaced: { because: 'revoked', join: true, watch: false },
    });
    // What is said stays until it is superseded.
    state.apply(snapshot({ role: 'operator', join: fresh }));
    expect(state.view.replaced).toMatchObject({ because: 'revoked' });
    state.apply(snapshot({ role: 'operator', join: { ...fresh, watchLinks: ['http://10.0.0.5/#d'] } }));
    expect(state.view.replaced).toEqual({ because: 'unknown', join: false, watch: true });
  });
});

describe('WatchState', () => {
  it('asks for everything while it has nothing, and then for what came since', () => {
    const state = stateAfter(snapshot({ run: run(0) }));
    expect(state.have).toBeNull();
    state.apply({ type: 'progress', run: run(3), steps: columns(1, 2, 3) });
    expect(state.have).toEqual({ runId: 'run-1', globalStep: 3 });
  });

  it('keeps its points over a lost connection and has none twice', () => {
    const state = stateAfter(
      snapshot({ run: run(3), steps: columns(1, 2, 3) }),
      snapshot({ run: run(5), steps: columns(4, 5) }),
      { type: 'progress', run: run(6), steps: columns(5, 6) },
    );
    expect(state.steps.globalStep).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('goes back with a run that was resumed from a checkpoint', () => {
    const state = stateAfter(
      snapshot({
        run: run(25, { epoch: 2 }),
        steps: columns(5, 10, 15, 20, 25),
        epochs: [record(1), record(2)],
      }),
      { type: 'progress', run: run(12, { epoch: 1 }), steps: columns(11, 12) },
    );
    expect(state.steps.globalStep).toEqual([5, 10, 11, 12]);
    expect(state.view.epochs.map(({ epoch }) => epoch)).toEqual([1]);
  });

  it('goes back as well when it was away while the run was resumed', () => {
    const state = stateAfter(
      snapshot({ run: run(25), steps: columns(5, 10, 15, 20, 25) }),
      snapshot({ run: run(12), steps: columns() }),
    );
    expect(state.steps.globalStep).toEqual([5, 10]);
    expect(state.have).toEqual({ runId: 'run-1', globalStep: 10 });
  });

  it('begins anew with another run', () => {
    const state = stateAfter(snapshot({ run: run(25), steps: columns(5, 25), epochs: [record(1)] }), {
      type: 'progress',
      run: run(1, { runId: 'run-2' }),
      steps: columns(1),
    });
    expect(state.steps.globalStep).toEqual([1]);
    expect(state.view.epochs).toEqual([]);
  });

  it('replaces the record of an epoch that is computed again, and passes over other runs', () => {
    const state = stateAfter(
      snapshot({ run: run(20), epochs: [record(1), record(2)] }),
      { type: 'epoch', runId: 'run-1', record: record(2, 0.25) },
      { type: 'epoch', runId: 'run-1', record: record(3) },
      { type: 'epoch', runId: 'run-0', record: record(4) },
    );
    expect(state.view.epochs.map(({ epoch, trainLoss }) => [epoch, trainLoss])).toEqual([
      [1, 1],
      [2, 0.25],
      [3, 1],
    ]);
  });

  it('keeps a bounded number of epochs, and always the newest', () => {
    const state = stateAfter(snapshot({ run: run(1) }));
    for (let epoch = 1; epoch <= 2 * EPOCH_POINTS_MAX + 1; epoch += 1) {
      state.apply({ type: 'epoch', runId: 'run-1', record: record(epoch) });
    }
    const kept = state.view.epochs.map(({ epoch }) => epoch);
    expect(kept.length).toBe(EPOCH_POINTS_MAX + 1);
    expect([kept[0], kept[1], kept.at(-1)]).toEqual([1, 3, 2 * EPOCH_POINTS_MAX + 1]);
  });

  it('has each event once, and those of a coordinator that was started again from the beginning', () => {
    const state = stateAfter(
      snapshot({ events: [event(1), event(2)] }),
      { type: 'events', events: [event(2), event(3)] },
      snapshot({ events: [event(2), event(3), event(4)] }),
    );
    expect(state.view.events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    state.apply(snapshot({ events: [event(1, 900)] }));
    expect(state.view.events).toEqual([event(1, 900)]);
    state.apply(snapshot({ events: [event(1, 950), event(2, 960)] }));
    expect(state.view.events).toEqual([event(1, 950), event(2, 960)]);
  });
});
