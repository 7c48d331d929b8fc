/**
 * Wrong answers, for showing and testing how they are found out: what a worker that lies may send instead of the sums
 * that it has computed. Each is of the right form, so that nothing but computing it again tells.
 */
import type { ArrayAnswer } from './slot/slotMessages.ts';

export const LIES = ['signFlip', 'scaled', 'noise', 'zeros'] as const;
export type LieName = (typeof LIES)[number];

/** How many times too long a scaled gradient is. */
const SCALE = 50;

/**
 * The lie about one node. Evaluations bring no gradient: there the loss is doubled and every answer called wrong.
 * @param draw numbers in [0, 1), for noise of one's own; the other lies are the same whoever tells them
 */
export function lie(name: LieName, answer: ArrayAnswer, draw: () => number): ArrayAnswer {
  const { vector } = answer;
  if (vector === null)
    return { ...answer, loss: 2 * answer.loss + (name === 'noise' ? draw() : 1), correct: 0 };
  const wrong = new Float32Array(vector.length);
  for (let i = 0; i < wrong.length; i += 1) wrong[i] = instead(name, vector[i] ?? 0, draw);
  return { ...answer, vector: wrong };
}

function instead(name: LieName, right: number, draw: () => number): number {
  switch (name) {
    case 'signFlip':
      return -right;
    case 'scaled':
      return SCALE * right;
    case 'noise':
      return right + (draw() - 0.5);
    case 'zeros':
      return 0;
  }
}
