/**
 * Where the samples of a microbatch are not zero, for a dense layer that reads them: of 64 digits more than half of the rows of
 * eight samples are background.
 */
import type { DenseLayer } from '../../nn/model.ts';
import type { Buffer, Plan } from './plan.ts';

/** The places as the kernels want them (assembly/sparse.ts), and whether it is faster to look at these alone. */
export type Nonzeros = {
  readonly rows: Buffer;
  readonly byGroup: Buffer;
  readonly areFew: () => boolean;
};

/** With more of it not zero, looking up the places takes longer than it saves. */
const SHARE_MAX = 0.75;

/** Looks for them in `x`, for each microbatch. */
export function planNonzeros(plan: Plan, { inputs }: DenseLayer, x: Buffer): Nonzeros {
  const { groupsMax } = plan;
  const rows = plan.values(inputs);
  const byGroup = plan.scratch(4 * groupsMax * (inputs + 1));
  let share = 1;
  plan.call([x, rows, byGroup], (k) => {
    const [from, to, places] = [x.address, rows.address, byGroup.address];
    return ({ groups }) => {
      share = k.findNonzeros(from, to, places, inputs, groups) / (inputs * groups);
    };
  });
  return { rows, byGroup, areFew: () => share <= SHARE_MAX };
}
