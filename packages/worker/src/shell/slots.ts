/** A slot as the Node.js shell sees it, whatever runs it. */
import type { SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';

export interface Slot {
  /** Parameters are read, or copied, before `post` returns, so that nothing need be given away for them. */
  readonly readsAtOnce: boolean;
  /** The request's arrays are given away, those of parameters only when the request says so. */
  post(request: SlotRequest): void;
  /** Ends the slot; nothing is heard of it afterwards. */
  close(): Promise<void>;
}

export type SlotEvents = {
  readonly onAnswer: (answer: SlotAnswer) => void;
  /** At most once; `reason` is a sentence. */
  readonly onDied: (reason: string) => void;
};

export type SlotFactory = (events: SlotEvents) => Slot;
