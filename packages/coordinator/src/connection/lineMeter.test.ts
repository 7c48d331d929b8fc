import { describe, expect, test } from 'vitest';
import { LineMeter, MEASURED_BYTES_MIN } from './lineMeter.ts';

/** A frame of so many pieces of 10,000 bytes, one every `ms`. */
function arrive(meter: LineMeter, from: number, pieces: number, ms: number): void {
  for (let i = 0; i < pieces; i += 1) meter.piece(10_000, from + i * ms);
  meter.whole(from + (pieces - 1) * ms);
}

describe('what a line carries', () => {
  test('is not known before something large has gone over it', () => {
    const meter = new LineMeter();
    meter.piece(40, 0);
    meter.whole(0);
    expect(meter.sent(MEASURED_BYTES_MIN - 1, 0)).toBeNull();
    meter.answered(Buffer.of(1), 10, 5);
    expect([meter.upBitsPerSecond, meter.downBitsPerSecond]).toEqual([null, null]);
  });

  test('from the worker: the pieces of a frame after its first, by the time that they took', () => {
    const meter = new LineMeter();
    arrive(meter, 1000, 5, 80);
    // 10,000 bytes in 80 ms
    expect(meter.upBitsPerSecond).toBe(1_000_000);
    // Waited in a buffer while this machine was busy.
    meter.piece(50_000, 2000);
    meter.whole(2000);
    expect(meter.upBitsPerSecond).toBe(1_000_000);
    arrive(meter, 3000, 5, 0);
    arrive(meter, 4000, 5, 80);
    expect(meter.upBitsPerSecond).toBe(1_000_000);
  });

  test('to the worker: a large frame by the time until the ping behind it is answered, less a round trip', () => {
    const meter = new LineMeter();
    const nonce = meter.sent(125_000, 1000);
    if (nonce === null) throw new Error('A ping should follow.');
    meter.answered(Buffer.from(nonce).reverse(), 1010, 50);
    expect(meter.downBitsPerSecond).toBeNull();
    meter.answered(nonce, 1150, 50);
    expect(meter.downBitsPerSecond).toBe(10_000_000);
  });

  test('to the worker: a round trip that waited itself is not taken for the length of the line', () => {
    const meter = new LineMeter();
    const rates = [140, 25, 140].map((rttMs, i) => {
      const nonce = meter.sent(125_000, 1000 * i);
      if (nonce !== null) meter.answered(nonce, 1000 * i + 125, rttMs);
      return meter.downBitsPerSecond;
    });
    expect(rates).toEqual([16_000_000, 16_000_000, 10_000_000]);
  });

  test('asks for a ping now and then, not behind every frame, and never for the same twice', () => {
    const meter = new LineMeter();
    const asked = [0, 10, 999, 1000, 1500, 2000].map((now) => meter.sent(100_000, now));
    expect(asked.map((nonce) => nonce !== null)).toEqual([true, false, false, true, false, true]);
    expect(new Set(asked.flatMap((nonce) => nonce?.toString('hex') ?? [])).size).toBe(3);
  });
});
