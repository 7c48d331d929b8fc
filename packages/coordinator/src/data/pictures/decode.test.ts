/** One picture, from the bytes of its file to planes of bytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainPng, png, writeFiles } from '../madeFiles.suite.ts';
import { decodePicture } from './decode.ts';
import { exif, madePng, withSegment } from './madePictures.suite.ts';
import { orientationOf, turnedPlane } from './orientation.ts';
import { decodePictures } from './pictureThreads.ts';
import { scalePlane } from './scale.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-pictures-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('a picture', () => {
  const decoded = (bytes: Uint8Array, shape: readonly [number, number, number]): number[] => {
    const out = new Uint8Array(shape[0] * shape[1] * shape[2]);
    decodePicture(bytes, shape, out, 0);
    return [...out];
  };

  test('of grey, grey with opacity, colour and colour with opacity gives its planes', () => {
    expect(
      decoded(
        png(2, 1, 1, (i) => 10 + i),
        [1, 1, 2],
      ),
    ).toEqual([10, 11]);
    expect(
      decoded(
        png(2, 1, 2, (i) => 10 + i),
        [1, 1, 2],
      ),
    ).toEqual([10, 12]);
    expect(
      decoded(
        png(2, 1, 3, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 13, 11, 14, 12, 15]);
    expect(
      decoded(
        png(2, 1, 4, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 14, 11, 15, 12, 16]);
    expect(
      decoded(
        png(2, 1, 1, (i) => 10 + i),
        [3, 1, 2],
      ),
    ).toEqual([10, 11, 10, 11, 10, 11]);
  });

  test('of 16 bits keeps the upper 8, of fewer is spread over all', () => {
    const rows = Uint8Array.of(0, 0x12, 0xff, 0xfe, 0x01);
    expect(decoded(madePng({ depth: 16, kind: 0, rows, width: 2, height: 1 }), [1, 1, 2])).toEqual([
      0x12, 0xfe,
    ]);
    const few = Uint8Array.of(0, 0b00_01_10_11);
    expect(decoded(madePng({ depth: 2, kind: 0, rows: few, height: 1 }), [1, 1, 4])).toEqual([
      0, 85, 170, 255,
    ]);
    const bits = Uint8Array.of(0, 0b1010_0000);
    expect(decoded(madePng({ depth: 1, kind: 0, rows: bits, height: 1 }), [1, 1, 4])).toEqual([
      255, 0, 255, 0,
    ]);
  });

  test('of a palette has its colours, and one in full colour that has a palette besides its own', () => {
    const palette = ['PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)] as const;
    const numbers = Uint8Array.of(0, 0b10_00_01_10);
    const indexed = madePng({ depth: 2, kind: 3, rows: numbers, height: 1, before: [palette] });
    expect(decoded(indexed, [3, 1, 4])).toEqual([7, 1, 4, 7, 8, 2, 5, 8, 9, 3, 6, 9]);
    const opacity = ['tRNS', Uint8Array.of(0, 128)] as const;
    const clear = madePng({ depth: 2, kind: 3, rows: numbers, height: 1, before: [palette, opacity] });
    expect(decoded(clear, [3, 1, 4])).toEqual([7, 1, 4, 7, 8, 2, 5, 8, 9, 3, 6, 9]);
    const rows = Uint8Array.of(0, 10, 20, 30, 40, 50, 60);
    const full = madePng({ depth: 8, kind: 2, rows, width: 2, height: 1, before: [palette] });
    expect(decoded(full, [3, 1, 2])).toEqual([10, 40, 20, 50, 30, 60]);
  });

  test('that is interlaced has its pixels where they belong, and with few bits is told', () => {
    // Pass by pass, each row with its filter: 1 pixel, then columns 4 …, as far as 3 × 2 pixels reach.
    const rows = Uint8Array.of(0, 10, 0, 12, 0, 11, 0, 20, 21, 22);
    const whole = madePng({ depth: 8, kind: 0, rows, width: 3, height: 2, isInterlaced: true });
    expect(decoded(whole, [1, 2, 3])).toEqual([10, 11, 12, 20, 21, 22]);
    const few = madePng({ depth: 1, kind: 0, rows, width: 3, height: 2, isInterlaced: true });
    expect(() => decoded(few, [1, 2, 3])).toThrow('it is interlaced with 1 bits a pixel, which is not read');
  });

  test('of a camera that was turned stands upright', () => {
    expect([true, false].map((isLittle) => orientationOf(exif(6, isLittle)))).toEqual([6, 6]);
    for (const other of [exif(9, true), exif(6, true).subarray(0, 20), Buffer.from('Exif'), new Uint8Array()])
      expect(orientationOf(other)).toBeNull();
    // 1 2 3
    // 4 5 6
    const plane = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((one) => [...turnedPlane(plane, [2, 3], one)])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [3, 2, 1, 6, 5, 4],
      [6, 5, 4, 3, 2, 1],
      [4, 5, 6, 1, 2, 3],
      [1, 4, 2, 5, 3, 6],
      [4, 1, 5, 2, 6, 3],
      [6, 3, 5, 2, 4, 1],
      [3, 6, 2, 5, 1, 4],
    ]);
    // White at the left, black at the right; turned to the right, white is above.
    const data = Buffer.alloc(32 * 16 * 4, 255);
    for (let i = 0; i < 32 * 16; i += 1) if (i % 32 >= 16) data.set([0, 0, 0], i * 4);
    const lying = jpeg.encode({ width: 32, height: 16, data }, 95).data;
    const upright = decoded(withSegment(lying, 0xe1, exif(6, true)), [1, 32, 16]);
    expect([upright[5 * 16 + 5]! > 240, upright[26 * 16 + 5]! < 15]).toEqual([true, true]);
  });

  test('of a JPEG file with plain red, green and blue is not turned into other colours', () => {
    const data = Buffer.alloc(16 * 16 * 4, 255);
    for (let i = 0; i < 256; i += 1) data.set([200, 100, 50], i * 4);
    const usual = jpeg.encode({ width: 16, height: 16, data }, 95).data;
    // Adobe's marker with transform 0: the three channels of this file are then taken as they are.
    const adobe = Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0]);
    const planes = decoded(withSegment(usual, 0xee, adobe), [3, 16, 16]);
    const [brightness, blue, red] = [0.299 * 200 + 0.587 * 100 + 0.114 * 50, 86, 182];
    for (const [channel, value] of [brightness, blue, red].entries())
      expect(Math.abs(planes[channel * 256]! - value)).toBeLessThan(5);
  });

  test('of a JPEG file has its colours, nearly', () => {
    const pixels = Buffer.alloc(16 * 16 * 4, 255);
    for (let i = 0; i < 256; i += 1) pixels.set([200, 100, 50], i * 4);
    const planes = decoded(jpeg.encode({ width: 16, height: 16, data: pixels }, 95).data, [3, 16, 16]);
    expect(Math.abs(planes[0]! - 200)).toBeLessThan(4);
    expect(Math.abs(planes[256]! - 100)).toBeLessThan(4);
    expect(Math.abs(planes[512]! - 50)).toBeLessThan(4);
  });

  test('is made smaller by means, and larger by what lies between', () => {
    const scaled = (source: number[], from: [number, number], to: [number, number]): number[] => {
      const out = new Uint8Array(to[0] * to[1]);
      scalePlane(Uint8Array.from(source), from, out, 0, to);
      return [...out];
    };
    // Triangles of radius 2 around 0.5 and 2.5: weights 1/4 · (1.5, 1.5, 0.5) / 3.5 · 4 …
    expect(scaled([0, 0, 70, 70], [1, 4], [1, 2])).toEqual([10, 60]);
    expect(scaled([0, 100], [1, 2], [1, 4])).toEqual([0, 25, 75, 100]);
    expect(scaled([7, 7, 7, 7, 7, 7, 7, 7, 7], [3, 3], [5, 7])).toEqual(Array(35).fill(7));
  });
});

test('threads decode to the same bytes in the same places as one does', async () => {
  const names = Array.from({ length: 700 }, (_, i) => `${i}.png`);
  await writeFiles(
    root,
    Object.fromEntries(names.map((name, i) => [name, i === 300 ? 'broken' : plainPng(4, i % 256)])),
  );
  const results: { readonly broken: unknown; readonly pixels: readonly number[] }[] = [];
  for (const threads of [1, 3]) {
    const pixels = new Uint8Array(new SharedArrayBuffer(700 * 16));
    const task = { place: root, isArchive: false, shape: [1, 4, 4], pixels } as const;
    const pictures = names.map((name) => ({ name, label: 0, entry: null }));
    let last = 0;
    const broken = await decodePictures({ task, pictures, threads, onProgress: (done) => (last = done) });
    expect(last).toBe(700);
    results.push({ broken, pixels: [...pixels] });
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[0]?.broken).toEqual([{ row: 300, reason: 'it is neither a PNG nor a JPEG picture' }]);
});
