import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { bytesOf, floatsOf } from './bytes.ts';
import { xxh32 } from './checksum.ts';
import { decodeCoordinatorMessage, decodeWorkerMessage, encodeMessage, FrameError } from './codec.ts';
import type { Hello, PartialAnswer } from './messages.ts';
import { scanMessagePack } from './scan.ts';

const packr = new Packr({ useRecords: false });
const LIMITS = { nestingMax: 16, elementsMax: 65_536, valuesMax: 1_048_576 };

const hello: Hello = {
  type: 'hello',
  protocols: [2],
  token: 'secret',
  identity: 'aaaaaaaa-bbbb',
  name: 'Ada',
  agent: 'node',
  engines: ['wasm-strict'],
  kernels: '1-abc',
  threads: 2,
};

const partial: PartialAnswer = {
  type: 'partial',
  lease: 3,
  level: 1,
  index: 0,
  finite: true,
  loss: 0.1 + 0.2,
  correct: 3,
  count: 8,
  vector: bytesOf(Float32Array.of(1, -2, 3.5)),
  checksum: 7,
  computeMs: 1.5,
};

describe('xxh32', () => {
  // Expected values: the test vectors in the xxHash specification's reference implementation.
  it('gives the known answers', () => {
    const of = (text: string): number => xxh32(new TextEncoder().encode(text));
    expect(of('')).toBe(0x02cc5d05);
    expect(of('abc')).toBe(0x32d153ff);
    expect(of('Nobody inspects the spammish repetition')).toBe(0xe2293b2f);
  });

  it('does not depend on where the bytes lie', () => {
    const bytes = Uint8Array.from({ length: 103 }, (_, i) => (i * 37) & 255);
    const shifted = new Uint8Array(104);
    shifted.set(bytes, 1);
    expect(xxh32(shifted.subarray(1))).toBe(xxh32(bytes));
  });
});

describe('codec', () => {
  it('gives messages back as they were, floats to the bit', () => {
    expect(decodeWorkerMessage(encodeMessage(hello))).toEqual(hello);
    const decoded = decodeWorkerMessage(encodeMessage(partial));
    expect(decoded).toMatchObject({ ...partial, vector: expect.anything() });
    if (decoded.type !== 'partial' || decoded.vector === null) throw new Error('no vector');
    expect([...floatsOf(decoded.vector)]).toEqual([1, -2, 3.5]);
  });

  it('tells the field that is wrong', () => {
    const decode = (change: object) => () => decodeWorkerMessage(packr.pack({ ...hello, ...change }));
    expect(decode({ threads: 0 })).toThrow(/"threads"/);
    expect(decode({ identity: 'x' })).toThrow(/"identity"/);
    expect(decode({ engines: ['cuda'] })).toThrow(/"engines/);
    expect(decode({ extra: 1 })).toThrow(/"extra"/);
    expect(decode({ type: 'welcome' })).toThrow(FrameError);
    expect(() => decodeCoordinatorMessage(packr.pack({ type: 'ping', nonce: -1 }))).toThrow(/"nonce"/);
    expect(() => decodeWorkerMessage(packr.pack({ ...partial, loss: Number.NaN }))).toThrow(/"loss"/);
    expect(() => decodeWorkerMessage(packr.pack({ ...partial, count: 1.5 }))).toThrow(/"count"/);
    expect(() => decodeWorkerMessage(packr.pack({ ...partial, vector: [1, 2] }))).toThrow(/"vector"/);
  });

  it('never throws anything but a FrameError, whatever byte is changed or cut', () => {
    const frame = encodeMessage(partial);
    for (let at = 0; at < frame.length; at += 1) {
      for (const value of [0x00, 0x7f, 0xc1, 0xc7, 0xdf, 0xff]) {
        const damaged = frame.slice();
        damaged[at] = value;
        try {
          decodeWorkerMessage(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }
      expect(() => decodeWorkerMessage(frame.slice(0, at))).toThrow(FrameError);
    }
  });
});

describe('scan', () => {
  it('passes what the codec writes', () => {
    expect(scanMessagePack(encodeMessage(hello), LIMITS)).toBeNull();
    expect(scanMessagePack(encodeMessage(partial), LIMITS)).toBeNull();
  });

  it('refuses more values than any message has, before anything is decoded', () => {
    // Arrays of 65,535 empty maps: three bytes and a value each for what would be a hundred times that in memory.
    const row = [0xdc, 0xff, 0xff, ...new Uint8Array(65_535).fill(0x80)];
    const rows = (count: number): Uint8Array =>
      Uint8Array.from([0x90 + count, ...Array(count).fill(row).flat()]);
    expect(scanMessagePack(rows(15), LIMITS)).toBeNull();
    const two = Uint8Array.from([0x92, ...rows(15), ...rows(15)]);
    expect(scanMessagePack(two, LIMITS)).toBe('it has more than 1048576 values');
  });

  it('refuses deep nesting before anything is decoded', () => {
    expect(scanMessagePack(new Uint8Array(100_000).fill(0x91), LIMITS)).toMatch(/nests deeper than 16/);
  });

  it('refuses collections and lengths that the frame does not hold', () => {
    expect(scanMessagePack(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff), LIMITS)).toMatch(/more than 65536/);
    expect(scanMessagePack(Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff), LIMITS)).toMatch(/ends inside/);
    expect(scanMessagePack(Uint8Array.of(0xdc, 0xff, 0xff), LIMITS)).toMatch(/ends inside/);
  });

  it('refuses extension types, trailing bytes and keys that could reach a prototype', () => {
    expect(scanMessagePack(Uint8Array.of(0xd4, 1, 2), LIMITS)).toMatch(/extension/);
    expect(scanMessagePack(Uint8Array.of(0xc0, 0xc0), LIMITS)).toMatch(/follow/);
    const key = new TextEncoder().encode('__proto__');
    expect(scanMessagePack(Uint8Array.of(0x81, 0xa9, ...key, 0xc0), LIMITS)).toMatch(/underscores/);
    expect(scanMessagePack(Uint8Array.of(0x81, 0x01, 0xc0), LIMITS)).toMatch(/key is not/);
  });
});
