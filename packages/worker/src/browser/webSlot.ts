/** A slot of a tab, as the shell sees it. */
import type { Slot, SlotFactory } from '../shell/slots.ts';
import { transferOf } from '../slot/transfer.ts';
import type { GpuReport, SlotCommand, SlotReply } from './slotMessages.ts';
import { openTabSlot } from './tabSlot.ts';

/** What runs a slot: a Web Worker with the slot script, wherever it was made, or the hub itself. */
export interface SlotThread {
  /** Parameters are read, or copied, before `post` returns. */
  readonly readsAtOnce: boolean;
  post(command: SlotCommand, transfer: readonly Transferable[]): void;
  end(): void;
}

export type SlotThreadEvents = {
  readonly onReply: (reply: SlotReply) => void;
  /** The script could not be loaded, or threw; `reason` is a sentence. */
  readonly onFailed: (reason: string) => void;
};

export type SpawnSlot = (events: SlotThreadEvents) => SlotThread;

/** A worker that was ended says nothing, so it is asked; one that misses so many questions in a row is dead. */
const ASK_EVERY_MS = 5_000;
const MISSED_MAX = 6;

/** The slots of one session, which share their limit. */
export class WebSlots {
  readonly #spawn: SpawnSlot;
  readonly #threads = new Set<SlotThread>();
  readonly #onGpu: (gpu: GpuReport) => void;
  #limit: number;

  constructor(options: {
    readonly spawn: SpawnSlot;
    readonly limit: number;
    readonly onGpu: (gpu: GpuReport) => void;
  }) {
    this.#spawn = options.spawn;
    this.#onGpu = options.onGpu;
    this.#limit = options.limit;
  }

  set limit(percent: number) {
    this.#limit = percent;
    for (const thread of this.#threads) thread.post({ type: 'limit', percent }, []);
  }

  readonly start: SlotFactory = ({ onAnswer, onDied }): Slot => {
    let over = false;
    let missed = 0;
    const close = (): void => {
      over = true;
      clearInterval(asking);
      this.#threads.delete(thread);
      thread.end();
    };
    const die = (reason: string): void => {
      if (over) return;
      close();
      onDied(reason);
    };
    const thread = this.#spawn({
      onReply: (reply) => {
        if (over) return;
        missed = 0;
        if (reply.type === 'unusable') die(reply.reason);
        else if (reply.type === 'gpu') this.#onGpu(reply.gpu);
        else if (reply.type !== 'pong') onAnswer(reply);
      },
      onFailed: die,
    });
    const asking = setInterval(() => {
      missed += 1;
      if (missed > MISSED_MAX) die('The slot worker has stopped answering.');
      else thread.post({ type: 'ping' }, []);
    }, ASK_EVERY_MS);
    this.#threads.add(thread);
    thread.post({ type: 'limit', percent: this.#limit }, []);
    return {
      readsAtOnce: thread.readsAtOnce,
      post: (request) => {
        if (!over) thread.post(request, transferOf(request));
      },
      close: async () => {
        if (!over) close();
      },
    };
  };
}

/** Slot workers that the hub makes itself, where a worker may have workers. */
export function nestedSlots(create: () => Worker): SpawnSlot {
  return ({ onReply, onFailed }) => {
    const worker = create();
    worker.onmessage = ({ data }: MessageEvent<SlotReply>) => onReply(data);
    worker.onerror = (event) => onFailed(sentenceOf(event));
    return {
      readsAtOnce: false,
      post: (command, transfer) => worker.postMessage(command, [...transfer]),
      end: () => worker.terminate(),
    };
  };
}

/**
 * The only slot of a tab with one thread: it computes where the socket is, which is heard between two microbatches. What
 * comes is computed in the turn in which it came, and answered in the same.
 */
export const ownSlot: SpawnSlot = ({ onReply }) => {
  let over = false;
  const take = openTabSlot(true, (reply) => {
    if (!over) onReply(reply);
  });
  return {
    readsAtOnce: true,
    post: take,
    end: () => {
      over = true;
    },
  };
};

/** A script that cannot be loaded fails with an event that says nothing. */
export function sentenceOf(event: Pick<ErrorEvent, 'message'>): string {
  const text = event.message ?? '';
  return text === '' ? 'The slot worker could not be loaded.' : `The slot worker failed: ${text}.`;
}
