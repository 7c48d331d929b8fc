import { expect, test } from 'vitest';
import { Strangers } from './strangers.ts';

function bench() {
  const strangers = new Strangers({ strangersMax: 3, addressStrangersMax: 2 });
  const gone: string[] = [];
  return {
    strangers,
    gone,
    arrive: (address: string, name: string) => strangers.arrive(address, () => gone.push(name)),
  };
}

test('an address has few places, which are free again once a token is shown', () => {
  const { strangers, gone, arrive } = bench();
  const one = arrive('a', 'one');
  arrive('a', 'two');
  expect(arrive('a', 'three')).toBe(null);
  expect(arrive('b', 'four')).not.toBe(null);
  one?.();
  one?.();
  expect(strangers.count).toBe(2);
  expect(arrive('a', 'five')).not.toBe(null);
  expect(gone).toEqual([]);
});

test('when all places are taken the oldest gives way, and newcomers always find one', () => {
  const { strangers, gone, arrive } = bench();
  const names = Array.from({ length: 10 }, (_, i) => `n${i}`);
  for (const name of names) expect(arrive(name, name)).not.toBe(null);
  expect(gone).toEqual(names.slice(0, 7));
  expect(strangers.count).toBe(3);
});
