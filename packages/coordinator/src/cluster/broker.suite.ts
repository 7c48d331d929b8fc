/** What every broker must do, whatever it is. */
import { describe, expect, test } from 'vitest';
import type { Broker } from './broker.ts';

export type BrokerUnderTest = {
  /** Of two clients. Its locks live for a few seconds. */
  readonly one: Broker;
  readonly other: Broker;
  /** Lets time go by, for the broker. */
  readonly pass: (ms: number) => Promise<void>;
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : new TextDecoder().decode(value);

export function testBroker(name: string, open: () => Promise<BrokerUnderTest>): void {
  describe(`a broker: ${name}`, () => {
    test('of two who write a record by one revision, one does', async () => {
      const { one, other } = await open();
      const first = await one.records.put('a', bytes('1'), 0);
      expect(first).toBeGreaterThan(0);
      expect(await other.records.put('a', bytes('2'), 0)).toBeNull();
      const read = await other.records.get('a');
      expect([text(read?.value), read?.revision]).toEqual(['1', first]);
      const second = await other.records.put('a', bytes('2'), first ?? 0);
      expect(second).toBeGreaterThan(first ?? 0);
      expect(await one.records.put('a', bytes('3'), first ?? 0)).toBeNull();
      expect(text((await one.records.get('a'))?.value)).toBe('2');
      const many = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          (i % 2 === 0 ? one : other).records.put('a', bytes(`${i}`), second ?? 0),
        ),
      );
      expect(many.filter((revision) => revision !== null)).toHaveLength(1);
    });

    test('a record that was removed is none, and one that comes after it has a higher revision', async () => {
      const { one, other } = await open();
      const first = (await one.records.put('a', bytes('1'), 0)) ?? 0;
      expect(await other.records.remove('a', first + 1_000)).toBe(false);
      expect(await other.records.remove('a', first)).toBe(true);
      expect(await one.records.get('a')).toBeNull();
      expect(await one.records.put('a', bytes('2'), first)).toBeNull();
      expect(await one.records.put('a', bytes('2'), 0)).toBeGreaterThan(first);
    });

    test('records are found by how their keys begin', async () => {
      const { one, other } = await open();
      expect(await one.records.keys('run.')).toEqual([]);
      for (const key of ['run.b', 'run.a-1', 'runs', 'common']) await one.records.put(key, bytes(key), 0);
      const gone = await one.records.put('run.c', bytes('c'), 0);
      await one.records.remove('run.c', gone ?? 0);
      expect(await other.records.keys('run.')).toEqual(['run.a-1', 'run.b']);
      expect(await other.records.get('nothing')).toBeNull();
    });

    test('a lock is one holder’s as long as it is renewed, and anybody’s after', async () => {
      const { one, other, pass } = await open();
      const { leaseMs } = one;
      let mine = await one.fleeting.put('lock', bytes('one'), 0);
      for (let i = 0; i < 5; i += 1) {
        await pass(leaseMs * 0.3);
        expect(await other.fleeting.put('lock', bytes('other'), 0)).toBeNull();
        mine = await one.fleeting.put('lock', bytes('one'), mine ?? 0);
        expect(mine).not.toBeNull();
      }
      await pass(leaseMs * 1.5);
      expect(await one.fleeting.get('lock')).toBeNull();
      expect(await one.fleeting.put('lock', bytes('one'), mine ?? 0)).toBeNull();
      const theirs = await other.fleeting.put('lock', bytes('other'), 0);
      expect(theirs).toBeGreaterThan(mine ?? 0);
      expect(await one.fleeting.put('lock', bytes('one'), 0)).toBeNull();
      // Given up, it is free at once.
      expect(await other.fleeting.remove('lock', theirs ?? 0)).toBe(true);
      expect(await one.fleeting.put('lock', bytes('one'), 0)).toBeGreaterThan(theirs ?? 0);
    });

    test.each([0, 1, 524_288, 1_500_000])('content of %i bytes is had as it was put', async (length) => {
      const { one, other } = await open();
      const content = Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 9)) % 256);
      await one.contents.put('run/checkpoints/last/1-a', content);
      expect(
        Buffer.compare((await other.contents.get('run/checkpoints/last/1-a')) ?? bytes('none'), content),
      ).toBe(0);
      expect(await other.contents.names()).toEqual(['run/checkpoints/last/1-a']);
      await other.contents.remove('run/checkpoints/last/1-a');
      expect(await one.contents.get('run/checkpoints/last/1-a')).toBeNull();
      expect(await one.contents.names()).toEqual([]);
      await one.contents.remove('nothing');
      expect(await one.contents.get('nothing')).toBeNull();
    });
  });
}
