/** One coordinator among those of a cluster: what it keeps there, whether it leads, and how it finds out. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FactOf } from '@shoal/core';
import { type Broker, BrokerAway } from './broker.ts';
import { ClusterFiles } from './clusterFiles.ts';
import { type ClusterRecord, Leadership, type LeadershipEvents, TermOver } from './leadership.ts';
import { wakefulClock } from './wakefulClock.ts';

/** Between attempts while the broker is away. */
const RETRY_MS = 200;
const ID_BYTES = 9;

export type MemberEvents = LeadershipEvents & {
  /** What is to be kept waits for the broker, or does so no longer. */
  readonly away: (isAway: boolean) => void;
};

export class ClusterMember {
  readonly files: ClusterFiles;
  /** The path by which all that is kept in the cluster is known. */
  readonly root: string;
  readonly #broker: Broker;
  readonly #address: string | null;
  readonly #id = randomBytes(ID_BYTES).toString('base64url').replaceAll('_', '-');
  #leadership: Leadership | null = null;
  #events: MemberEvents | null = null;
  #isAway = false;
  /** The run that had come to its end last when this one came; null while that is not known. */
  #endedBefore: { readonly runId: string | null } | null = null;
  #closing = new AbortController();
  #beating: Promise<void> = Promise.resolve();

  /** `name` is the cluster's, among those of one broker; `address` where this one is, null for where its links lead. */
  constructor(broker: Broker, { name, address }: { readonly name: string; readonly address: string | null }) {
    this.#address = address;
    this.#broker = broker;
    this.root = `cluster/${name}`;
    this.files = new ClusterFiles({
      broker,
      root: this.root,
      id: this.#id,
      leading: {
        term: () => this.term,
        begins: (runId, term) => this.#write({ current: runId }, term),
        overtaken: () => this.#leadership?.overtaken(),
      },
      wait: (ms) => pause(ms),
      onAway: (isAway) => this.#away(isAway),
    });
  }

  /** One public address stands for all coordinators: whoever asks there again may come to another. */
  get isBehindOneName(): boolean {
    return this.#address !== null;
  }

  /** From now on it stands by, or leads. `links` is where its links lead. */
  start(links: string, events: MemberEvents): void {
    const address = this.#address ?? links;
    this.#events = events;
    const leadership = new Leadership({
      ...{ broker: this.#broker, id: this.#id, address, clock: wakefulClock() },
      events: {
        leads: (record) => {
          this.files.termChanged();
          events.leads(record);
        },
        lost: () => {
          this.files.termChanged();
          events.lost();
        },
      },
    });
    this.#leadership = leadership;
    this.#beating = this.#beat(leadership);
  }

  async #beat(leadership: Leadership): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const ms = await leadership.beat();
      this.#endedBefore ??= { runId: leadership.record.ended };
      await pause(ms, undefined, { signal }).catch(() => {});
    }
  }

  /* ── Who leads ───────────────────────────────────────────────────────── */

  /** Null unless it leads. */
  get term(): number | null {
    return this.#leadership?.term ?? null;
  }

  /** Whether nobody else can lead at this moment. */
  get mayAct(): boolean {
    return this.#leadership?.mayAct ?? false;
  }

  /** For how long it has not been certain that it leads. */
  get inDoubtMs(): number {
    return this.#leadership?.inDoubtMs ?? 0;
  }

  /** As the broker says. */
  get forgetful(): string | null {
    return this.#broker.forgetful;
  }

  /** How long a leader may be silent before another leads. */
  get leaseMs(): number {
    return this.#broker.leaseMs;
  }

  get isHeldElsewhere(): boolean {
    return this.#leadership?.isHeldElsewhere ?? false;
  }

  get record(): ClusterRecord | null {
    return this.#leadership?.record ?? null;
  }

  /** Where the coordinator is that leads, as far as is known; null where that is this one, or none. */
  get leader(): string | null {
    const { isHeldElsewhere, record } = this;
    return isHeldElsewhere && record !== null && record.address !== '' ? record.address : null;
  }

  /** Of all coordinators that are there. */
  get addresses(): readonly string[] {
    return this.#leadership?.addresses ?? [];
  }

  /** A run has come to its end while this one was there. */
  get hasSeenAnEnd(): boolean {
    return this.#endedBefore !== null && this.record?.ended !== this.#endedBefore.runId;
  }

  /** Somebody else may lead, at once; this one tries again after a while. */
  async resign(ms: number): Promise<void> {
    await this.#leadership?.resign(ms);
  }

  /* ── Runs ────────────────────────────────────────────────────────────── */

  /** The run has come to its end, or was stopped. */
  async ends(runId: string): Promise<void> {
    if (this.record?.current === runId) await this.#write({ current: null, ended: runId }, this.term);
  }

  /**
   * The run goes on in this term, and no older leader writes for it from now on; to be called before it is read. Rejects where
   * the term is over.
   */
  async takes(runId: string, term: number): Promise<void> {
    await this.#write({ current: runId }, term);
    await this.files.take(runId, term);
  }

  /** That it leads, in this term, is its lock on every run. */
  lock(term = this.term) {
    return {
      holds: async () => term !== null && this.term === term,
      // What follows from that is not the run's own matter.
      onLost: (_listener: (reason: FactOf<'takenOver'>) => void) => {},
      release: async () => {},
    };
  }

  async #write(
    change: Partial<Pick<ClusterRecord, 'current' | 'ended'>>,
    term: number | null,
  ): Promise<void> {
    for (;;) {
      if (this.#leadership === null) throw new TermOver();
      try {
        return await this.#leadership.write(change, term);
      } catch (error) {
        if (!(error instanceof BrokerAway) || this.#closing.signal.aborted) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  #away(isAway: boolean): void {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#events?.away(isAway);
  }

  /** Lets another lead at once. Idempotent. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.files.close();
    await this.#beating;
    await this.#leadership?.close();
    await this.#broker.close();
  }
}
