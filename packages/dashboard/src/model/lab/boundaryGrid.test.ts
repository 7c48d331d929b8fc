import { compileModel, findPreset, initialParameters } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { evaluatePlane, PLANE, placeOf } from './boundaryGrid.ts';
import { executorOf } from './labModels.suite.ts';

const SIDE = 21;

describe('the plane around a truth table', () => {
  it('is cut by the line that a neuron with given weights stands for', async () => {
    // The preset's neuron fires from x₁ + x₂ = 1.5 on.
    const model = compileModel(findPreset('neuron').model);
    const executor = await executorOf(model, initialParameters(model, 0), 64);
    const { columns, rows, values } = evaluatePlane(executor, SIDE);
    expect([columns, rows]).toEqual([SIDE, SIDE]);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const sum = placeOf(column, SIDE) + placeOf(row, SIDE);
        // On the line itself rounding decides.
        if (Math.abs(sum - 1.5) < 1e-6) continue;
        expect(values[row * columns + column], `at ${column}, ${row}`).toBe(sum > 1.5 ? 1 : 0);
      }
    }
  });

  it('tells a logit as a probability', async () => {
    const model = compileModel({
      input: [2],
      layers: [{ type: 'dense', units: 1, weights: [[2, -4]], biases: [1] }],
      loss: 'cross_entropy',
    });
    const executor = await executorOf(model, initialParameters(model, 0), 50);
    const { values } = evaluatePlane(executor, SIDE);
    for (const [column, row] of [
      [0, 0],
      [20, 3],
      [7, 20],
    ] as const) {
      const z = 2 * placeOf(column, SIDE) - 4 * placeOf(row, SIDE) + 1;
      expect(values[row * SIDE + column]).toBeCloseTo(1 / (1 + Math.exp(-z)), 5);
    }
  });

  it('is a line where there is one input', async () => {
    const model = compileModel({
      input: [1],
      layers: [{ type: 'dense', units: 1, weights: [[-1]], biases: [0.25] }],
      loss: 'perceptron',
    });
    const executor = await executorOf(model, initialParameters(model, 0), 8);
    const { rows, values } = evaluatePlane(executor, SIDE);
    expect(rows).toBe(1);
    const isOne = [...values].map((value) => value >= 0.5);
    expect(isOne).toEqual(isOne.map((_, i) => placeOf(i, SIDE) <= 0.25));
  });

  it('reaches half a unit beyond the table, which lies on the grid', () => {
    expect(placeOf(0, 81)).toBe(PLANE.from);
    expect(placeOf(80, 81)).toBe(PLANE.to);
    expect(placeOf(20, 81)).toBe(0);
    expect(placeOf(60, 81)).toBe(1);
  });
});
