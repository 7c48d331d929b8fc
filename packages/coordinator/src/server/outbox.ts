/**
 * Answers on their way to whoever asked. What many ask for is in memory once, however slowly they read it; how many
 * answers and bytes are on their way has bounds, for each token and in all; and whoever reads too slowly is cut.
 */
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Access, Identity } from '../access/access.ts';
import type { AccessLimits } from '../limits/limits.ts';

/** A limit that was reached: for this token (429), or in all (503). */
export type Full = { readonly status: 429 | 503; readonly message: string };

/** What is answered. Answers with the same key are the same bytes; null for one that no other can share. */
export type Parcel = {
  readonly key: string | null;
  readonly make: () => Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
};

/** What is given to the system at a time: so much of each answer is held beside the buffer that all share. */
const PIECE_BYTES = 32_768;
/** What the system takes at once without an answer's being on its way for long. */
const SMALL_BYTES = 16_384;

type Shared = { readonly bytes: Uint8Array<ArrayBuffer>; readonly tokens: Map<string, number> };

/** Node's own request and response. */
type ConnectedRequest = Pick<HttpBindings, 'incoming' | 'outgoing'>;

type Flight = { readonly startedAt: number; sent: number; readonly cut: () => void };

export class Outbox {
  readonly #limits: AccessLimits;
  readonly #access: Access;
  readonly #clock: () => number;
  /** Requests by token that have not been answered to the end. */
  readonly #open = new Map<string, number>();
  #openInAll = 0;
  readonly #shared = new Map<string, Shared>();
  readonly #bytesByToken = new Map<string, number>();
  #bytesInAll = 0;
  readonly #flights = new Set<Flight>();
  #unshared = 0;

  /** `clock` in milliseconds. */
  constructor(options: {
    readonly limits: AccessLimits;
    readonly access: Access;
    readonly clock: () => number;
  }) {
    this.#limits = options.limits;
    this.#access = options.access;
    this.#clock = options.clock;
  }

