/** The script of a worker thread: one slot, spoken to through the thread's port. */
import { parentPort } from 'node:worker_threads';
import { DEFAULT_LIMITS } from '@shoal/core';
import { WORKER_LIMITS } from '../limits.ts';
import type { SlotRequest } from '../slot/slotMessages.ts';
import { SlotProgram } from '../slot/slotProgram.ts';
import { openNodeComputer } from './nodeEngines.ts';
import { pausesNow } from './pause.ts';

const port = parentPort;
if (port === null)
  throw new Error('This script is started as a worker thread by a Shoal worker, not by hand.');

const program = new SlotProgram({
  post: (answer, transfer) => port.postMessage(answer, transfer),
  now: () => performance.now(),
  pause: pausesNow(),
  openComputer: openNodeComputer,
  progressMs: DEFAULT_LIMITS.progressMs,
  lends: false,
  spareBuffersMax: WORKER_LIMITS.spareBuffersMax,
  // Thrown outside of any promise, it ends the thread, and the session hears why.
  onUnusable: (problem) => {
    setImmediate(() => {
      throw problem;
    });
  },
});
port.on('message', (request: SlotRequest) => program.handle(request));
