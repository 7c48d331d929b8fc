/**
 * Writes one digit the way a hand would: a style is chosen, its points are moved by a smooth random warp and a
 * tremor, slanted, turned and stretched, joined by curves, fitted into MNIST's 20 × 20 box and drawn with a pen
 * of varying width, its centre of mass in the middle of the 28 × 28 field.
 */
import { cos, sin } from '../../math/elementary.ts';
import { type Key, RandomStream } from '../../random/threefry.ts';
import { GLYPHS, type Stroke, type Style } from './glyphs.ts';
import { Pen, SIDE } from './pen.ts';

/** Longest side of the digit with its ink, in pixels, as in MNIST. */
const BOX = 20;
/** Straight pieces for each piece of a curve between two points. */
const PIECES = 6;
/** The warp moves the corners of GRID × GRID cells; between them it is interpolated. */
const GRID = 3;
const KNOTS = GRID + 1;

/** Reads the words of a sample one after the other. */
class Draws {
  readonly #stream: RandomStream;
  #next = 0;

  constructor(key: Key, sample: number) {
    this.#stream = new RandomStream(key, sample);
  }

  /** In [0, 1). */
  uniform(): number {
    const value = this.#stream.uniform(this.#next);
    this.#next += 1;
    return value;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Nearly normal, mean 0 and variance 1, never beyond ±3: the sum of three uniforms (Irwin and Hall), scaled. */
  normal(): number {
    return 2 * (this.uniform() + this.uniform() + this.uniform()) - 3;
  }
}

const chooseStyle = (styles: readonly Style[], draw: number): Style => {
  const total = styles.reduce((sum, { weight }) => sum + weight, 0);
  let left = draw * total;
  for (const style of styles) {
    left -= style.weight;
    if (left < 0) return style;
  }
  return styles[styles.length - 1] as Style;
};

/** A point's coordinate on the Catmull-Rom curve between b and c, at t in [0, 1]. */
const curve = (a: number, b: number, c: number, d: number, t: number): number =>
  b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

/** Weight of the far knot, flat at both ends so that the warp has no kinks. */
const smooth = (t: number): number => t * t * (3 - 2 * t);

/** What is the same for all points of one digit. */
class Hand {
  readonly #knotsX = new Float64Array(KNOTS * KNOTS);
  readonly #knotsY = new Float64Array(KNOTS * KNOTS);
  readonly #draws: Draws;
  readonly #xx: number;
  readonly #xy: number;
  readonly #yx: number;
  readonly #yy: number;
  readonly #bow: number;
  readonly #waist: number;
  readonly #taper: number;
  readonly #tremor: number;

  constructor(draws: Draws, digit: number) {
    this.#draws = draws;
    const warp = draws.between(1, 7.5);
    for (let i = 0; i < KNOTS * KNOTS; i += 1) {
      this.#knotsX[i] = warp * draws.normal();
      this.#knotsY[i] = warp * draws.normal();
    }
    const slant = 0.2 + 0.25 * draws.normal() + (digit === 1 ? 0.12 * draws.normal() : 0);
    const angle = 0.1 * draws.normal();
    const wide = draws.uniform() < 0.15 ? draws.between(1, 1.6) : 1;
    const aspect = 0.84 * wide * (1 + 0.22 * draws.normal());
    const c = cos(angle);
    const s = sin(angle);
    // First stretched along x and slanted, then turned.
    this.#xx = c * aspect;
    this.#xy = -c * slant - s;
    this.#yx = s * aspect;
    this.#yy = c - s * slant;
    this.#bow = 8 * draws.normal();
    this.#waist = 18 * draws.normal();
    this.#taper = 0.005 * draws.normal();
    this.#tremor = draws.between(0.4, 3);
  }

