/** A slot of a tab, on whatever thread it is: the program of all slots, kept within its part of a processor. */
import { DEFAULT_LIMITS } from '@shoal/core';
import { WORKER_LIMITS } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import { SlotProgram } from '../slot/slotProgram.ts';
import type { SlotCommand, SlotReply } from './slotMessages.ts';
import { tabComputers } from './tabComputers.ts';
import { Throttle } from './throttle.ts';

/** A turn of the event loop takes as long as a microbatch of a small model; nobody notices one in so long. */
const PAUSE_EVERY_MS = 4;

/**
 * @param lends whether whoever takes replies reads their vectors at once
 * @returns what takes its commands
 */
export function openTabSlot(
  lends: boolean,
  reply: (reply: SlotReply, transfer: readonly ArrayBuffer[]) => void,
): (command: SlotCommand) => void {
  const throttle = new Throttle();
  const turns = new Turns();
  const program = new SlotProgram({
    post: (answer, transfer) => {
      if (answer.type !== 'progress') throttle.pause(performance.now());
      reply(answer, transfer);
    },
    now: () => performance.now(),
    // Between two microbatches messages that have come are read, and the slot rests if it has to.
    pause: async () => {
      const ms = throttle.restMs(performance.now());
      if (ms > 0) await turns.rest(ms);
      else if (performance.now() - turns.last > PAUSE_EVERY_MS) await turns.next();
      throttle.begin(performance.now());
    },
    openComputer: tabComputers((gpu) => reply({ type: 'gpu', gpu }, [])),
    progressMs: DEFAULT_LIMITS.progressMs,
    lends,
    spareBuffersMax: WORKER_LIMITS.spareBuffersMax,
    onUnusable: (problem) => reply({ type: 'unusable', reason: `${networkReasonOf(problem)}.` }, []),
  });
  return (command) => {
    turns.last = performance.now();
    if (command.type === 'limit') throttle.limit = command.percent;
    else if (command.type === 'ping') reply({ type: 'pong' }, []);
    else program.handle(command);
  };
}

/**
 * Turns of the event loop. A timer would take at least 4 ms each time; a message to oneself comes after those that are
 * there already.
 */
class Turns {
  /** When one was last known to begin. */
  last = performance.now();
  readonly #waiting: (() => void)[] = [];
  readonly #there: MessagePort;

  constructor() {
    const { port1: here, port2: there } = new MessageChannel();
    this.#there = there;
    here.onmessage = () => this.#waiting.shift()?.();
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#there.postMessage(null);
    });
    this.last = performance.now();
  }

  async rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    this.last = performance.now();
  }
}
