/**
 * The feed at `/watch`: a snapshot for each page that comes, then what changes, gathered so that steps however short
 * make few messages. A page that does not read is cut rather than buffered without bound; it comes back by itself.
 */
import {
  columnsOf,
  EPOCH_POINTS_MAX,
  type EpochRecord,
  type JoinInfo,
  type StepPoint,
  type WatchMessage,
} from '@shoal/core';
import { type Access, may } from '../access/access.ts';
import { WATCH_LIMITS, type WatchLimits } from '../limits/watchLimits.ts';
import type { News, NewsStream } from '../news/news.ts';
import type { CoordinatorControl } from './coordinatorControl.ts';
import { thinned } from './publicView.ts';
import type { UpgradeHandler } from './server.ts';
import { mayHere } from './visitor.ts';
import { type PageRequest, type Watcher, Watchers } from './watchers.ts';

/** How long a page is left with one that stands by, where another stands behind the same address. */
const SEND_ON_MS = 3_000;

export class WatchFeed {
  readonly #control: CoordinatorControl;
  readonly #access: Access;
  readonly #limits: WatchLimits;
  readonly #clock: () => number;
  readonly #watchers: Watchers;
  /** What has happened since the last message. */
  #points: StepPoint[] = [];
  #epochs: { readonly runId: string; readonly record: EpochRecord }[] = [];
  #runsChanged = false;
  #queueChanged = false;
  /** The links that hold, as they were last told; null before anybody was. */
  #join: JoinInfo | null = null;
  #lookedAtJoin = 0;
  #toldEvent = 0;
  #toldState = '';
  #toldCluster = '';
  #toldWorkersAt = 0;
  #pingedAt = 0;
  #sentOnAt = 0;
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
    this.#watchers = new Watchers({
      access: options.access,
      limits: this.#limits,
      // Whoever invites is told the links that hold now, and those who were here before, too.
      onArrival: async (role) => {
        if (may(role, 'control')) await this.#replaceJoin(await this.#control.joinInfo());
      },
      onWelcome: (watcher, have) => {
        // What others have yet to be told is part of the snapshot; told first, it reaches nobody twice.
        this.#tell();
        this.#watchers.send(watcher, this.#snapshot(watcher, have));
      },
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
    this.#watchers.close();
  }

  get upgrade(): UpgradeHandler {
    return this.#watchers.upgrade;
  }

  #snapshot({ role }: Watcher, have: PageRequest['have']): WatchMessage {
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
      runs: control.runs.mark,
      join: may(role, 'control') ? this.#join : null,
      scene: control.classroom.scene,
      queue: control.queue.view,
      readsData: mayHere(this.#access, role, 'data'),
      ...(control.cluster !== null && { cluster: control.cluster }),
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
      case 'queueChanged':
        this.#queueChanged = true;
        return;
      case 'lecture':
        this.#watchers.broadcast({ type: 'lecture', scene: news.scene });
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
    for (const watcher of this.#watchers) this.#watchers.send(watcher, this.#snapshot(watcher, null));
  }

  #beat(): void {
    const now = this.#clock();
    this.#watchers.cutTheSlowest();
    const isTime = now - this.#toldWorkersAt >= this.#limits.workersMs;
    this.#tell(isTime);
    if (isTime && this.#watchers.size > 0) {
      this.#toldWorkersAt = now;
      this.#watchers.broadcast({
        type: 'workers',
        workers: this.#control.workers,
        locals: this.#control.locals,
      });
    }
    if (now - this.#lookedAtJoin >= this.#limits.joinMs) {
      this.#lookedAtJoin = now;
      void this.#lookAtJoin();
    }
    this.#sendOn(now);
    if (now - this.#pingedAt >= this.#limits.pingMs) {
      this.#pingedAt = now;
      this.#watchers.ping();
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
    const queueChanged = this.#queueChanged;
    this.#queueChanged = false;
    if (this.#watchers.size === 0) return;
    const { run } = this.#control;
    const state =
      run === null ? '' : `${run.runId} ${run.state} ${run.reason} ${run.workers} ${run.result !== null}`;
    if (run !== null && (points.length > 0 || state !== this.#toldState || (evenSo && run.result === null))) {
      this.#watchers.broadcast({ type: 'progress', run, steps: columnsOf(points) });
    }
    this.#toldState = state;
    for (const { runId, record } of thinned(epochs, this.#limits.epochsPerProgressMax)) {
      this.#watchers.broadcast({ type: 'epoch', runId, record });
    }
    const events = this.#control.eventsAfter(from);
    if (events.length > 0) this.#watchers.broadcast({ type: 'events', events });
    this.#tellCluster();
    if (runsChanged) this.#watchers.broadcast({ type: 'runs', runs: this.#control.runs.mark });
    if (queueChanged) this.#watchers.broadcast({ type: 'queue', queue: this.#control.queue.view });
  }

  /** A page that came to one that stands by, by an address that stands for all, asks there again. */
  #sendOn(now: number): void {
    const { cluster } = this.#control;
    if (cluster?.standing !== 'standsBy' || !cluster.behindOneName) this.#sentOnAt = now;
    else if (now - this.#sentOnAt >= SEND_ON_MS) {
      this.#sentOnAt = now;
      this.#watchers.sendAway();
    }
  }

  #tellCluster(): void {
    const { cluster } = this.#control;
    const text = JSON.stringify(cluster);
    if (cluster === null || text === this.#toldCluster) return;
    this.#toldCluster = text;
    this.#watchers.broadcast({ type: 'cluster', cluster });
  }

  /** A link is renewed long before it ends, and whoever shows it to others must not go on with the old one. */
  async #lookAtJoin(): Promise<void> {
    if (!this.#watchers.hasOperator) return;
    // Links that cannot be written down now are told the next time.
    const join = await this.#control.joinInfo().catch(() => null);
    if (join !== null) await this.#replaceJoin(join);
  }

  async #replaceJoin(join: JoinInfo): Promise<void> {
    const before = this.#join;
    this.#join = join;
    if (before === null || JSON.stringify(before) === JSON.stringify(join)) return;
    const because = (await this.#allHold(before)) ? 'expiring' : 'revoked';
    // Those who may not invite are not told: `publicMessage` leaves it out.
    this.#watchers.broadcast({ type: 'join', join, because });
  }

  async #allHold({ links, watchLinks, gatewayLinks }: JoinInfo): Promise<boolean> {
    const tokens = [links[0], watchLinks[0], gatewayLinks[0]].map((link = '') =>
      link.slice(link.indexOf('#') + 1),
    );
    const known = await Promise.all(tokens.map((token) => this.#access.identify(token)));
    return known.every(({ type }) => type === 'known');
  }
}
