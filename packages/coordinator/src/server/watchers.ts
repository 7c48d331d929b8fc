/** The pages that watch: who is let in to be told, within bounds, and how a message reaches them all. */
import { randomBytes } from 'node:crypto';
import { type DismissalFact, type Role, sentence, type TextFact, type WatchMessage } from '@shoal/core';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, may } from '../access/access.ts';
import { cutTheSlowest } from '../connection/cutTheSlowest.ts';
import type { WatchLimits } from '../limits/watchLimits.ts';
import { publicMessage } from './publicView.ts';
import type { UpgradeHandler } from './server.ts';
import { permit, type Visitor } from './visitor.ts';

const requestSchema = v.strictObject({
  type: v.literal('watch'),
  token: v.pipe(v.string(), v.maxLength(256)),
  have: v.nullable(
    v.strictObject({
      runId: v.pipe(v.string(), v.maxLength(128)),
      globalStep: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
});

export type PageRequest = v.InferOutput<typeof requestSchema>;

export type Watcher = { readonly socket: WebSocket; readonly role: Role };

/** Numbers of the close codes "policy violation" and "try again later". */
const REFUSED = 1008;
const TRY_AGAIN_LATER = 1013;
/** How long whoever is refused may take to hear why. */
const CLOSING_MS = 2_000;
/** What a close frame can carry (RFC 6455, 5.5). */
const REASON_LENGTH_MAX = 123;
const NONCE_BYTES = 8;
const NOTHING = Buffer.alloc(0);
const GAVE_WAY =
  'Too many connections have shown no token yet (strangersMax), and this one has been silent for longest.';

export type WatchersOptions = {
  readonly access: Access;
  readonly limits: WatchLimits;
  /** Called before somebody is let in; what has to be known by then is awaited. */
  readonly onArrival: (role: Role) => Promise<void>;
  /** Somebody is let in: is told how things stand, before what changes from now on. */
  readonly onWelcome: (watcher: Watcher, have: PageRequest['have']) => void;
};

export class Watchers {
  readonly #options: WatchersOptions;
  readonly #server: WebSocketServer;
  readonly #watchers = new Set<Watcher>();
  /** The ping that a page has yet to answer: whoever reads it can, and nobody else. */
  readonly #pings = new WeakMap<WebSocket, Buffer>();

  constructor(options: WatchersOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.limits.watchBytesMax,
    });
  }

  /** Pages that watch at present. */
  get size(): number {
    return this.#watchers.size;
  }

  /** Whether somebody watches who may control the run. */
  get hasOperator(): boolean {
    return [...this.#watchers].some(({ role }) => may(role, 'control'));
  }

  [Symbol.iterator](): Iterator<Watcher> {
    return this.#watchers.values();
  }

  /** All pages ask again. */
  sendAway(): void {
    for (const { socket } of this.#watchers) socket.close(TRY_AGAIN_LATER);
  }

  /** Pages are not waited for: they come back to whoever answers next. */
  close(): void {
    for (const client of this.#server.clients) client.close(1001);
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  readonly upgrade: UpgradeHandler = (request, socket, head, visitor) => {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, visitor));
  };

  #opened(socket: WebSocket, visitor: Visitor): void {
    const { watchTimeoutMs } = this.#options.limits;
    socket.on('error', () => {});
    const stranger = visitor.arrive(() => this.#refuseForNow(socket, GAVE_WAY));
    if (typeof stranger !== 'function') return this.#refuseForNow(socket, sentence(stranger, 'en'));
    let hasAsked = false;
    const refuseLate = (): void => {
      if (!hasAsked) this.#refuseForNow(socket, `No valid request came within ${watchTimeoutMs / 1000} s.`);
    };
    // After a whole turn of the loop: where the coordinator itself was busy for so long, the request lies there unread.
    const late = setTimeout(() => setImmediate(setImmediate, refuseLate), watchTimeoutMs);
    const known = (): void => {
      clearTimeout(late);
      stranger();
    };
    socket.on('close', known);
    socket.on('pong', (nonce) => {
      if (nonce.equals(this.#pings.get(socket) ?? NOTHING)) this.#pings.delete(socket);
    });
    socket.once('message', (data, isBinary) => {
      // A page says one thing only.
      socket.on('message', () =>
        this.#refuse(socket, { type: 'messageMalformed', detail: 'A page says "watch" once.' }),
      );
      const request = isBinary ? null : parseRequest(data.toString());
      if (request === null) {
        const detail = 'The request to watch is not understood.';
        return this.#refuse(socket, { type: 'messageMalformed', detail });
      }
      hasAsked = true;
      this.#admit(socket, request, known, visitor).catch((error: Error) =>
        this.#refuse(socket, { type: 'text', text: error.message }),
      );
    });
  }

  async #admit(socket: WebSocket, request: PageRequest, known: () => void, visitor: Visitor): Promise<void> {
    const { access, onArrival, onWelcome } = this.#options;
    const permission = await permit(access, visitor, request.token, 'watch');
    if (permission.type === 'refused') return this.#refuse(socket, permission.why);
    const { identity } = permission;
    await onArrival(identity.role);
    if (socket.readyState !== socket.OPEN) return;
    known();
    const full = this.#full(may(identity.role, 'control'));
    if (full !== null) return this.#refuseForNow(socket, full);
    const watcher = { socket, role: identity.role };
    onWelcome(watcher, request.have);
    this.#watchers.add(watcher);
    const release = access.hold(identity, (_code, why) => this.#refuse(socket, why));
    socket.on('close', () => {
      release();
      this.#watchers.delete(watcher);
    });
  }

  /** Some places are kept for whoever controls the run: others cannot shut an operator out, however many come. */
  #full(isOperator: boolean): string | null {
    const { watchersMax, watchersForOperators } = this.#options.limits;
    let others = 0;
    for (const { role } of this.#watchers) if (!may(role, 'control')) others += 1;
    const forOthers = Math.max(1, watchersMax - watchersForOperators);
    const isFull = this.#watchers.size >= watchersMax || (!isOperator && others >= forOthers);
    return isFull ? `${this.#watchers.size} pages watch already, which is the limit watchersMax.` : null;
  }

  #refuse(socket: WebSocket, why: DismissalFact | TextFact): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(textOf({ type: 'refused', message: sentence(why, 'en'), facts: [why] }));
    this.#close(socket, REFUSED, '');
  }

  /** Nothing is wrong with what the page has, so that it tries again by itself. */
  #refuseForNow(socket: WebSocket, message: string): void {
    if (socket.readyState === socket.OPEN)
      this.#close(socket, TRY_AGAIN_LATER, message.slice(0, REASON_LENGTH_MAX));
  }

  /** Whoever does not close in turn is cut: it has been told. */
  #close(socket: WebSocket, code: number, reason: string): void {
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  }

  /** Those who do not read are cut where all together hold too much. */
  cutTheSlowest(): void {
    cutTheSlowest(this.#watchers, {
      bytesMax: this.#options.limits.watchQueuesBytesMax,
      bytesWaiting: ({ socket }) => socket.bufferedAmount,
      cut: ({ socket }) => socket.terminate(),
    });
  }

  /** Those who have not answered the last one are gone. */
  ping(): void {
    for (const { socket } of this.#watchers) {
      if (this.#pings.has(socket)) {
        socket.terminate();
        continue;
      }
      const nonce = randomBytes(NONCE_BYTES);
      this.#pings.set(socket, nonce);
      socket.ping(nonce);
    }
  }

  /** One buffer for all who may know the same: what waits to be read by many pages is in memory once. */
  broadcast(message: WatchMessage): void {
    const frames = new Map<boolean, Buffer | null>();
    for (const watcher of this.#watchers) {
      const all = may(watcher.role, 'control');
      const known = frames.get(all);
      const frame = known === undefined ? frameFor(watcher, message) : known;
      frames.set(all, frame);
      this.#write(watcher, frame);
    }
  }

  /** To this watcher, what it may know of it. */
  send(watcher: Watcher, message: WatchMessage): void {
    this.#write(watcher, frameFor(watcher, message));
  }

  #write({ socket }: Watcher, frame: Buffer | null): void {
    if (frame === null) return;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.#options.limits.watchQueueBytesMax) {
      socket.terminate();
      return;
    }
    socket.send(frame, { binary: false });
  }
}

const textOf = (message: WatchMessage): string => JSON.stringify(message);
const frameOf = (message: WatchMessage): Buffer => Buffer.from(textOf(message));

/** What this watcher may know of it; null for nothing. */
function frameFor({ role }: Watcher, message: WatchMessage): Buffer | null {
  const shown = may(role, 'control') ? message : publicMessage(message);
  return shown === null ? null : frameOf(shown);
}

function parseRequest(text: string): PageRequest | null {
  try {
    return v.parse(requestSchema, JSON.parse(text));
  } catch {
    return null;
  }
}
