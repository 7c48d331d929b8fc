/** Whether anything can still be done to a run. */
import type { RunStateName } from '@shoal/core';

const ENDS: readonly RunStateName[] = ['finished', 'stopped', 'diverged', 'failed'];

export const goesOn = (state: RunStateName): boolean => !ENDS.includes(state);
