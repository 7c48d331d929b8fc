import { expect, test } from 'vitest';
import { initialProgress, startRun } from '../../transition/transition.ts';
import { prepareRun } from '../preparation/prepare.ts';
import { ProbeAnswer } from '../preparation/probeAnswer.ts';
import { smallData, smallSpec } from '../smallRun.suite.ts';
import { beginningOf, SnapshotStore } from '../trust/snapshotStore.ts';
import { RunDriver } from './driver.ts';

const NOTHING = (): void => {};

/** A run that nobody computes for; it is certain who leads it until `isCertain` says otherwise. */
function lonelyRun(isCertain: () => boolean) {
  const run = prepareRun(smallSpec, smallData);
  const store = new SnapshotStore(beginningOf(run), []);
  const started = startRun(run.facts, initialProgress(run.facts), {
    ...{ convicted: [], verifiedAnswers: new Map(), ledger: [], snapshots: store.records() },
  });
  const ends: string[] = [];
  const driver = new RunDriver({
    ...{ state: started.state, pending: started.effects, best: null, epochs: [] },
    ...{ arena: run.arena, updater: run.updater, model: run.model, leases: run.leases },
    probe: new ProbeAnswer({
      gradient: new Float32Array(run.model.vectorLength),
      ...{
        sums: { loss: 0, correct: 0, finite: true },
        count: 1,
        numerics: 'exact',
        tensors: run.model.tensors,
      },
    }),
    workers: {
      ...{ send: NOTHING, bye: NOTHING, convicted: NOTHING },
      ...{ isGateway: () => false, contributors: () => null },
    },
    checkpoints: { save: NOTHING, keep: NOTHING, drop: NOTHING },
    trust: {
      store,
      trusted: { compute: NOTHING, abandon: NOTHING },
      verdicts: { convicted: NOTHING, verified: NOTHING },
      secret: new Uint8Array(32),
    },
    observer: {
      ...{ stepDone: NOTHING, epochDone: NOTHING, rolledBack: NOTHING },
      log: NOTHING,
      ended: ({ reason }) => {
        ends.push(reason.type);
      },
    },
    clock: () => 0,
    mayGrant: isCertain,
  });
  driver.start();
  return { driver, ends };
}

test('a run is held while it is not certain who leads, and goes on once it is', () => {
  let isCertain = true;
  const { driver } = lonelyRun(() => isCertain);
  driver.tick(0, 0);
  expect(driver.state.held).toBe(false);
  isCertain = false;
  driver.tick(0, 0);
  driver.tick(0, 0);
  expect([driver.state.held, driver.state.paused?.type]).toEqual([true, 'leadUncertain']);
  isCertain = true;
  driver.tick(0, 0);
  expect([driver.state.held, driver.state.paused]).toEqual([false, null]);
});

test('a run that has ended goes by nothing any more, not even by who leads', () => {
  let isCertain = true;
  const { driver, ends } = lonelyRun(() => isCertain);
  driver.stop({ type: 'operatorStopped' });
  expect(ends).toEqual(['operatorStopped']);
  isCertain = false;
  driver.tick(0, 0);
  isCertain = true;
  driver.tick(0, 0);
  expect(ends).toEqual(['operatorStopped']);
});
