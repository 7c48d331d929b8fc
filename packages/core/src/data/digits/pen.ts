/** Draws strokes of varying width, antialiased, into the 28 × 28 field of MNIST. */

export const SIDE = 28;
const AREA = SIDE * SIDE;

/** The signed distance to the ink's edge in every pixel, from which the greys follow. */
export class Pen {
  /** The largest (radius − distance) over everything drawn: positive inside the ink, in pixels. */
  readonly #depth = new Float64Array(AREA);

  clear(): void {
    this.#depth.fill(-SIDE);
  }

  /** A line from (ax, ay) with pen radius ar to (bx, by) with br; pixel (i, j) has its centre at (i + ½, j + ½). */
  line(ax: number, ay: number, ar: number, bx: number, by: number, br: number): void {
    const depth = this.#depth;
    const reach = Math.max(ar, br) + 1.5;
    const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
    const right = Math.min(SIDE - 1, Math.floor(Math.max(ax, bx) + reach));
    const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
    const bottom = Math.min(SIDE - 1, Math.floor(Math.max(ay, by) + reach));
    const dx = bx - ax;
    const dy = by - ay;
    const lengthSquared = dx * dx + dy * dy;
    const inverse = lengthSquared > 0 ? 1 / lengthSquared : 0;
    for (let j = top; j <= bottom; j += 1) {
      const py = j + 0.5 - ay;
      for (let i = left; i <= right; i += 1) {
        const px = i + 0.5 - ax;
        const along = (px * dx + py * dy) * inverse;
        const t = Math.min(Math.max(along, 0), 1);
        const ex = px - t * dx;
        const ey = py - t * dy;
        const inside = ar + t * (br - ar) - Math.sqrt(ex * ex + ey * ey);
        const pixel = j * SIDE + i;
        if (inside > (depth[pixel] as number)) depth[pixel] = inside;
      }
    }
  }

  /**
   * Writes the greys to out[at …]: 255 · (½ + depth / softness) cut to 0 … 255, moved by whole pixels; what leaves
   * the field is lost.
   */
  develop(out: Uint8Array, at: number, softness: number, shiftX: number, shiftY: number): void {
    for (let j = 0; j < SIDE; j += 1) {
      const y = j - shiftY;
      for (let i = 0; i < SIDE; i += 1) {
        const x = i - shiftX;
        const inField = x >= 0 && x < SIDE && y >= 0 && y < SIDE;
        const depth = inField ? (this.#depth[y * SIDE + x] as number) : -SIDE;
        const grey = Math.floor(255 * (0.5 + depth / softness) + 0.5);
        out[at + j * SIDE + i] = Math.min(Math.max(grey, 0), 255);
      }
    }
  }

  /** Centre of mass of the greys that `develop` would give without a shift, in pixels from the field's corner. */
  centre(softness: number): { x: number; y: number } {
    let mass = 0;
    let x = 0;
    let y = 0;
    for (let j = 0; j < SIDE; j += 1) {
      for (let i = 0; i < SIDE; i += 1) {
        const cover = 0.5 + (this.#depth[j * SIDE + i] as number) / softness;
        if (cover <= 0) continue;
        const grey = Math.min(cover, 1);
        mass += grey;
        x += grey * (i + 0.5);
        y += grey * (j + 0.5);
      }
    }
    return mass > 0 ? { x: x / mass, y: y / mass } : { x: SIDE / 2, y: SIDE / 2 };
  }
}
