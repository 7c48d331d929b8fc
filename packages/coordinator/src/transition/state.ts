/** The state of a run as the coordinator's transition owns it, put together from what its rooms know. */
import type { Trusting } from './trust/trustState.ts';

export type RunState = Trusting;
