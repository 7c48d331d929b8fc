import type { EpochRecord, StepColumns } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { bytesChart, type CurveWords, epochCharts, normChart, stepCharts } from './runCharts.ts';

const STEP_WORDS: CurveWords['stepMetrics'] = {
  loss: { title: 'lossByStep', line: 'step' },
  learningRate: { title: 'rateByStep', line: 'rate' },
  samplesPerSecond: { title: 'speedByStep', line: 'step' },
};

/** Every other word is its own name. */
const words = new Proxy(
  {},
  {
    get: (_, name) => {
      if (name === 'stepMetrics') return STEP_WORDS;
      return name === 'exchanged' ? (unit: string) => unit : String(name);
    },
  },
) as CurveWords;

const record = (epoch: number, norms: readonly number[]): EpochRecord => ({
  epoch,
  trainLoss: 1 / epoch,
  trainAccuracy: 0.5,
  trainErrors: 1,
  validationLoss: null,
  validationAccuracy: null,
  learningRate: 0.1,
  layerNorms: norms.map((norm, index) => ({ layer: `dense${index + 1}`, norm })),
  seconds: 1,
  samplesPerSecond: 100,
  improved: true,
});

const records = [record(1, [0.5, 2]), record(2, [0, 1])];

const steps: StepColumns = {
  globalStep: [1, 2],
  loss: [2, Number.NaN],
  learningRate: [0.1, 0.2],
  gradientNorm: [1, 1],
  samplesPerSecond: [100, 200],
};

it('draws no validation of a run that has none', () => {
  const labels = (of: readonly EpochRecord[]) =>
    epochCharts(of, null, words).map(({ lines }) => lines.map(({ label }) => label));
  expect(labels(records)).toEqual([['training'], ['training']]);
  const both = ['training', 'validation'];
  expect(labels(records.map((one) => ({ ...one, validationLoss: 1, validationAccuracy: 0.5 })))).toEqual([
    both,
    both,
  ]);
  // Before the first epoch nobody knows.
  expect(labels([])).toEqual([both, both]);
});

describe('the curves of a run', () => {
  it('mark the best epoch, and the last one where training stopped early', () => {
    const marks = (stoppedAfter: number | null) =>
      epochCharts(records, { bestEpoch: 1, stoppedAfter }, words)[0]?.marks.map(({ at, label }) => [
        at,
        label,
      ]);
    expect(marks(null)).toEqual([[1, 'bestMark']]);
    expect(marks(2)).toEqual([
      [1, 'bestMark'],
      [2, 'stopMark'],
    ]);
    expect(epochCharts(records, null, words)[0]?.marks).toEqual([]);
    expect(epochCharts([], { bestEpoch: 0, stoppedAfter: null }, words)[0]?.marks).toEqual([]);
  });

  it('leave a gap where there was no validation', () => {
    const [first, second] = records;
    if (first === undefined || second === undefined) throw new Error('There are two.');
    const [loss] = epochCharts([{ ...first, validationLoss: 0.75 }, second], null, words);
    expect(loss?.lines.map(({ label, values }) => [label, values])).toEqual([
      ['training', [1, 0.5]],
      ['validation', [0.75, null]],
    ]);
  });

  it('show accuracy over the bytes that it took, in a unit that suits them', () => {
    const carried = (...bytes: readonly (number | undefined)[]) =>
      bytesChart(
        bytes.map((one, i) => ({ ...record(i + 1, []), ...(one !== undefined && { bytes: one }) })),
        words,
      );
    expect(carried(1_200, 4_600)).toMatchObject({ axis: 'kB', at: [1, 5] });
    expect(carried(20e6, 40.6e6)).toMatchObject({ axis: 'MB', at: [20, 41] });
    expect(carried(1_200, 4_600)?.lines.map(({ label, values }) => [label, values])).toEqual([
      ['training', [0.5, 0.5]],
    ]);
    // What an earlier version recorded says nothing, and threads of the coordinator take no line.
    expect(carried(undefined, 4_600)?.at).toEqual([5]);
    expect([carried(), carried(undefined), carried(0, 0)]).toEqual([null, null, null]);
  });

  it('have a line for each layer on a log scale, and tell a norm of zero as what it is', () => {
    const chart = normChart(records, words);
    expect(chart.log).toBe(true);
    expect(chart.lines.map(({ label, values }) => [label, values])).toEqual([
      ['dense1', [0.5, 0]],
      ['dense2', [2, 1]],
    ]);
    expect(normChart([], words).lines).toEqual([]);
  });

  it('show losses and speeds as they were, and smoothed', () => {
    const [loss, rate, speed] = stepCharts(steps, words);
    expect(loss?.lines.map(({ faint }) => faint === true)).toEqual([true, false]);
    expect(loss?.lines[1]?.values).toEqual([2, 2]);
    expect(rate?.lines.map(({ values }) => values)).toEqual([[0.1, 0.2]]);
    expect(speed?.lines[0]?.values).toEqual([100, 200]);
    expect([loss, rate, speed].map((chart) => chart?.title)).toEqual([
      'lossByStep',
      'rateByStep',
      'speedByStep',
    ]);
    expect(speed?.format(1234.4)).toBe('1,234');
  });
});
