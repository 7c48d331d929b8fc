/** What the plans of all layers have in common: where they read and write, and what they hand on. */
import type { Place, Plan } from './plan.ts';

export type PlanContext = {
  readonly plan: Plan;
  /** [vectorLength] each, in the order of the flat vector. */
  readonly parameters: Place;
  readonly gradient: Place;
  /** [microbatch] number of each sample in its data set. */
  readonly samples: Place;
};

/** A layer whose forward kernels are in the plan. Values lie sample after sample, images as [channels, height, width]. */
export type Planned = {
  readonly output: Place;
  /** Adds the backward kernels, which read `dy`. Gives the gradient of the input, or null when it is not `wanted`. */
  readonly backward: (dy: Place, wanted: boolean) => Place | null;
};

export const unsigned = (place: Place): { readonly place: Place; readonly type: 'u32' } => ({
  place,
  type: 'u32',
});
