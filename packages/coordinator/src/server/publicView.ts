/**
 * What is shown to those who do not operate the coordinator. How workers are checked is left out, everywhere: whoever
 * lies learns from it when to.
 */
import {
  type EventView,
  type RunDetail,
  type RunView,
  sentence,
  type WatchMessage,
  type WorkerView,
} from '@shoal/core';

/** Null where nothing is left to tell. */
export function publicMessage(message: WatchMessage): WatchMessage | null {
  switch (message.type) {
    case 'snapshot':
      return {
        ...message,
        run: message.run === null ? null : publicRun(message.run),
        workers: message.workers.map(publicWorker),
        events: message.events.filter(isPublic),
      };
    case 'progress':
      return { ...message, run: publicRun(message.run) };
    case 'workers':
      return { ...message, workers: message.workers.map(publicWorker) };
    case 'events': {
      const events = message.events.filter(isPublic);
      return events.length === 0 ? null : { ...message, events };
    }
    case 'join':
      // It is the operator's to invite.
      return null;
    case 'epoch':
    case 'runs':
    case 'queue':
    case 'cluster':
    case 'lecture':
    case 'refused':
      return message;
  }
}

export const publicDetail = (detail: RunDetail): RunDetail => ({ ...detail, trust: null });

const publicRun = (run: RunView): RunView => ({ ...run, trust: null });

const COMPUTES = { type: 'computes' } as const;

/** Two who are given the same range are asked for a second opinion: which it is stays here as well. */
const publicWorker = (worker: WorkerView): WorkerView => ({
  ...worker,
  ...(worker.state === 'computing' && { reason: sentence(COMPUTES, 'en'), facts: [COMPUTES] }),
  trust: null,
});

const isPublic = ({ kind }: EventView): boolean => kind !== 'trust';

/** At most so many of them, evenly spaced, with the last. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const stride = Math.ceil(all.length / most);
  return all.filter((_, i) => (all.length - 1 - i) % stride === 0);
}
