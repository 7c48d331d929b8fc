import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DrivenRun, runFacts, secretThat } from '../drivenRun.suite.ts';
import { chanceOf, SECRET_BYTES } from './chance.ts';

const SECRET = Uint8Array.from({ length: SECRET_BYTES }, (_, i) => (7 * i + 1) % 256);

describe('what is drawn', () => {
  it.each([
    ['checked', 1, '00 3ff0000000000000'],
    ['checked', 3_000_000, '00 4146e36000000000'],
    ['taker', 1, '01 3ff0000000000000'],
  ] as const)('for %s, lease %d, is the beginning of a hash that the secret begins', (draw, lease, rest) => {
    const input = Buffer.concat([SECRET, Buffer.from(rest.replace(' ', ''), 'hex')]);
    const hash = createHash('sha256').update(input).digest();
    expect(chanceOf(SECRET, draw, lease)).toBe(hash.readUIntBE(0, 6) / 2 ** 48);
  });

  it('is spread evenly over [0, 1)', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let lease = 1; lease <= 10_000; lease += 1) {
      tenths[Math.floor(10 * chanceOf(SECRET, 'checked', lease))]! += 1;
    }
    // A thousand each; five standard deviations of thirty.
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('the secret', () => {
  it('is in nothing that a run is asked to keep, print or send', () => {
    const secret = secretThat((one) => chanceOf(one, 'checked', 1) < 0.5);
    const run = DrivenRun.ofStrangers(['ada', 'bob'], runFacts({ trust: { spotCheck: 0.5, quorum: 1 } }), {
      secret,
    });
    run.answerNext();
    expect(run.all('verify').length).toBeGreaterThan(0);
    const things = new Set<unknown>();
    const collect = (thing: unknown): void => {
      if (typeof thing !== 'object' || thing === null || things.has(thing)) return;
      things.add(thing);
      if (thing instanceof Map) for (const entry of thing) collect(entry);
      if (thing instanceof Set) for (const one of thing) collect(one);
      for (const value of Object.values(thing)) collect(value);
    };
    collect(run.state);
    collect(run.effects);
    expect(things.size).toBeGreaterThan(100);
    expect([...things].filter((one) => ArrayBuffer.isView(one))).toEqual([]);
  });
});
