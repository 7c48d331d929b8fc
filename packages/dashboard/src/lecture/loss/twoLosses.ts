/** One neuron with a sigmoid over its two weights, judged by two losses. */
import { activationOf, lossOf } from '@shoal/core';
import type { Landscape } from '../descent/landscape.ts';

type Sample = { readonly x: readonly [number, number]; readonly label: 0 | 1 };

/** Two classes that a line nearly separates: the last sample lies among the others, so that there is a lowest place. */
const SAMPLES: readonly Sample[] = [
  { x: [1, 0.6], label: 1 },
  { x: [0.5, 1], label: 1 },
  { x: [0.9, -0.2], label: 1 },
  { x: [-0.8, -0.6], label: 0 },
  { x: [-0.4, -1], label: 0 },
  { x: [-1, 0.1], label: 0 },
  { x: [0.3, 0.1], label: 0 },
];

const sigmoid = activationOf('sigmoid').value;
const crossEntropyOf = lossOf('cross_entropy', 1);
const squareErrorOf = lossOf('mse', 1);
const unused = new Float64Array(1);

/** Means over the samples; cross-entropy takes the sum, square error what the sigmoid makes of it. */
const meanOver =
  (lossAt: (z: number, label: number) => number): Landscape['height'] =>
  (w1, w2) =>
    SAMPLES.reduce((sum, { x, label }) => sum + lossAt(w1 * x[0] + w2 * x[1], label), 0) / SAMPLES.length;

const REACH = { x: [-8, 8], y: [-8, 8] } as const;

export const CROSS_ENTROPY: Landscape = {
  ...REACH,
  height: meanOver((z, label) => crossEntropyOf(Float64Array.of(z), label, unused)),
};

export const SQUARE_ERROR: Landscape = {
  ...REACH,
  height: meanOver((z, label) => squareErrorOf(Float64Array.of(sigmoid(z)), label, unused)),
};
