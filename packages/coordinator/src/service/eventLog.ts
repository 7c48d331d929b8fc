/** The coordinator's decisions with their reasons, the latest of them, as a page shows them. */
import { EVENTS_MAX, type EventView } from '@shoal/core';
import type { News } from '../news/news.ts';

/** Longer ones are cut: a worker's message may be part of one. What is wrong with a probe has room. */
const MESSAGE_LENGTH_MAX = 1024;

export class EventLog {
  readonly #now: () => number;
  readonly #events: EventView[] = [];
  #next = 1;

  /** `now` is in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Keeps what is for pages, and passes over everything else. */
  readonly hear = (news: News): void => {
    switch (news.type) {
      case 'decision':
        if (news.level !== 'debug') this.#add(news.level, news.kind, news.message);
        return;
      case 'remark':
        return this.#add(news.level, news.kind, news.message);
      case 'trust':
        return this.#add(news.level, 'trust', news.message);
      case 'run': {
        const from = news.resumedFromStep > 0 ? `goes on from step ${news.resumedFromStep}` : 'begins';
        return this.#add('info', 'run', `The run ${news.runId} ${from}.`);
      }
      case 'result':
        return this.#add('info', 'run', `The run ${news.runId} has ended (${news.state}): ${news.reason}`);
    }
  };

  #add(level: EventView['level'], kind: EventView['kind'], message: string): void {
    const shown =
      message.length > MESSAGE_LENGTH_MAX ? `${message.slice(0, MESSAGE_LENGTH_MAX - 1)}…` : message;
    this.#events.push({ id: this.#next, at: this.#now(), level, kind, message: shown });
    this.#next += 1;
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
  }

  /** Number of the newest; 0 before the first. */
  get newest(): number {
    return this.#next - 1;
  }

  /** Those that are still kept and newer than number `id`, oldest first. */
  after(id: number): readonly EventView[] {
    const missing = this.#next - 1 - id;
    return missing <= 0 ? [] : this.#events.slice(-missing);
  }
}
