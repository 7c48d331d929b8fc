/**
 * Who leads a cluster: a lock with a time to live says who may try, and a term in the cluster's record, raised by its
 * revision, who does. No timer and no clock of its own, so that a simulation runs it as it is.
 */
import { type Broker, BrokerAway, BrokerFull, type Entry } from './broker.ts';

/** What all coordinators of a cluster know of each other. */
export type ClusterRecord = {
  /** 0 before the first leader. */
  readonly term: number;
  /** Where its leader was, or is. */
  readonly address: string;
  /** The run that is to go on; null where there is none. */
  readonly current: string | null;
  /** The last run that came to its end; null before the first. */
  readonly ended: string | null;
};

export type LeadershipEvents = {
  /** It leads from now on, as `record` says. */
  readonly leads: (record: ClusterRecord) => void;
  /** Another leads, or may: nothing may be done for the former term any more. */
  readonly lost: () => void;
};

export type LeadershipOptions = {
  readonly broker: Broker;
  /** Of this process, unlike all others. */
  readonly id: string;
  /** Where workers and pages reach it. */
  readonly address: string;
  /** Milliseconds that go on while the process is stopped or the machine asleep. */
  readonly clock: () => number;
  readonly events: LeadershipEvents;
};

/** Of the time to live: how often a leader renews the lock, how often others try for it, and what a leader leaves of it. */
const RENEW_PART = 1 / 5;
const TRY_PART = 1 / 12;
const MARGIN_PART = 1 / 5;
/** How often others are looked for: each time makes servers that form a cluster agree. */
const LOOK_PART = 1 / 2;

const LOCK = 'lock';
const RECORD = 'cluster';
const MEMBER = 'member.';
const NOBODY: ClusterRecord = { term: 0, address: '', current: null, ended: null };

type Lead = {
  readonly term: number;
  /** Of the lock; 0 where it has gone. */
  lock: number;
  /** By the clock: until then nobody else can have the lock. */
  until: number;
  record: ClusterRecord;
  revision: number;
};

export class Leadership {
  readonly #options: LeadershipOptions;
  #lead: Lead | null = null;
  #member = 0;
  /** By the clock: then others are told again that this one is there, and are looked for. */
  #tellAt = Number.NEGATIVE_INFINITY;
  #lookAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  /** By the clock: it has resigned until then. */
  #notBefore = Number.NEGATIVE_INFINITY;
  /** The record as it was read or written last. */
  #known: ClusterRecord = NOBODY;
  #addresses: readonly string[];
  /** The lock's revision as it was last seen, and when somebody was last seen to have renewed it, by the clock. */
  #seen = 0;
  #heldAt = Number.NEGATIVE_INFINITY;
  /** Writes of the record, one after another. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#addresses = [options.address];
  }

  /** Null unless it leads. */
  get term(): number | null {
    return this.#lead?.term ?? null;
  }

  /** Whether nobody else can lead at this moment. */
  get mayAct(): boolean {
    return this.#lead !== null && this.#options.clock() < this.#lead.until;
  }

  /** For how many milliseconds it has not been certain that it leads; 0 while it is, and for one that stands by. */
  get inDoubtMs(): number {
    return this.#lead === null ? 0 : Math.max(0, this.#options.clock() - this.#lead.until);
  }

  /** The cluster's record as it was last known. */
  get record(): ClusterRecord {
    return this.#known;
  }

  /** Whether some other coordinator has renewed the lock lately. */
  get isHeldElsewhere(): boolean {
    const { clock, broker } = this.#options;
    return this.#lead === null && clock() - this.#heldAt < 2 * RENEW_PART * broker.leaseMs;
  }

