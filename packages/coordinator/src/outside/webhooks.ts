/**
 * Tells addresses that the operator named what somebody may want to get up for: a run has ended or diverged, a worker was
 * convicted, nobody is left to compute. Nothing waits for it. Each address is told in order, one after another, and one
 * that does not answer is tried again for a while.
 */
import { type BackoffBounds, backoffMs, type Fact, reasonOf, sentences } from '@shoal/core';
import type { News, NewsStream } from '../news/news.ts';
import { signatureOf, signingKey } from './signature.ts';

export type WebhookEvent = 'runEnded' | 'runDiverged' | 'workerConvicted' | 'noWorkerLeft';

export type WebhookBounds = BackoffBounds & {
  readonly attemptsMax: number;
  readonly answerMs: number;
  /** Messages that wait for one address. */
  readonly queueMax: number;
};

export const WEBHOOK_BOUNDS: WebhookBounds = {
  attemptsMax: 6,
  backoffFirstMs: 1_000,
  backoffMaxMs: 60_000,
  answerMs: 10_000,
  queueMax: 100,
};

export type WebhooksOptions = {
  readonly urls: readonly string[];
  readonly secret: string;
  readonly version: string;
  readonly news: NewsStream;
  /** Told when an address could not be told something. */
  readonly notice: (fact: Fact) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly jitter: () => number;
  /** Resolves after so long, or at once when it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly bounds?: WebhookBounds;
};

type Message = { readonly id: string; readonly event: WebhookEvent; readonly body: string };

/** What came of one attempt: `isFinal` where another would come to the same. */
type Outcome = { readonly why: string | null; readonly isFinal: boolean };

export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #bounds: WebhookBounds;
  readonly #key: Uint8Array;
  readonly #queues: readonly { readonly url: string; readonly waiting: Message[]; work: Promise<void> }[];
  readonly #closing = new AbortController();
  /** The run that goes on. */
  #run: { readonly runId: string; readonly name: string } | null = null;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? WEBHOOK_BOUNDS;
    this.#key = signingKey(options.secret);
    this.#queues = options.urls.map((url) => ({ url, waiting: [], work: Promise.resolve() }));
    if (options.urls.length > 0) options.news.subscribe((item) => this.#hear(item));
  }

  /** Waits at most so long for what is on its way; what could not be told by then is given up, and that is said. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    await Promise.all(this.#queues.map(({ work }) => work));
    clearTimeout(timer);
  }

  #hear(item: News): void {
    switch (item.type) {
      case 'run':
        this.#run = { runId: item.runId, name: item.spec.name };
        return;
      case 'result': {
        const { state, reason, epochs, steps, testAccuracy, testLoss, seconds, parametersSha256 } = item;
        const data = { state, epochs, steps, testAccuracy, testLoss, seconds, parametersSha256 };
        this.#send(state === 'diverged' ? 'runDiverged' : 'runEnded', reason, data);
        this.#run = null;
        return;
      }
      case 'trust': {
        const convictions = item.facts.filter(({ type }) => type === 'convicted');
        for (const fact of convictions) this.#send('workerConvicted', sentences([fact], 'en'), {});
        return;
      }
      case 'worker':
        if (item.event === 'left' && item.workers === 0 && this.#run !== null) {
          this.#send('noWorkerLeft', 'No worker is left: the run waits for one.', {});
        }
        return;
      default:
        return;
    }
  }

  #send(event: WebhookEvent, message: string, data: Readonly<Record<string, unknown>>): void {
    const { now, newId } = this.#options;
    const timestamp = new Date(now()).toISOString();
    const body = JSON.stringify({ type: event, timestamp, ...this.#run, message, ...data });
    const id = `msg_${newId()}`;
    for (const queue of this.#queues) {
      if (queue.waiting.length >= this.#bounds.queueMax) {
        this.#giveUp(queue.url, event, `${this.#bounds.queueMax} messages wait for it`);
        continue;
      }
      queue.waiting.push({ id, event, body });
      queue.work = queue.work.then(async () => {
        await this.#deliver(queue.url, { id, event, body });
        queue.waiting.shift();
      });
    }
  }

  async #deliver(url: string, message: Message): Promise<void> {
    const { attemptsMax } = this.#bounds;
    const { wait, jitter } = this.#options;
    const { signal } = this.#closing;
    let why = 'the coordinator has ended';
    for (let attempt = 0; attempt < attemptsMax && !signal.aborted; attempt += 1) {
      const outcome = await this.#attempt(url, message);
      if (outcome.why === null) return;
      why = outcome.why;
      if (outcome.isFinal) break;
      if (attempt + 1 < attemptsMax) await wait(backoffMs(attempt, jitter(), this.#bounds), signal);
    }
    this.#giveUp(url, message.event, why);
  }

  /** Signed anew each time, so that a receiver that refuses old messages takes one that was late. */
  async #attempt(url: string, { id, body }: Message): Promise<Outcome> {
    const { now, version } = this.#options;
    const timestamp = Math.floor(now() / 1000);
    // Of signals that `AbortSignal.any` joins, Node 20 may lose one to the garbage collector before its time.
    const patience = new AbortController();
    const { signal: closing } = this.#closing;
    const stop = (): void => patience.abort(closing.reason);
    if (closing.aborted) stop();
    closing.addEventListener('abort', stop);
    const timer = setTimeout(
      () => patience.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      this.#bounds.answerMs,
    );
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: patience.signal,
        headers: {
          'content-type': 'application/json',
          'user-agent': `shoal/${version}`,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatureOf(this.#key, { id, timestamp, body }),
        },
        body,
      });
      await response.body?.cancel();
      const { status } = response;
      if (response.ok) return { why: null, isFinal: true };
      if (status >= 300 && status < 400) {
        return { why: `it answered ${status}, and redirects are not followed`, isFinal: true };
      }
      const mayPass = status >= 500 || status === 408 || status === 429;
      return { why: `it answered ${status}`, isFinal: !mayPass };
    } catch (error) {
      // Fetch says no more than that it has failed; what it failed at stands behind that.
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      return { why: reasonOf(cause), isFinal: false };
    } finally {
      clearTimeout(timer);
      closing.removeEventListener('abort', stop);
    }
  }

  /** The path of an address may be a secret, as that of many services is. */
  #giveUp(url: string, event: WebhookEvent, why: string): void {
    this.#options.notice({ type: 'webhookFailed', host: new URL(url).host, event, why });
  }
}
