/** The five rules of the update that are compared, in the order of a lecture; each gets a run in which nothing else differs. */
import { type RunSpec, resolveRunSpec, SpecError } from '@shoal/core';

export const RULES = ['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam'] as const;
export type RuleName = (typeof RULES)[number];

/** Those of the presets that compare optimizers. */
const SETTINGS: Readonly<
  Record<RuleName, { readonly type: RuleName; readonly lr: number; readonly momentum?: number }>
> = {
  sgd: { type: 'sgd', lr: 0.1 },
  momentum: { type: 'momentum', lr: 0.1, momentum: 0.9 },
  adagrad: { type: 'adagrad', lr: 0.01 },
  rmsprop: { type: 'rmsprop', lr: 0.001 },
  adam: { type: 'adam', lr: 0.001 },
};

/** Fewer points make no curve. */
const EPOCHS_MIN = 6;

/**
 * The spec with each of the rules in turn. The rule that it has keeps its rate; the others get the one of the presets.
 * @returns null where one of them does not fit the spec
 */
export function raceOf(spec: RunSpec): readonly RunSpec[] | null {
  try {
    return RULES.map((rule) =>
      resolveRunSpec({
        ...spec,
        name: `${spec.name}-${rule}`,
        epochs: Math.max(spec.epochs, EPOCHS_MIN),
        optimizer: spec.optimizer.type === rule ? spec.optimizer : SETTINGS[rule],
      }),
    );
  } catch (error) {
    if (error instanceof SpecError) return null;
    throw error;
  }
}
