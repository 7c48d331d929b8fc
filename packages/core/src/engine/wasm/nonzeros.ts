/**
 * Where the samples of a microbatch are not zero, for a dense layer that reads them: of 64 digits more than half of the rows of
 * eight samples are background.
 */
import type { DenseLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import type { PlanContext } from './planned.ts';

/** The places as the kernels want them (assembly/sparse.ts), and where it is faster, and right, to look at these alone. */
export type Nonzeros = {
  readonly rows: Buffer;
  readonly byGroup: Buffer;
  readonly byFour: Buffer;
  /** Of these parameters and this microbatch. */
  readonly now: { isAllowed: boolean; forward: boolean; backward: boolean };
};

/** With more of it not zero, looking up the places takes longer than it saves. */
const ROWS_MAX = 0.9;
const FOURS_MAX = 0.75;

/** Looks for them in `x`, for a layer whose packed weights are `packed`. */
export function planNonzeros({ plan }: PlanContext, layer: DenseLayer, x: Buffer, packed: Buffer): Nonzeros {
  const { inputs, units } = layer;
  const { groupsMax } = plan;
  const fours = Math.ceil(inputs / 4);
  const rows = plan.values(inputs);
  const byGroup = plan.scratch(4 * groupsMax * (inputs + 1));
  const byFour = plan.scratch(4 * fours * (2 * groupsMax + 1));
  const now = { isAllowed: false, forward: false, backward: false };
  plan.prepare((k) => {
    const from = packed.address;
    return () => {
      now.isAllowed = k.mayBeSkipped(from, units, inputs) === 1;
    };
  });
  plan.call([x, rows, byGroup, byFour], (k) => {
    const [from, to] = [x.address, rows.address];
    const [groupPlaces, fourPlaces] = [byGroup.address, byFour.address];
    return ({ groups }) => {
      const found = k.findNonzeros(from, to, groupPlaces, fourPlaces, inputs, units, groups);
      now.forward = found <= ROWS_MAX * inputs * groups;
      now.backward = k.foursFound() <= FOURS_MAX * fours * groups;
    };
  });
  return { rows, byGroup, byFour, now };
}
