/** The run whose model is shown: a past one that somebody opened, or else the one that goes on or was the last. */
import { computed } from '@preact/signals';
import type { RunDetail, RunView } from '@shoal/core';
import { openedModel } from '../index/runs/openedModel.ts';
import { run } from '../index/store.ts';

export type ShownRun = Pick<
  RunView,
  'runId' | 'spec' | 'dataSet' | 'epoch' | 'step' | 'stepsPerEpoch' | 'globalStep' | 'result'
>;

export const shown = computed<ShownRun | null>(() =>
  openedModel.value === null ? run.value : asShown(openedModel.value),
);

/** At its end; nothing of it is being computed. */
const asShown = ({ runId, spec, dataSetInfo, result }: RunDetail): ShownRun => ({
  ...{ runId, spec, result, dataSet: dataSetInfo },
  ...{ epoch: result?.epochs ?? 0, step: 0, stepsPerEpoch: 1, globalStep: result?.steps ?? 0 },
});

/** Whether the blocks that the coordinator hands out hold the samples of the run that is shown. */
export function hasSamples(set: 'train' | 'test'): boolean {
  const opened = openedModel.peek();
  return opened === null || hasSamplesOf(opened, run.peek(), set);
}

/**
 * Whether they hold those of a past run, where `now` is the run that goes on or was the last. Those of the training set lie in
 * an order that the spec decides.
 */
export function hasSamplesOf(opened: RunDetail, now: RunView | null, set: 'train' | 'test'): boolean {
  if (now === null) return false;
  const { dataSet, spec } = now;
  const { dataSetInfo } = opened;
  const isSame = dataSet.sha256 === dataSetInfo.sha256 && `${dataSet.shape}` === `${dataSetInfo.shape}`;
  if (!isSame || set === 'test') return isSame;
  return spec.seed === opened.spec.seed && JSON.stringify(spec.data) === JSON.stringify(opened.spec.data);
}
