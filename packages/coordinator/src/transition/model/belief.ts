/** How far answers are believed. */
import type { TrustSpec } from '@shoal/core';

/** How workers are checked; the parameters do not depend on it. */
export type TrustPolicy = Pick<TrustSpec, 'spotCheck' | 'quorum'>;

/**
 * `believed`: the coordinator started it on its own machine, and its answers are taken like the trusted worker's.
 * `checked`: anybody else, as far as the policy says. `suspected`: it was made to lie, and each of its answers is
 * computed a second time, whatever the policy says.
 */
export type Belief = 'believed' | 'checked' | 'suspected';

/** Whether anybody's answers are looked at. */
export const isChecked = ({ spotCheck, quorum }: TrustPolicy): boolean => spotCheck > 0 || quorum > 1;
