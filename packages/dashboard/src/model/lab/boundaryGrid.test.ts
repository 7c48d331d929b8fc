import {
  compileModel,
  findPreset,
  initialParameters,
  type LayerSpec,
  type LossName,
  type Model,
} from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { contourOf } from '../paint/contours.ts';
import { evaluatePlane, PLANE, placeOf } from './boundaryGrid.ts';
import { executorOf } from './labModels.suite.ts';
import { scoreOf } from './score.ts';

const SIDE = 21;

/** What a model with parameters as they are drawn says in the plane. */
async function planeOf(model: Model, side = SIDE) {
  const parameters = initialParameters(model, 0);
  const score = scoreOf(model);
  const executor = await executorOf(model, parameters, 64);
  const scorer = await executorOf(score.model, parameters, 64);
  return evaluatePlane({ executor, scorer, score, side });
}

describe('the plane around a truth table', () => {
  it('is cut by the line that a neuron with given weights stands for', async () => {
    // The preset's neuron fires from x₁ + x₂ = 1.5 on.
    const model = compileModel(findPreset('neuron').model);
    const { columns, rows, values } = await planeOf(model);
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
    const { values } = await planeOf(model);
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
    const { rows, values, scores } = await planeOf(model);
    expect(rows).toBe(1);
    expect([...scores].map((score) => score >= 0)).toEqual([...values].map((value) => value >= 0.5));
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

/** 60·x₁ + 100·x₂ − 91: so steep that a grid finds nothing but 0 and 1 where it is squashed. */
const STEEP = { units: 1, weights: [[60, 100]], biases: [-91] };
const LEAKY: LayerSpec = { type: 'leaky_relu', slope: 0.2 };

/** How far the drawn boundary lies from the line that it should be, at most, in places of the grid. */
async function farthest(model: Model, side: number): Promise<number> {
  const { scores, columns, rows } = await planeOf(model, side);
  const segments = contourOf(scores, columns, rows, 0);
  expect(segments.length).toBeGreaterThan(side / 2);
  const place = (i: number): number => PLANE.from + (i * (PLANE.to - PLANE.from)) / (side - 1);
  const distances = segments.flatMap(([x1, y1, x2, y2]) =>
    [
      [x1, y1],
      [x2, y2],
    ].map(([x = 0, y = 0]) => Math.abs(0.6 * place(x) + place(y) - 0.91) / Math.hypot(0.6, 1)),
  );
  return Math.max(...distances) / (2 / (side - 1));
}

describe('the boundary that is drawn', () => {
  const dense: LayerSpec = { type: 'dense', ...STEEP };
  const heads: readonly (readonly [string, LossName, readonly LayerSpec[]])[] = [
    ['a logit', 'cross_entropy', [dense]],
    ['a perceptron', 'perceptron', [dense]],
    ['a step', 'mse', [dense, { type: 'step' }]],
    ['a sigmoid', 'mse', [dense, { type: 'sigmoid' }]],
    ['a sigmoid before a dropout', 'mse', [dense, { type: 'sigmoid' }, { type: 'dropout', rate: 0.5 }]],
    ['a leaky rectifier of a logit', 'cross_entropy', [dense, LEAKY]],
    ['a hyperbolic tangent of a logit', 'cross_entropy', [dense, { type: 'tanh' }]],
    [
      'a step of a leaky rectifier of a tangent',
      'mse',
      [dense, { type: 'tanh' }, { type: 'leaky_relu' }, { type: 'step' }],
    ],
  ];
  it.each(heads)('is the straight line itself, however sure the answer is: %s', async (_, loss, layers) => {
    expect(await farthest(compileModel({ input: [2], layers, loss }), SIDE)).toBeLessThan(1e-3);
  });

  const two: LayerSpec = {
    type: 'dense',
    units: 2,
    weights: [
      [-20, 40],
      [40, 140],
    ],
    biases: [11, -80],
  };
  it.each<readonly [string, LossName, readonly LayerSpec[]]>([
    ['logits', 'cross_entropy', [two]],
    ['outputs', 'mse', [two]],
    ['a softmax', 'mse', [two, { type: 'softmax' }]],
    ['sigmoids', 'mse', [two, { type: 'sigmoid' }]],
  ])('is that of two classes where there are two outputs: %s', async (_, loss, layers) => {
    expect(await farthest(compileModel({ input: [2], layers, loss }), SIDE)).toBeLessThan(1e-3);
  });

  it('is that of the neuron, which is right on places of the grid', async () => {
    const { scores, columns, rows } = await planeOf(compileModel(findPreset('neuron').model), 81);
    for (const [x1, y1, x2, y2] of contourOf(scores, columns, rows, 0)) {
      expect(placeOf(x1, 81) + placeOf(y1, 81)).toBeCloseTo(1.5, 5);
      expect(placeOf(x2, 81) + placeOf(y2, 81)).toBeCloseTo(1.5, 5);
    }
  });

  it('changes where the answer does, also behind layers that cannot be seen through', async () => {
    const layers: readonly (readonly LayerSpec[])[] = [
      [{ type: 'relu' }],
      [{ type: 'prelu' }],
      [{ type: 'gelu' }],
      [{ type: 'tanh' }, { type: 'relu' }],
    ];
    for (const tail of layers) {
      const gentle: LayerSpec = { type: 'dense', units: 1, weights: [[0.6, 1]], biases: [-0.41] };
      const model = compileModel({ input: [2], layers: [gentle, ...tail], loss: 'mse' });
      const { scores, values } = await planeOf(model);
      expect(new Set(scores.map(Math.sign)).size).toBeGreaterThan(1);
      scores.forEach((score, i) => {
        if (Math.abs(score) > 1e-6) expect(score > 0).toBe(values[i] > 0.5);
      });
    }
  });
});