  /** Moves a point of a style, with a tremor of its own; pushes x, y. */
  place(px: number, py: number, out: number[]): void {
    const draws = this.#draws;
    const u = Math.min(Math.max(px / 100, 0), 0.999) * GRID;
    const v = Math.min(Math.max(py / 100, 0), 0.999) * GRID;
    const i = Math.floor(u);
    const j = Math.floor(v);
    const fx = smooth(u - i);
    const fy = smooth(v - j);
    const x0 = px + this.#between(this.#knotsX, i, j, fx, fy) + this.#tremor * draws.normal() - 50;
    const y0 = py + this.#between(this.#knotsY, i, j, fx, fy) + this.#tremor * draws.normal() - 50;
    // The middle moves up or down (waist) and sideways (bow), the ends stay; one end may be wider (taper).
    const middle = 1 - (y0 * y0) / 2500;
    const x = x0 * (1 + this.#taper * y0) + this.#bow * middle;
    const y = y0 + this.#waist * middle * 0.5;
    out.push(this.#xx * x + this.#xy * y, this.#yx * x + this.#yy * y);
  }

  #between(knots: Float64Array, i: number, j: number, fx: number, fy: number): number {
    const at = j * KNOTS + i;
    const upper = (knots[at] as number) * (1 - fx) + (knots[at + 1] as number) * fx;
    const lower = (knots[at + KNOTS] as number) * (1 - fx) + (knots[at + KNOTS + 1] as number) * fx;
    return upper * (1 - fy) + lower * fy;
  }
}

/** The strokes of one digit as polylines, each a list x, y, x, y, …; unit and place do not matter yet. */
const trace = (strokes: readonly Stroke[], hand: Hand): number[][] => {
  const lines: number[][] = [];
  for (const stroke of strokes) {
    const line: number[] = [];
    let last: number[] = [];
    for (const arc of stroke) {
      const points = [...last];
      for (let i = 0; i < arc.length; i += 2) hand.place(arc[i] as number, arc[i + 1] as number, points);
      const count = points.length / 2;
      const at = (point: number, axis: number): number =>
        points[2 * Math.min(Math.max(point, 0), count - 1) + axis] as number;
      if (line.length === 0) line.push(at(0, 0), at(0, 1));
      for (let point = 0; point < count - 1; point += 1) {
        for (let piece = 1; piece <= PIECES; piece += 1) {
          for (let axis = 0; axis < 2; axis += 1) {
            line.push(
              curve(
                at(point - 1, axis),
                at(point, axis),
                at(point + 1, axis),
                at(point + 2, axis),
                piece / PIECES,
              ),
            );
          }
        }
      }
      last = points.slice(-2);
    }
    lines.push(line);
  }
  return lines;
};

/** Draws digits one after the other, reusing its field. */
export class DigitWriter {
  readonly #pen = new Pen();

  /** Writes the [28 × 28] greys of sample `sample` to out[at …] and gives its class. Every word is addressed by key and sample. */
  write(key: Key, sample: number, out: Uint8Array, at: number): number {
    const draws = new Draws(key, sample);
    const digit = Math.floor(10 * draws.uniform());
    const style = chooseStyle(GLYPHS[digit] as readonly Style[], draws.uniform());
    const thick = draws.uniform() < 0.12 ? 0.4 : 0;
    const radius = draws.between(0.7, 1.8) + 0.2 * draws.normal() + thick;
    const pressure = 0.18 * draws.uniform();
    const phase = draws.between(0, 6.28);
    const softness = draws.between(0.9, 1.5);
    const lines = trace(style.strokes, new Hand(draws, digit));
    this.#draw(lines, radius, pressure, phase);
    const centre = this.#pen.centre(softness);
    const shiftX = Math.floor(SIDE / 2 - centre.x + 0.5);
    const shiftY = Math.floor(SIDE / 2 - centre.y + 0.5);
    this.#pen.develop(out, at, softness, shiftX, shiftY);
    return digit;
  }

  /** Fits the lines into the box, ink included, and draws them; the pen's width swings along each line. */
  #draw(lines: readonly number[][], radius: number, pressure: number, phase: number): void {
    let left = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        left = Math.min(left, line[i] as number);
        right = Math.max(right, line[i] as number);
        top = Math.min(top, line[i + 1] as number);
        bottom = Math.max(bottom, line[i + 1] as number);
      }
    }
    const scale = (BOX - 2 * radius) / Math.max(right - left, bottom - top, 1);
    const offsetX = SIDE / 2 - (scale * (left + right)) / 2;
    const offsetY = SIDE / 2 - (scale * (top + bottom)) / 2;
    this.#pen.clear();
    for (const line of lines) {
      let ax = 0;
      let ay = 0;
      let ar = 0;
      for (let i = 0; i < line.length; i += 2) {
        const bx = scale * (line[i] as number) + offsetX;
        const by = scale * (line[i + 1] as number) + offsetY;
        const br = radius * (1 + pressure * sin(phase + 0.12 * i));
        if (i > 0) this.#pen.line(ax, ay, ar, bx, by, br);
        ax = bx;
        ay = by;
        ar = br;
      }
    }
  }
}
