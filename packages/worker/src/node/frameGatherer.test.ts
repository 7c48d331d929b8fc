import { describe, expect, test } from 'vitest';
import { FrameGatherer } from './frameGatherer.ts';
import { FramePool } from './framePool.ts';

const LONG = 100_000;

/** A frame as it lies on a line. */
function frame(payload: number, { first = 0x82, masked = true, salt = 1 } = {}): Buffer {
  const mask = masked ? 0x80 : 0;
  const head =
    payload > 0xffff
      ? Buffer.concat([Buffer.of(first, mask | 127), Buffer.alloc(8)])
      : payload > 125
        ? Buffer.concat([Buffer.of(first, mask | 126), Buffer.alloc(2)])
        : Buffer.of(first, mask | payload);
  if (payload > 0xffff) head.writeBigUInt64BE(BigInt(payload), 2);
  else if (payload > 125) head.writeUInt16BE(payload, 2);
  const body = Buffer.from(Uint8Array.from({ length: payload + (masked ? 4 : 0) }, (_, i) => i * 7 + salt));
  return Buffer.concat([head, body]);
}

function gatherer({ frameBytesMax = 10 * LONG, lentBytesMax = 100 * LONG, may = true } = {}) {
  const pool = new FramePool(lentBytesMax);
  const passed: { readonly bytes: Buffer; readonly isGathered: boolean }[] = [];
  const gathering = new FrameGatherer({
    ...{ pool, masked: true, frameBytesMax, mayGather: () => may },
    pass: (bytes, isGathered) => {
      passed.push({ bytes: Buffer.from(bytes), isGathered });
      if (isGathered) pool.giveBack(bytes);
    },
  });
  const whole = (): Buffer => Buffer.concat(passed.map(({ bytes }) => bytes));
  const gathered = (): number[] => passed.flatMap((one) => (one.isGathered ? [one.bytes.length] : []));
  /** In pieces of so many bytes; every other one is read to where it is gathered, if it is. */
  const feed = (bytes: Buffer, piece: number): void => {
    for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
      const room = turn % 2 === 0 ? gathering.room : null;
      const length = Math.min(piece, bytes.length - at, room?.length ?? piece);
      const part = bytes.subarray(at, at + length);
      if (room === null) gathering.take(Buffer.from(part));
      else gathering.filled(part.copy(room));
      at += length;
    }
  };
  return { pool, passed, gathering, whole, gathered, feed };
}

describe('frames that come in pieces', () => {
  const frames = [
    frame(3),
    frame(LONG, { salt: 2 }),
    frame(200),
    frame(0),
    frame(40_000, { salt: 3 }),
    frame(LONG, { salt: 4 }),
    frame(125),
  ];
  const line = Buffer.concat(frames);

  test.each([1, 2, 5, 13, 1_000, 65_536, 99_999, 1_000_000])(
    'of %i bytes are passed on whole where they are long, and not a byte is lost or moved',
    (piece) => {
      const { feed, whole, gathered, pool } = gatherer();
      feed(line, piece);
      expect(whole().equals(line)).toBe(true);
      const isLong = (one: Buffer): boolean => one.length > 32 * 1024;
      // What comes in one piece needs no gathering.
      if (piece < 30_000) expect(gathered()).toEqual(frames.filter(isLong).map(({ length }) => length));
      if (piece > line.length) expect(gathered()).toEqual([]);
      expect(pool.lentBytes).toBe(0);
    },
  );

  test('go as they come where they are not what a worker sends, and the WebSocket says what is wrong', () => {
    const odd = [
      frame(LONG, { first: 0x02 }),
      frame(LONG, { first: 0x80 }),
      frame(LONG, { first: 0xc2 }),
      frame(LONG, { first: 0x81 }),
      frame(LONG, { masked: false }),
      frame(11 * LONG),
    ];
    for (const one of odd) {
      const { feed, whole, gathered } = gatherer();
      feed(Buffer.concat([one, frame(9)]), 3_000);
      expect(gathered()).toEqual([]);
      expect(whole().equals(Buffer.concat([one, frame(9)]))).toBe(true);
    }
    const { feed, whole } = gatherer();
    const endless = Buffer.concat([Buffer.of(0x82, 0xff), Buffer.alloc(8, 0xff), Buffer.alloc(50_000, 1)]);
    feed(endless, 1_000);
    expect(whole().equals(endless)).toBe(true);
  });

  test('go as they come from a stranger, and where too much memory is out', () => {
    for (const options of [{ may: false }, { lentBytesMax: LONG / 2 }]) {
      const { feed, whole, gathered } = gatherer(options);
      feed(line, 1_000);
      expect(whole().equals(line)).toBe(true);
      if (options.may === false) expect(gathered()).toEqual([]);
      else expect(gathered().every((length) => length < LONG)).toBe(true);
    }
  });

  test('give their memory back where the line ends within one', () => {
    const { feed, gathering, pool, passed } = gatherer();
    feed(frame(LONG).subarray(0, 70_000), 1_000);
    expect(pool.lentBytes).toBeGreaterThanOrEqual(LONG);
    gathering.close();
    expect(pool.lentBytes).toBe(0);
    expect(passed).toEqual([]);
  });
});
