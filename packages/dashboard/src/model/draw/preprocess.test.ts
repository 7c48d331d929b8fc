import { describe, expect, it } from 'vitest';
import { centreOfMass, type Ink, preprocess } from './preprocess.ts';

const FIELD = { height: 28, width: 28 };
const SIDE = 280;

/** Ink wherever `inside` says so, on a canvas of 280 × 280. */
function inkWhere(inside: (x: number, y: number) => boolean): Ink {
  const cover = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < cover.length; i += 1) {
    if (inside((i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5)) cover[i] = 255;
  }
  return { width: SIDE, height: SIDE, cover };
}

/** A seven: a bar above and a slanted stroke below it, `size` high, its corner at (left, top). */
const seven = (left: number, top: number, size: number): Ink =>
  inkWhere((x, y) => {
    const [u, v] = [(x - left) / size, (y - top) / size];
    if (u < 0 || v < 0 || u > 0.7 || v > 1) return false;
    return v < 0.12 || Math.abs(u - (0.64 - 0.5 * v)) < 0.06;
  });

function prepared(ink: Ink): Float32Array {
  const pixels = preprocess(ink, FIELD);
  if (pixels === null) throw new Error('There is ink.');
  return pixels;
}

/** Rows and columns that the digit takes. */
function extentOf(pixels: Float32Array): { readonly rows: number; readonly columns: number } {
  const lit = [...pixels.keys()].filter((i) => pixels[i] > 0.2);
  const rows = lit.map((i) => Math.floor(i / 28));
  const columns = lit.map((i) => i % 28);
  const span = (all: number[]): number => Math.max(...all) - Math.min(...all) + 1;
  return { rows: span(rows), columns: span(columns) };
}

describe('a drawing is prepared as MNIST was', () => {
  it('fills a box of 20 pixels with its longer side and keeps its proportions', () => {
    expect(extentOf(prepared(inkWhere((x, y) => x > 30 && x < 60 && y > 20 && y < 260)))).toEqual({
      rows: 20,
      columns: 3,
    });
    expect(extentOf(prepared(inkWhere((x, y) => x > 10 && x < 250 && y > 200 && y < 260)))).toEqual({
      rows: 5,
      columns: 20,
    });
  });

  it('lies with its centre of mass in the middle of the field', () => {
    for (const ink of [seven(15, 10, 150), seven(120, 130, 120), seven(40, 20, 240)]) {
      const centre = centreOfMass(prepared(ink), 28, 28);
      expect(Math.abs(centre.x - 14)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(centre.y - 14)).toBeLessThanOrEqual(0.5);
    }
  });

  it('is the same wherever on the canvas, and however large, it was drawn', () => {
    const one = prepared(seven(10, 10, 240));
    for (const ink of [seven(100, 30, 240), seven(60, 90, 120), seven(180, 190, 80)]) {
      const other = prepared(ink);
      const difference = other.reduce((sum, value, i) => sum + Math.abs(value - one[i]), 0);
      const mass = one.reduce((sum, value) => sum + value, 0);
      expect(difference / mass).toBeLessThan(0.12);
    }
  });

  it('has greys along its edges, between nothing and ink', () => {
    const pixels = prepared(inkWhere((x, y) => (x - 140) ** 2 + (y - 140) ** 2 < 100 ** 2));
    expect(Math.min(...pixels)).toBe(0);
    expect(Math.max(...pixels)).toBe(1);
    expect([...pixels].filter((value) => value > 0.1 && value < 0.9).length).toBeGreaterThan(20);
  });

  it('stays in the field even where nearly all ink is at one end', () => {
    const lopsided = inkWhere((x, y) => (y < 60 && x < 200) || (x < 12 && y < 240));
    const pixels = prepared(lopsided);
    expect(extentOf(pixels)).toEqual({ rows: 20, columns: 17 });
  });

  it('is nothing where nothing was drawn', () => {
    expect(
      preprocess(
        inkWhere(() => false),
        FIELD,
      ),
    ).toBeNull();
  });
});
