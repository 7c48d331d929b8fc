/**
 * Faults that a worker is told to have, for lectures and tests: what a machine that hangs, crawls or lies looks like
 * to the others. A slowed or poisoned worker is one whose slots answer later, or otherwise, than they should.
 */
import { lie } from '../lies.ts';
import type { SlotFactory } from '../shell/slots.ts';
import { type ArrayAnswer, keptAnswer, type SlotAnswer } from '../slot/slotMessages.ts';

/** `frozen`: the connection stays open, and nothing is computed, read or answered. */
export type WorkerFault = 'none' | 'frozen' | 'slowed' | 'poisoned';

/** How many times as long a slowed worker takes. */
const SLOWNESS = 10;

export class FaultSwitch {
  #fault: WorkerFault = 'none';
  readonly #listeners: ((fault: WorkerFault) => void)[] = [];

  get fault(): WorkerFault {
    return this.#fault;
  }

  set fault(fault: WorkerFault) {
    this.#fault = fault;
    for (const listener of this.#listeners) listener(fault);
  }

  onChange(listener: (fault: WorkerFault) => void): void {
    this.#listeners.push(listener);
  }
}

/** Slots of this kind that have the fault which is switched on. */
export const faultySlots =
  (slots: SlotFactory, faults: FaultSwitch): SlotFactory =>
  (events) => {
    let over = false;
    /** Answers that are held back; the slot's next job counts from when the last is let go. */
    let line: Promise<void> = Promise.resolve();
    let held = 0;
    const give = (answer: SlotAnswer): void => {
      if (!over) events.onAnswer(answer);
    };
    const hold = (answer: SlotAnswer, ms: number): void => {
      const kept = keptAnswer(answer);
      held += 1;
      line = line
        .then(() => (ms > 0 ? patience(ms, faults) : undefined))
        .then(() => {
          held -= 1;
          give(kept);
        });
    };
    const slot = slots({
      ...events,
      onAnswer: (answer) => {
        const { fault } = faults;
        if (held === 0 && (fault === 'none' || answer.type !== 'finished')) return give(answer);
        if (answer.type !== 'finished') return hold(answer, 0);
        const answers = fault === 'poisoned' ? answer.answers.map(pointedBack) : answer.answers;
        const computeMs = answer.computeMs * (fault === 'slowed' ? SLOWNESS : 1);
        hold({ ...answer, answers, computeMs }, computeMs - answer.computeMs);
      },
    });
    return {
      readsAtOnce: slot.readsAtOnce,
      post: (request) => slot.post(request),
      close: () => {
        over = true;
        return slot.close();
      },
    };
  };

/** Every gradient the other way: finite, of the right length, and wrong. */
const pointedBack = (answer: ArrayAnswer): ArrayAnswer => lie('signFlip', answer, () => 0);

/** Ends early when the worker is no longer slow. */
function patience(ms: number, faults: FaultSwitch): Promise<void> {
  return new Promise((resolve) => {
    const until = performance.now() + ms;
    const look = (): void => {
      const left = until - performance.now();
      if (left <= 0 || faults.fault !== 'slowed') resolve();
      else setTimeout(look, Math.min(left, 50));
    };
    look();
  });
}
