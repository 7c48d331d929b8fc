/**
 * The feed at `/watch`: a snapshot for each page that comes, then what changes, gathered so that steps however short
 * make few messages. A page that does not read is cut rather than buffered without bound; it comes back by itself.
 */
import { randomBytes } from 'node:crypto';
import {
  columnsOf,
  EPOCH_POINTS_MAX,
  type EpochRecord,
  type JoinInfo,
  type Role,
  type StepPoint,
  type WatchMessage,
} from '@shoal/core';
import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, may } from '../access/access.ts';
import { WATCH_LIMITS, type WatchLimits } from '../limits/watchLimits.ts';
import type { News, NewsStream } from '../news/news.ts';
import type { CoordinatorControl } from './coordinatorControl.ts';
import { cutTheSlowest } from './cutTheSlowest.ts';
import { publicMessage, thinned } from './publicView.ts';
import type { UpgradeHandler } from './server.ts';
import { mayHere, permit, type Visitor } from './visitor.ts';

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

type Request = v.InferOutput<typeof requestSchema>;

type Watcher = { readonly socket: WebSocket; readonly role: Role };

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

export class WatchFeed {
  readonly #control: CoordinatorControl;
  readonly #access: Access;
  readonly #limits: WatchLimits;
  readonly #clock: () => number;
  readonly #server: WebSocketServer;
  readonly #watchers = new Set<Watcher>();
  /** The ping that a page has yet to answer: whoever reads it can, and nobody else. */
  readonly #pings = new WeakMap<WebSocket, Buffer>();
  /** What has happened since the last message. */
  #points: StepPoint[] = [];
  #epochs: { readonly runId: string; readonly record: EpochRecord }[] = [];
  #runsChanged = false;
  /** The links that hold, as they were last told; null before anybody was. */
  #join: JoinInfo | null = null;
  #lookedAtJoin = 0;
  #toldEvent = 0;
  #toldState = '';
  #toldWorkersAt = 0;
  #pingedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: {
    readonly control: CoordinatorControl;
    readonly news: NewsStream;
    readonly access: Access;
    readonly clock: () => number;
    readonly limits?: WatchLimits;
  }) {
    this.#control = options.control;
    this.#access = options.access;
    this.#clock = options.clock;
    this.#limits = options.limits ?? WATCH_LIMITS;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.watchBytesMax,
    });
    options.news.subscribe((news) => this.#hear(news));
  }

  start(): void {
    this.#pingedAt = this.#clock();
    this.#timer = setInterval(() => this.#beat(), this.#limits.progressMs);
  }

  /** Pages that watch at present. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Pages are not waited for: they come back to whoever answers next. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const client of this.#server.clients) client.close(1001);
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  /* ── Coming in ───────────────────────────────────────────────────────── */

  readonly upgrade: UpgradeHandler = (request, socket, head, visitor) => {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, visitor));
  };

  #opened(socket: WebSocket, visitor: Visitor): void {
    const { watchTimeoutMs } = this.#limits;
    socket.on('error', () => {});
    const stranger = visitor.arrive(() => this.#refuseForNow(socket, GAVE_WAY));
    if (typeof stranger === 'string') return this.#refuseForNow(socket, stranger);
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
      socket.on('message', () => this.#refuse(socket, 'A page says "watch" once.'));
      const request = isBinary ? null : parseRequest(data.toString());
      if (request === null) return this.#refuse(socket, 'The request to watch is not understood.');
      hasAsked = true;
      this.#admit(socket, request, known, visitor).catch((error: Error) =>
        this.#refuse(socket, error.message),
      );
    });
  }

  async #admit(socket: WebSocket, request: Request, known: () => void, visitor: Visitor): Promise<void> {
    const permission = await permit(this.#access, visitor, request.token, 'watch');
    if (permission.type === 'refused') return this.#refuse(socket, permission.message);
    const { identity } = permission;
    const isOperator = may(identity.role, 'control');
    // Whoever invites is told the links that hold now, and those who were here before, too.
    if (isOperator) await this.#replaceJoin(await this.#control.joinInfo());
    if (socket.readyState !== socket.OPEN) return;
    known();
    const full = this.#full(isOperator);
    if (full !== null) return this.#refuseForNow(socket, full);
    // What others have yet to be told is part of the snapshot; told first, it reaches nobody twice.
    this.#tell();
    const watcher = { socket, role: identity.role };
    this.#send(watcher, frameFor(watcher, this.#snapshot(watcher, request.have)));
    this.#watchers.add(watcher);
    const release = this.#access.hold(identity, (_code, message) => this.#refuse(socket, message));
    socket.on('close', () => {
      release();
      this.#watchers.delete(watcher);
    });
  }

  /** Some places are kept for whoever controls the run: others cannot shut an operator out, however many come. */
  #full(isOperator: boolean): string | null {
    const { watchersMax, watchersForOperators } = this.#limits;
    let others = 0;
    for (const { role } of this.#watchers) if (!may(role, 'control')) others += 1;
    const forOthers = Math.max(1, watchersMax - watchersForOperators);
    const isFull = this.#watchers.size >= watchersMax || (!isOperator && others >= forOthers);
    return isFull ? `${this.#watchers.size} pages watch already, which is the limit watchersMax.` : null;
  }

  #refuse(socket: WebSocket, message: string): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(textOf({ type: 'refused', message }));
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

  #snapshot({ role }: Watcher, have: Request['have']): WatchMessage {
    const control = this.#control;
    const { run } = control;
    return {
      type: 'snapshot',
      role,
      version: control.version,
      run,
      steps: control.stepsAfter(have !== null && have.runId === run?.runId ? have.globalStep : 0),
      epochs: thinned(control.epochs, EPOCH_POINTS_MAX),
      workers: control.workers,
      locals: control.locals,
      events: control.eventsAfter(0),
      runs: control.runs,
      join: may(role, 'control') ? this.#join : null,
      readsData: mayHere(this.#access, role, 'data'),
    };
  }

  /* ── Telling what changes ────────────────────────────────────────────── */

  #hear(news: News): void {
    switch (news.type) {
      case 'run':
      case 'rollback':
        return this.#runChanged();
      case 'result':
        return this.#tell();
      case 'stepDone':
        if (this.#watchers.size > 0) this.#points.push(news.point);
        return;
      case 'epoch': {
        const { type: _type, ...record } = news;
        const runId = this.#control.run?.runId;
        if (this.#watchers.size > 0 && runId !== undefined) this.#epochs.push({ runId, record });
        return;
      }
      case 'runsChanged':
        this.#runsChanged = true;
        return;
      case 'linksRevoked':
        void this.#replaceJoin(news.join);
        return;
    }
  }

  /** Whoever watches sees the new run from its beginning. */
  #runChanged(): void {
    this.#points = [];
    this.#epochs = [];
    for (const watcher of this.#watchers) {
      this.#send(watcher, frameFor(watcher, this.#snapshot(watcher, null)));
    }
  }

  #beat(): void {
    const now = this.#clock();
    cutTheSlowest(this.#watchers, {
      bytesMax: this.#limits.watchQueuesBytesMax,
      bytesWaiting: ({ socket }) => socket.bufferedAmount,
      cut: ({ socket }) => socket.terminate(),
    });
    const isTime = now - this.#toldWorkersAt >= this.#limits.workersMs;
    this.#tell(isTime);
    if (isTime && this.#watchers.size > 0) {
      this.#toldWorkersAt = now;
      this.#broadcast({ type: 'workers', workers: this.#control.workers, locals: this.#control.locals });
    }
    if (now - this.#lookedAtJoin >= this.#limits.joinMs) {
      this.#lookedAtJoin = now;
      void this.#lookAtJoin();
    }
    if (now - this.#pingedAt >= this.#limits.pingMs) {
      this.#pingedAt = now;
      this.#ping();
    }
  }

  /** `evenSo`: the run is told even if nothing but its times has changed. */
  #tell(evenSo = false): void {
    const points = this.#points;
    const epochs = this.#epochs;
    this.#points = [];
    this.#epochs = [];
    const from = this.#toldEvent;
    this.#toldEvent = this.#control.newestEvent;
    const runsChanged = this.#runsChanged;
    this.#runsChanged = false;
    if (this.#watchers.size === 0) return;
    const { run } = this.#control;
    const state =
      run === null ? '' : `${run.runId} ${run.state} ${run.reason} ${run.workers} ${run.result !== null}`;
    if (run !== null && (points.length > 0 || state !== this.#toldState || (evenSo && run.result === null))) {
      this.#broadcast({ type: 'progress', run, steps: columnsOf(points) });
    }
    this.#toldState = state;
    for (const { runId, record } of thinned(epochs, this.#limits.epochsPerProgressMax)) {
      this.#broadcast({ type: 'epoch', runId, record });
    }
    const events = this.#control.eventsAfter(from);
    if (events.length > 0) this.#broadcast({ type: 'events', events });
    if (runsChanged) this.#broadcast({ type: 'runs', runs: this.#control.runs });
  }

  /** A link is renewed long before it ends, and whoever shows it to others must not go on with the old one. */
  async #lookAtJoin(): Promise<void> {
    if (![...this.#watchers].some(({ role }) => may(role, 'control'))) return;
    // Links that cannot be written down now are told the next time.
    const join = await this.#control.joinInfo().catch(() => null);
    if (join !== null) await this.#replaceJoin(join);
  }

  async #replaceJoin(join: JoinInfo): Promise<void> {
    const before = this.#join;
    this.#join = join;
    if (before === null || JSON.stringify(before) === JSON.stringify(join)) return;
    const because = (await this.#allHold(before)) ? 'expiring' : 'revoked';
    const frame = frameOf({ type: 'join', join, because });
    for (const watcher of this.#watchers) if (may(watcher.role, 'control')) this.#send(watcher, frame);
  }

  async #allHold({ links, watchLinks }: JoinInfo): Promise<boolean> {
    const tokens = [links[0], watchLinks[0]].map((link = '') => link.slice(link.indexOf('#') + 1));
    const known = await Promise.all(tokens.map((token) => this.#access.identify(token)));
    return known.every(({ type }) => type === 'known');
  }

  #ping(): void {
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
  #broadcast(message: WatchMessage): void {
    const frames = new Map<boolean, Buffer | null>();
    for (const watcher of this.#watchers) {
      const all = may(watcher.role, 'control');
      const known = frames.get(all);
      const frame = known === undefined ? frameFor(watcher, message) : known;
      frames.set(all, frame);
      this.#send(watcher, frame);
    }
  }

  #send({ socket }: Watcher, frame: Buffer | null): void {
    if (frame === null) return;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.#limits.watchQueueBytesMax) {
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

function parseRequest(text: string): Request | null {
  try {
    return v.parse(requestSchema, JSON.parse(text));
  } catch {
    return null;
  }
}
