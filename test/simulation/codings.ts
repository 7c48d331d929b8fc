/** Codings by which vectors travel in simulated runs: what is said of each, and what a spec has for it. */

export const EIGHT_BITS = { coding: { up: 'int8', down: 'int8' } };

/** With scales of each answer's own, which rounds of local steps allow. */
export const FOUR_BITS = {
  steps: { type: 'localSteps', replicas: 3, localSteps: 2 },
  batch: 6,
  coding: { up: 'int4', down: 'int4' },
};

export const CODINGS: [said: string, change: Record<string, unknown>][] = [
  ['8 bits both ways, common scales', EIGHT_BITS],
  ['rounds of local steps, 4 bits both ways', FOUR_BITS],
];
