/** The page's WebSocket to `/watch`: comes back by itself, and hands over what it hears once a frame. */
import { backoffMs, type Fact, WATCH_PATH, type WatchMessage, type WatchRequest } from '@shoal/core';
import { socketUrl } from '../../shared/coordinatorUrl.ts';

/** A page that nobody looks at may wait longer than a worker. */
const BACKOFF = { backoffFirstMs: 500, backoffMaxMs: 8_000 };

export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'connected' }
  /** Lost, or never there; the page tries again by itself. */
  | { readonly name: 'lost'; readonly since: number; readonly attempts: number }
  /** The coordinator does not take this token; its sentence. */
  | { readonly name: 'refused'; readonly message: string; readonly facts?: readonly Fact[] };

export type FeedOptions = {
  readonly token: string;
  have(): WatchRequest['have'];
  /** In the order in which they came; once a frame at most, or four times a second where no frames are drawn. */
  hear(messages: readonly WatchMessage[]): void;
  connection(state: ConnectionState): void;
};

/** No frames are drawn in a hidden tab, and messages must not pile up there. */
const HIDDEN_FLUSH_MS = 250;
/** A coordinator that accepts the connection and then says nothing is as good as none. */
const SILENCE_MS = 20_000;

export class Feed {
  readonly #options: FeedOptions;
  #socket: WebSocket | null = null;
  #heard: WatchMessage[] = [];
  #cancelFlush: (() => void) | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #silence: ReturnType<typeof setTimeout> | null = null;
  #failed = 0;
  #lostSince = 0;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  open(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    window.addEventListener('online', this.#onOnline);
    this.#options.connection({ name: 'connecting' });
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    window.removeEventListener('online', this.#onOnline);
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#cancelFlush?.();
    this.#socket?.close();
  }

  #connect(): void {
    this.#retry = null;
    const socket = new WebSocket(socketUrl(WATCH_PATH));
    this.#socket = socket;
    this.#waitForWord();
    socket.onopen = () => {
      const request: WatchRequest = { type: 'watch', token: this.#options.token, have: this.#options.have() };
      socket.send(JSON.stringify(request));
    };
    socket.onmessage = ({ data }) => {
      this.#waitForWord();
      if (typeof data === 'string') this.#receive(data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
  }

  /** Both ends are of one release and one origin, so a message is taken at its word once it is an object with a type. */
  #receive(text: string): void {
    const message = JSON.parse(text) as WatchMessage;
    if (message.type === 'refused') {
      this.close();
      const { type: _type, ...why } = message;
      this.#options.connection({ name: 'refused', ...why });
      return;
    }
    if (message.type === 'snapshot') {
      this.#failed = 0;
      this.#options.connection({ name: 'connected' });
    }
    this.#heard.push(message);
    if (this.#cancelFlush === null) this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (document.hidden) {
      const timer = setTimeout(this.#flush, HIDDEN_FLUSH_MS);
      this.#cancelFlush = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(this.#flush);
      this.#cancelFlush = () => cancelAnimationFrame(frame);
    }
  }

  readonly #flush = (): void => {
    this.#cancelFlush = null;
    const heard = this.#heard;
    this.#heard = [];
    this.#options.hear(heard);
  };

  /** A frame that was asked for before the tab was hidden would not come until it is seen again. */
  readonly #onVisibility = (): void => {
    if (this.#cancelFlush === null) return;
    this.#cancelFlush();
    this.#scheduleFlush();
  };

  readonly #onOnline = (): void => {
    if (this.#retry === null) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  #waitForWord(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.close(), SILENCE_MS);
  }

  #lose(): void {
    if (this.#closed) return;
    if (this.#silence !== null) clearTimeout(this.#silence);
    if (this.#failed === 0) this.#lostSince = Date.now();
    this.#failed += 1;
    this.#options.connection({ name: 'lost', since: this.#lostSince, attempts: this.#failed });
    this.#retry = setTimeout(() => this.#connect(), backoffMs(this.#failed - 1, Math.random(), BACKOFF));
  }
}
