/**
 * The only slot of a worker with one thread: it computes on the thread that also has the socket, which is heard
 * between two microbatches. That spares a second JavaScript heap and two hops between threads for every lease.
 */
import { DEFAULT_LIMITS } from '@shoal/core';
import { WORKER_LIMITS } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import type { SlotFactory } from '../shell/slots.ts';
import { SlotProgram } from '../slot/slotProgram.ts';
import { openNodeComputer } from './nodeEngines.ts';
import { pausesNow } from './pause.ts';

export const inlineSlot: SlotFactory = ({ onAnswer, onDied }) => {
  let over = false;
  const program = new SlotProgram({
    post: (answer) => {
      if (!over) onAnswer(answer);
    },
    lends: true,
    now: () => performance.now(),
    pause: pausesNow(),
    openComputer: openNodeComputer,
    progressMs: DEFAULT_LIMITS.progressMs,
    spareBuffersMax: WORKER_LIMITS.spareBuffersMax,
    onUnusable: (problem) => {
      if (over) return;
      over = true;
      onDied(`${networkReasonOf(problem)}.`);
    },
  });
  return {
    readsAtOnce: true,
    post: (request) => {
      if (!over) program.handle(request);
    },
    close: async () => {
      over = true;
    },
  };
};
