/** Why a worker goes by itself, in English. */
import type { LeaveFact } from '../../facts/connectionFacts.ts';
import type { Wording } from '../wording.ts';

export const LEAVING_ENGLISH: Wording<LeaveFact> = {
  volunteerPaused: () => 'Paused by the volunteer.',
  volunteerLeft: () => 'The volunteer has left.',
  threadsChange: () => 'The number of threads changes.',
  toldToStop: ({ signal }) => `The worker was told to stop (${signal}).`,
};