  /** Of all coordinators that are there, this one among them. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** To be called again and again, after as many milliseconds as it says. Never rejects for what the broker does. */
  async beat(): Promise<number> {
    const { leaseMs } = this.#options.broker;
    try {
      if (this.#lead === null) await this.#try();
      else await this.#renew(this.#lead);
      await this.#tellOthers();
    } catch (error) {
      if (!(error instanceof BrokerAway || error instanceof BrokerFull)) throw error;
    }
    return leaseMs * (this.#lead === null ? TRY_PART : RENEW_PART);
  }

  /** Lets others lead at once; idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const lead = this.#lead;
    this.#lead = null;
    const { fleeting } = this.#options.broker;
    const gone = [[LOCK, lead?.lock ?? 0] as const, [MEMBER + this.#options.id, this.#member] as const];
    for (const [key, revision] of gone) {
      if (revision !== 0) await fleeting.remove(key, revision).catch(() => {});
    }
  }

  /**
   * Changes the cluster's record in the name of a term. Rejects with `TermOver` once it is over, also where a later one is this
   * coordinator's as well, and with `BrokerAway` where nobody can say whether it was written.
   */
  write(change: Partial<Pick<ClusterRecord, 'current' | 'ended'>>, term = this.term): Promise<void> {
    const written = this.#writing.then(async () => {
      const lead = this.#lead;
      if (lead === null || lead.term !== term) throw new TermOver();
      const record = { ...lead.record, ...change };
      const { records } = this.#options.broker;
      const revision = await records.put(RECORD, encode(record), lead.revision);
      if (revision !== null) {
        Object.assign(lead, { record, revision });
        this.#known = record;
        return;
      }
      // An answer that was lost may have been a yes.
      const entry = await records.get(RECORD);
      const found = decode(entry);
      if (this.#lead !== lead) throw new TermOver();
      if (found.term !== lead.term) {
        this.#lose();
        throw new TermOver();
      }
      lead.revision = entry?.revision ?? 0;
      lead.record = found;
      if (!isSame(found, record)) throw new BrokerAway('The record of the cluster was not written.');
    });
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Lets others lead at once, and does not try itself for so many milliseconds. */
  async resign(ms: number): Promise<void> {
    const lead = this.#lead;
    this.#notBefore = this.#options.clock() + ms;
    if (lead === null) return;
    this.#lose();
    if (lead.lock !== 0) await this.#options.broker.fleeting.remove(LOCK, lead.lock).catch(() => {});
  }

  /** Another has been seen to lead. */
  overtaken(): void {
    if (this.#lead !== null) this.#lose();
  }

  /* ── Standing by ─────────────────────────────────────────────────────── */

  async #try(): Promise<void> {
    const { broker, clock, id } = this.#options;
    const sentAt = clock();
    const held = await broker.fleeting.get(LOCK);
    if ((held !== null && textOf(held) !== id) || sentAt < this.#notBefore) {
      if (held === null) return;
      // Who leads renews it; one that is dead leaves it as it is.
      if (held.revision !== this.#seen) this.#heldAt = clock();
      this.#seen = held.revision;
      this.#known = decode(await broker.records.get(RECORD));
      return;
    }
    const lock = await broker.fleeting.put(LOCK, bytesOf(id), held?.revision ?? 0);
    if (lock === null || this.#isClosed) return;
    const until = this.#untilOf(sentAt);
    for (;;) {
      const entry = await broker.records.get(RECORD);
      const before = decode(entry);
      const record = { ...before, term: before.term + 1, address: this.#options.address };
      // Whoever was slow may find the lock gone by now.
      if (clock() >= until || this.#isClosed) return;
      const revision = await broker.records.put(RECORD, encode(record), entry?.revision ?? 0);
      if (revision === null) continue;
      // The answer may have been on its way until another leads.
      if (clock() >= until || this.#isClosed) return;
      this.#known = record;
      this.#lead = { term: record.term, lock, until, record, revision };
      this.#options.events.leads(record);
      return;
    }
  }

  /* ── Leading ─────────────────────────────────────────────────────────── */

  async #renew(lead: Lead): Promise<void> {
    const { broker, clock, id } = this.#options;
    const sentAt = clock();
    const lock = await broker.fleeting.put(LOCK, bytesOf(id), lead.lock);
    if (this.#lead !== lead) return;
    if (lock !== null) {
      lead.lock = lock;
      // Since then it may have gone for a while, and another may have led meanwhile.
      if (sentAt >= lead.until && !(await this.#isStillRecorded(lead))) return;
      lead.until = this.#untilOf(sentAt);
      return;
    }
    const held = await broker.fleeting.get(LOCK);
    if (this.#lead !== lead) return;
    if (held !== null && textOf(held) !== id) return this.#lose();
    // It has gone, or is this one's: the answer to a renewal was lost.
    lead.lock = held?.revision ?? 0;
  }

  /** Nobody has led since, which only a write can tell. */
  async #isStillRecorded(lead: Lead): Promise<boolean> {
    try {
      await this.write({});
      return this.#lead === lead;
    } catch (error) {
      if (error instanceof TermOver) return false;
      throw error;
    }
  }

  #untilOf(sentAt: number): number {
    return sentAt + this.#options.broker.leaseMs * (1 - MARGIN_PART);
  }

  #lose(): void {
    this.#lead = null;
    this.#options.events.lost();
  }

  /* ── The others ──────────────────────────────────────────────────────── */

  async #tellOthers(): Promise<void> {
    const { broker, id, address, clock } = this.#options;
    const { fleeting, leaseMs } = broker;
    const now = clock();
    if (this.#isClosed || now < this.#tellAt) return;
    const member = await fleeting.put(MEMBER + id, bytesOf(address), this.#member);
    this.#member = member ?? (await fleeting.get(MEMBER + id))?.revision ?? 0;
    this.#tellAt = now + RENEW_PART * leaseMs;
    if (now < this.#lookAt) return;
    const others = await Promise.all((await fleeting.keys(MEMBER)).map((key) => fleeting.get(key)));
    const known = others.filter((entry) => entry !== null).map(textOf);
    this.#addresses = [...new Set([address, ...known.sort()])];
    this.#lookAt = now + LOOK_PART * leaseMs;
  }
}

/** Another leads by now: whatever was to be written has not been. */
export class TermOver extends Error {
  constructor() {
    super('another coordinator leads by now');
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = ({ value }: Entry): string => new TextDecoder().decode(value);
const encode = (record: ClusterRecord): Uint8Array => bytesOf(JSON.stringify(record));
const decode = (entry: Entry | null): ClusterRecord =>
  entry === null ? NOBODY : { ...NOBODY, ...(JSON.parse(textOf(entry)) as Partial<ClusterRecord>) };
const isSame = (a: ClusterRecord, b: ClusterRecord): boolean =>
  a.term === b.term && a.address === b.address && a.current === b.current && a.ended === b.ended;
