/** The coordinator's decisions with their reasons, the latest of them, as a page shows them. */
import { EVENTS_MAX, type EventView, type Fact, sentences } from '@shoal/core';
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
        if (news.level !== 'debug') this.#add(news.level, news.kind, news.facts);
        return;
      case 'remark':
        return this.#add(news.level, news.kind, news.facts);
      case 'trust':
        return this.#add(news.level, 'trust', news.facts);
      case 'run': {
        const { runId, resumedFromStep: step } = news;
        return this.#add('info', 'run', [
          step > 0 ? { type: 'runGoesOn', runId, step } : { type: 'runBegins', runId },
        ]);
      }
      case 'result': {
        const { runId, state, reason, facts } = news;
        const why = facts ?? [{ type: 'text', text: reason } as const];
        return this.#add('info', 'run', [{ type: 'runEnded', runId, state, why }]);
      }
    }
  };

  #add(level: EventView['level'], kind: EventView['kind'], facts: readonly Fact[]): void {
    const message = sentences(facts, 'en');
    const event = { id: this.#next, at: this.#now(), level, kind };
    this.#events.push(
      message.length > MESSAGE_LENGTH_MAX
        ? { ...event, message: `${message.slice(0, MESSAGE_LENGTH_MAX - 1)}…` }
        : { ...event, message, facts },
    );
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
