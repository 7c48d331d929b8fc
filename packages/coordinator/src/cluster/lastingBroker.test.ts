import { expect, test } from 'vitest';
import { type Broker, BrokerAway, BrokerFull } from './broker.ts';
import { type BrokerLine, BrokerModel } from './brokerModel.ts';
import { LastingBroker } from './lastingBroker.ts';

const SILENCE_MS = 1_000;
const VALUE = new Uint8Array([1]);

/** A broker in memory to which every connection may die for good. */
class Play {
  now = 0;
  readonly model = new BrokerModel({ leaseMs: 5_000, clock: () => this.now });
  readonly lines: { isDead: boolean; isClosed: boolean }[] = [];
  canReopen = true;

  connect(): Broker {
    const state = { isDead: false, isClosed: false };
    this.lines.push(state);
    const pass = async (): Promise<void> => {
      if (state.isDead) throw new Error('dead');
    };
    const way: BrokerLine = { forth: pass, back: pass };
    const broker = this.model.connect(way);
    return {
      ...{ leaseMs: broker.leaseMs, records: broker.records, fleeting: broker.fleeting },
      contents: broker.contents,
      forgetful: null,
      close: async () => {
        state.isClosed = true;
        await broker.close();
      },
    };
  }

  open(): LastingBroker {
    return new LastingBroker(this.connect(), {
      reopen: async () => {
        if (!this.canReopen) throw new Error('The servers cannot be reached.');
        return this.connect();
      },
      silenceMs: SILENCE_MS,
      clock: () => this.now,
    });
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a connection that answers nothing for long is made anew, and what was written is there', async () => {
  const play = new Play();
  const broker = play.open();
  const revision = await broker.records.put('a', VALUE, 0);
  const [first] = play.lines as [(typeof play.lines)[number]];
  first.isDead = true;
  await expect(broker.records.get('a')).rejects.toThrow(BrokerAway);
  play.now += SILENCE_MS - 1;
  await expect(broker.fleeting.get('a')).rejects.toThrow(BrokerAway);
  expect(play.lines).toHaveLength(1);
  play.now += 1;
  await expect(broker.contents.names()).rejects.toThrow(BrokerAway);
  await settled();
  expect(play.lines).toHaveLength(2);
  expect(first.isClosed).toBe(true);
  expect(await broker.records.get('a')).toEqual({ value: VALUE, revision });
});

test('an answer in between, also that there is no room, begins the silence anew', async () => {
  const play = new Play();
  const broker = play.open();
  const [first] = play.lines as [(typeof play.lines)[number]];
  for (let i = 0; i < 5; i += 1) {
    first.isDead = true;
    await expect(broker.records.get('a')).rejects.toThrow(BrokerAway);
    play.now += SILENCE_MS * 0.9;
    first.isDead = false;
    if (i % 2 === 0) await broker.records.get('a');
    else {
      play.model.isFull = true;
      await expect(broker.contents.put(`b${i}`, VALUE)).rejects.toThrow(BrokerFull);
      play.model.isFull = false;
    }
  }
  expect(play.lines).toHaveLength(1);
});

test('where nothing can be opened it is tried again, no sooner than after as long a silence', async () => {
  const play = new Play();
  const broker = play.open();
  const [first] = play.lines as [(typeof play.lines)[number]];
  first.isDead = true;
  play.canReopen = false;
  const ask = async (): Promise<void> => {
    await expect(broker.records.get('a')).rejects.toThrow(BrokerAway);
    await settled();
  };
  await ask();
  play.now += SILENCE_MS;
  await ask();
  play.canReopen = true;
  await ask();
  expect(play.lines).toHaveLength(1);
  play.now += SILENCE_MS;
  await ask();
  expect(play.lines).toHaveLength(2);
  await broker.close();
  expect(play.lines.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});
