/** A run for each of five rules of the update, in which nothing else differs. */
import { RULES, type RuleName } from '../../index/race/rules.ts';
import { digitsSpec, stack } from '../train/specs.ts';

const SETTINGS: Readonly<
  Record<RuleName, { readonly type: RuleName; readonly lr: number; readonly momentum?: number }>
> = {
  sgd: { type: 'sgd', lr: 0.1 },
  momentum: { type: 'momentum', lr: 0.05, momentum: 0.9 },
  adagrad: { type: 'adagrad', lr: 0.02 },
  rmsprop: { type: 'rmsprop', lr: 0.002 },
  adam: { type: 'adam', lr: 0.003 },
};

/** One for each rule; nothing else differs. */
export const RACE = RULES.map((rule) =>
  digitsSpec({
    name: `lecture-${rule}`,
    limit: 3000,
    model: stack([32], { type: 'relu' }),
    optimizer: SETTINGS[rule],
    epochs: 6,
  }),
);
