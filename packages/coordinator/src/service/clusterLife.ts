/** What a coordinator does as one of a cluster: tells how it stands, takes a run up, and gives it up when another leads. */
import { type Fact, reasonOf } from '@shoal/core';
import type { Access } from '../access/access.ts';
import type { ClusterRecord } from '../cluster/leadership.ts';
import type { ClusterMember } from '../cluster/member.ts';
import type { News, NewsStream } from '../news/news.ts';
import type { Coordinator } from './coordinator.ts';

const LOOK_MS = 500;
/** Whoever cannot go on with a run leaves it to others for so long before it tries again. */
const RESIGNED_MS = 30_000;
/** How often one that stands by reads which tokens hold. */
const ACCESS_MS = 10_000;

export type ClusterLifeOptions = {
  readonly member: ClusterMember;
  readonly coordinator: Coordinator;
  readonly access: Access;
  readonly news: NewsStream;
  /** Where workers and pages reach this one. */
  readonly address: string;
  /** It leads: goes on with the run, if one is to go on, else does what there is to do. Rejects where it cannot. */
  readonly lead: (runId: string | null, record: ClusterRecord) => Promise<void>;
  /** Another leads, with all that goes on and waits. */
  readonly lost: () => void;
  /** Another leads, and this run goes on there: what takes time is made ready. Called once for each. */
  readonly prepare: (runId: string) => void;
};

export class ClusterLife {
  readonly #options: ClusterLifeOptions;
  readonly #timer: NodeJS.Timeout;
  #told = '';
  #addresses = '';
  #prepared: string | null = null;
  #lookedAtAccess = 0;
  /** It was uncertain for so long that workers were sent elsewhere. */
  #hasSent = false;
  /** The process is about to end: a run that stops now is to be gone on with by another. */
  isLeaving = false;

  constructor(options: ClusterLifeOptions) {
    const { member, coordinator, news, address } = options;
    this.#options = options;
    news.subscribe((item) => this.#hear(item));
    member.start(address, {
      leads: (record) => void this.#lead(record),
      lost: () => {
        coordinator.abandon();
        options.lost();
        this.#tellStanding({ type: 'clusterLeft', leader: member.leader });
      },
      away: (isAway) => coordinator.notice({ type: isAway ? 'clusterAway' : 'clusterBack' }),
    });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  async #lead(record: ClusterRecord): Promise<void> {
    const { member, coordinator, access, lead } = this.#options;
    const { term, current } = record;
    this.#tellStanding({ type: 'clusterLed', term });
    try {
      await access.refresh();
      await access.keepIn(member.root);
      await lead(current, record);
    } catch (error) {
      // Whoever leads by now has the same to do.
      if (member.term !== term) return;
      const problem = reasonOf(error);
      if (current === null) coordinator.notice({ type: 'text', text: problem });
      else coordinator.notice({ type: 'clusterRunStuck', runId: current, problem });
      await member.resign(RESIGNED_MS);
    }
  }

  #look(): void {
    const { member, coordinator, access } = this.#options;
    const isUncertain = member.inDoubtMs > member.leaseMs;
    if (isUncertain && !this.#hasSent) coordinator.sendElsewhere();
    this.#hasSent = isUncertain;
    const addresses = member.addresses.join(' ');
    if (addresses !== this.#addresses) coordinator.coordinatorsChanged();
    this.#addresses = addresses;
    if (member.term !== null) return;
    const { leader } = member;
    if (leader !== null) this.#tellStanding({ type: 'standsBy', leader });
    const current = member.record?.current ?? null;
    if (current !== null && current !== this.#prepared) {
      this.#prepared = current;
      this.#options.prepare(current);
    }
    const now = performance.now();
    if (now - this.#lookedAtAccess < ACCESS_MS) return;
    this.#lookedAtAccess = now;
    // What cannot be read now is read the next time.
    access.refresh().catch(() => {});
  }

  #hear(item: News): void {
    const { member, coordinator } = this.#options;
    if (item.type !== 'result' || this.isLeaving) return;
    member.ends(item.runId).catch((error) => {
      if (member.term !== null) coordinator.notice({ type: 'text', text: reasonOf(error) });
    });
  }

  #tellStanding(fact: Fact): void {
    const text = JSON.stringify(fact);
    if (text === this.#told) return;
    this.#told = text;
    const { member, news } = this.#options;
    const { term, leader } = member;
    news.publish({ type: 'remark', level: 'info', kind: 'run', facts: [fact] });
    news.publish({
      type: 'cluster',
      standing: term === null ? 'standsBy' : 'leads',
      term: term ?? member.record?.term ?? 0,
      leader,
      facts: [fact],
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