  /** Answers that are on their way, and the bytes that they hold. */
  get size(): { readonly answers: number; readonly bytes: number } {
    return { answers: this.#flights.size, bytes: this.#bytesInAll };
  }

  /** A request of this bearer begins: it ends with the token. @returns why it may not */
  enter(context: Context, identity: Identity): Full | null {
    const { answersMax, tokenAnswersMax } = this.#limits;
    const { token } = identity;
    const open = this.#open.get(token) ?? 0;
    if (open >= tokenAnswersMax) return full(429, `This token has ${open} requests`, 'tokenAnswersMax');
    if (this.#openInAll >= answersMax)
      return full(503, `There are ${this.#openInAll} requests`, 'answersMax');
    const bindings = bindingsOf(context);
    // Without a connection (a request from within) nobody can be slow.
    if (bindings === null) return null;
    this.#open.set(token, open + 1);
    this.#openInAll += 1;
    const release = this.#access.hold(identity, () => bindings.incoming.socket.destroy());
    whenOver(bindings, () => {
      release();
      this.#openInAll -= 1;
      const left = (this.#open.get(token) ?? 1) - 1;
      if (left > 0) this.#open.set(token, left);
      else this.#open.delete(token);
    });
    return null;
  }

  /** @returns the answer, or why it cannot be given now */
  send(context: Context, { token }: Identity, parcel: Parcel): Response | Full {
    const key = parcel.key ?? `alone ${this.#unshared++}`;
    const known = this.#shared.get(key);
    // Nothing is made for whoever may have no more.
    const held = this.#bytesByToken.get(token) ?? 0;
    const { tokenAnswersBytesMax, answersBytesMax } = this.#limits;
    if (known === undefined && held >= tokenAnswersBytesMax) return tooMuch(429, held);
    const bytes = known?.bytes ?? parcel.make();
    const isSmall = bytes.length <= SMALL_BYTES || context.req.method === 'HEAD';
    if (isSmall) return this.#answer(context, bytes, parcel.headers, null);
    const more = known?.tokens.has(token) === true ? 0 : bytes.length;
    // One answer fits, however large, and its successor beside it.
    if (held > 0 && held + more > Math.max(tokenAnswersBytesMax, 2 * bytes.length)) return tooMuch(429, held);
    const moreInAll = known === undefined ? bytes.length : 0;
    if (this.#bytesInAll + moreInAll > Math.max(answersBytesMax, 4 * bytes.length)) {
      return tooMuch(503, this.#bytesInAll);
    }
    return this.#answer(context, bytes, parcel.headers, this.#share(key, token, bytes));
  }

  /** For everyone, such as a page: in memory anyway, so that only the time to read it is bounded. */
  sendPublic(
    context: Context,
    bytes: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
  ): Response {
    return this.#answer(context, bytes, headers, bytes.length <= SMALL_BYTES ? null : () => {});
  }

  /** Cuts whoever has read less than `readBytesPerSecondMin` since its grace was over. */
  beat(): void {
    const { readBytesPerSecondMin, readGraceMs } = this.#limits;
    const now = this.#clock();
    for (const { startedAt, sent, cut } of [...this.#flights]) {
      if (((now - startedAt - readGraceMs) * readBytesPerSecondMin) / 1000 > sent) cut();
    }
  }

  /** Holds the bytes for a token until the function that it returns is called. */
  #share(key: string, token: string, bytes: Uint8Array<ArrayBuffer>): () => void {
    const known = this.#shared.get(key);
    const shared = known ?? { bytes, tokens: new Map<string, number>() };
    if (known === undefined) {
      this.#shared.set(key, shared);
      this.#bytesInAll += bytes.length;
    }
    const { tokens } = shared;
    const readers = tokens.get(token) ?? 0;
    if (readers === 0) this.#bytesByToken.set(token, (this.#bytesByToken.get(token) ?? 0) + bytes.length);
    tokens.set(token, readers + 1);
    return () => {
      const left = (tokens.get(token) ?? 1) - 1;
      if (left > 0) {
        tokens.set(token, left);
        return;
      }
      tokens.delete(token);
      const rest = (this.#bytesByToken.get(token) ?? 0) - bytes.length;
      if (rest > 0) this.#bytesByToken.set(token, rest);
      else this.#bytesByToken.delete(token);
      if (tokens.size > 0) return;
      this.#shared.delete(key);
      this.#bytesInAll -= bytes.length;
    };
  }

  /** `release` is null for what need not be followed. */
  #answer(
    context: Context,
    bytes: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
    release: (() => void) | null,
  ): Response {
    const bindings = bindingsOf(context);
    if (release === null || bindings === null || context.req.method === 'HEAD') {
      release?.();
      return context.body(bytes, 200, headers);
    }
    const { socket } = bindings.incoming;
    const flight: Flight = { startedAt: this.#clock(), sent: 0, cut: () => socket.destroy() };
    this.#flights.add(flight);
    const end = (): void => {
      if (this.#flights.delete(flight)) release();
    };
    whenOver(bindings, end);
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          controller.enqueue(bytes.subarray(flight.sent, flight.sent + PIECE_BYTES));
          flight.sent = Math.min(bytes.length, flight.sent + PIECE_BYTES);
          if (flight.sent === bytes.length) controller.close();
        },
        cancel: end,
      },
      // Nothing is taken before it is asked for.
      { highWaterMark: 0 },
    );
    return context.body(stream, 200, { ...headers, 'content-length': String(bytes.length) });
  }
}

/** Null where a request comes from within, as in a test. */
function bindingsOf(context: Context): ConnectedRequest | null {
  const { incoming, outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
  return incoming === undefined || outgoing === undefined ? null : { incoming, outgoing };
}

/** What waits for the end of each connection: one listener for all, since a connection may ask for much at once. */
const waitingFor = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `over` once, when the answer is over or its connection is: an answer that was asked for behind another one has no
 * connection yet, and Node.js tells it nothing when that ends.
 */
function whenOver({ incoming: { socket }, outgoing }: ConnectedRequest, over: () => void): void {
  const waiting = waitingFor.get(socket) ?? new Set();
  if (!waitingFor.has(socket)) {
    waitingFor.set(socket, waiting);
    socket.once('close', () => {
      for (const end of [...waiting]) end();
    });
  }
  const end = (): void => {
    if (waiting.delete(end)) over();
  };
  waiting.add(end);
  outgoing.once('close', end);
  if (socket.closed) end();
}

const full = (status: Full['status'], what: string, limit: keyof AccessLimits): Full => ({
  status,
  message: `${what} that are not answered yet, which is the limit ${limit}. Ask again when they are.`,
});

const tooMuch = (status: Full['status'], bytes: number): Full => ({
  status,
  message: `${bytes} bytes ${status === 429 ? 'for this token ' : ''}wait to be read, which is the limit ${
    status === 429 ? 'tokenAnswersBytesMax' : 'answersBytesMax'
  }. Ask again when they are.`,
});
