import { describe, expect, test } from 'vitest';
import { type BrokerLine, BrokerModel } from './brokerModel.ts';
import { Leadership, TermOver } from './leadership.ts';

const LEASE_MS = 1_000;

/** Coordinators of one cluster, by a clock that is moved by hand. */
class Play {
  now = 0;
  readonly model = new BrokerModel({ leaseMs: LEASE_MS, clock: () => this.now });
  readonly told: string[] = [];

  join(name: string): {
    readonly leadership: Leadership;
    /** `hold` may let an answer wait. */
    readonly line: { cut: boolean; answersLost: boolean; hold: () => Promise<void> | undefined };
  } {
    const line = { cut: false, answersLost: false, hold: (): Promise<void> | undefined => undefined };
    const way: BrokerLine = {
      forth: async () => {
        if (line.cut) throw new Error('cut');
      },
      back: async () => {
        await line.hold();
        if (line.cut || line.answersLost) throw new Error('cut');
      },
    };
    const leadership = new Leadership({
      broker: this.model.connect(way),
      id: name,
      address: `http://${name}`,
      clock: () => this.now,
      events: {
        leads: ({ term }) => this.told.push(`${name} leads ${term}`),
        lost: () => this.told.push(`${name} lost`),
      },
    });
    return { leadership, line };
  }
}

describe('leadership', () => {
  test('is one coordinator’s as long as it renews it, and in one term', async () => {
    const play = new Play();
    const a = play.join('a').leadership;
    const b = play.join('b').leadership;
    for (let i = 0; i < 30; i += 1) {
      await a.beat();
      await b.beat();
      play.now += LEASE_MS / 4;
    }
    expect(play.told).toEqual(['a leads 1']);
    expect([a.mayAct, b.mayAct, b.isHeldElsewhere]).toEqual([true, false, true]);
    expect(a.addresses).toEqual(['http://a', 'http://b']);
    expect(b.record).toMatchObject({ term: 1, address: 'http://a' });
  });

  test('goes on to another when its holder dies, and at once when it is given up', async () => {
    const play = new Play();
    const a = play.join('a').leadership;
    const b = play.join('b').leadership;
    const c = play.join('c').leadership;
    await a.beat();
    await a.write({ current: 'run-1' });
    await b.beat();
    const from = play.now;
    while (b.term === null) {
      play.now += await b.beat();
    }
    expect(play.now - from).toBeLessThan(1.3 * LEASE_MS);
    expect(b.record).toMatchObject({ term: 2, current: 'run-1' });
    await b.close();
    await c.beat();
    expect(play.told).toEqual(['a leads 1', 'b leads 2', 'c leads 3']);
  });

  test('a leader that slept may not act before it is told, and is told by whatever it does next', async () => {
    const play = new Play();
    const a = play.join('a').leadership;
    const b = play.join('b').leadership;
    await a.beat();
    expect(a.mayAct).toBe(true);
    play.now += 15 * LEASE_MS;
    expect(a.mayAct).toBe(false);
    await b.beat();
    expect(b.mayAct).toBe(true);
    await expect(a.write({ current: 'run-1' })).rejects.toThrow(TermOver);
    expect(a.term).toBeNull();
    expect(play.told).toEqual(['a leads 1', 'b leads 2', 'a lost']);
    await a.beat();
    expect(a.term).toBeNull();
  });

  test('one that hears that it may lead when another does by then leads nothing', async () => {
    const play = new Play();
    const { leadership: a, line } = play.join('a');
    const b = play.join('b').leadership;
    let answer = (): void => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let isWritten = (): void => {};
    const written = new Promise<void>((resolve) => {
      isWritten = resolve;
    });
    let answers = 0;
    // The fourth says that the term was written.
    line.hold = () => {
      answers += 1;
      if (answers !== 4) return undefined;
      isWritten();
      return late;
    };
    const trying = a.beat();
    await written;
    play.now += 2 * LEASE_MS;
    await b.beat();
    answer();
    await trying;
    expect(play.told).toEqual(['b leads 2']);
    expect([a.term, b.term]).toEqual([null, 2]);
  });

  test('a broker that is away for longer than the lock lives costs the leader its certainty and not its term', async () => {
    const play = new Play();
    const { leadership: a, line } = play.join('a');
    await a.beat();
    line.cut = true;
    for (let i = 0; i < 20; i += 1) {
      play.now += await a.beat();
      if (play.now >= LEASE_MS * 0.8) expect(a.mayAct).toBe(false);
    }
    expect(a.inDoubtMs).toBeGreaterThan(2_000);
    line.cut = false;
    for (let i = 0; i < 3; i += 1) await a.beat();
    expect([a.mayAct, a.inDoubtMs]).toEqual([true, 0]);
    expect(play.told).toEqual(['a leads 1']);
  });

  test('one that could not renew does not go on where another has led and died meanwhile', async () => {
    const play = new Play();
    const { leadership: a, line } = play.join('a');
    const b = play.join('b').leadership;
    await a.beat();
    line.cut = true;
    play.now += 2 * LEASE_MS;
    await a.beat();
    await b.beat();
    expect(b.term).toBe(2);
    play.now += 2 * LEASE_MS;
    line.cut = false;
    for (let i = 0; i < 2; i += 1) await a.beat();
    // It has the lock again, and no term.
    expect(a.term === null || a.mayAct).toBe(true);
    expect(play.told.slice(0, 3)).toEqual(['a leads 1', 'b leads 2', 'a lost']);
    for (let i = 0; i < 3; i += 1) play.now += await a.beat();
    expect(a.term).toBe(3);
  });

  test('never do two act in one moment, nor have one term, whatever is lost and however long they sleep', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      let state = seed;
      const draw = (): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state / 2 ** 32;
      };
      const play = new Play();
      const all = ['a', 'b', 'c'].map((name) => ({ ...play.join(name), wakesAt: 0 }));
      for (let i = 0; i < 300; i += 1) {
        play.now += draw() * LEASE_MS * 0.3;
        const one = all[Math.floor(draw() * all.length)] as (typeof all)[0];
        if (draw() < 0.05) one.line.cut = !one.line.cut;
        if (draw() < 0.05) one.line.answersLost = !one.line.answersLost;
        if (draw() < 0.04) one.wakesAt = play.now + draw() * 5 * LEASE_MS;
        if (one.wakesAt <= play.now) {
          await one.leadership.beat();
          if (one.leadership.term !== null && draw() < 0.2) {
            await one.leadership.write({ current: `run-${i}` }).catch(() => {});
          }
        }
        expect(all.filter(({ leadership }) => leadership.mayAct).length).toBeLessThan(2);
      }
      const terms = play.told.filter((line) => line.includes('leads')).map((line) => line.split(' ')[2]);
      expect(new Set(terms).size).toBe(terms.length);
      expect(terms.length).toBeGreaterThan(0);
    }
  });
});
