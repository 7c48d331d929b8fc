import { findPreset, resolveRunSpec } from '@shoal/core';
import { expect, test } from 'vitest';
import { colourOf, dashesOf } from '../charts/chart.ts';
import { raceChart } from './raceChart.ts';
import { RULES, raceOf } from './rules.ts';
import { raceIn } from './storedRace.ts';

test('five runs differ by their optimizer and its name alone, and have points enough for a curve', () => {
  const specs = raceOf(findPreset('mnist-sgd')) ?? [];
  expect(specs.map(({ optimizer }) => optimizer.type)).toEqual([...RULES]);
  expect(specs.map(({ name }) => name)).toEqual(RULES.map((rule) => `mnist-sgd-${rule}`));
  for (const { name: _, optimizer: __, ...rest } of specs) {
    const { name: ___, optimizer: ____, ...base } = findPreset('mnist-sgd');
    expect(rest).toEqual({ ...base, epochs: 6 });
  }
});

test('the rule that a spec has keeps its settings, and more epochs stay', () => {
  const optimizer = { type: 'adam', lr: 0.02, beta1: 0.8 };
  const specs = raceOf(resolveRunSpec({ ...findPreset('mnist-mlp'), optimizer, epochs: 9 })) ?? [];
  expect(specs[4]).toMatchObject({ epochs: 9, optimizer });
  expect(specs[1]?.optimizer).toMatchObject({ type: 'momentum', momentum: 0.9 });
});

test('each of the five has a colour and a dash that no other has', () => {
  const record = { epoch: 1, trainLoss: 2, validationAccuracy: 0.5 } as never;
  const runners = RULES.map((label) => ({ label, records: [record] }));
  const { lines } = raceChart(runners, 'accuracy', { title: 'Accuracy', epoch: 'epoch' });
  expect(new Set(lines.map(({ look }) => colourOf(look))).size).toBe(5);
  expect(new Set(dashesOf(lines).map(String)).size).toBe(5);
  expect(lines.map(({ label, values }) => [label, ...values])).toEqual(RULES.map((rule) => [rule, 0.5]));
});

test('what another page has written is read, and nothing else', () => {
  const written = { optimizers: ['sgd', 'adam'], runIds: ['one'] };
  expect(raceIn(JSON.stringify(written))).toEqual(written);
  for (const text of [null, '', '{', '[]', '7', '{"optimizers":["sgd"],"runIds":["one","two"]}']) {
    expect(raceIn(text)).toBe(null);
  }
});
