/** How large products are, and the tiles that they are cut into. */

/** So many of a dimension: per sample of the batch, or as such. */
export type Extent = { readonly each: number; readonly perSample: boolean };
export const fixedExtent = (each: number): Extent => ({ each, perSample: false });
export const perSample = (each: number): Extent => ({ each, perSample: true });
export const extentOf = ({ each, perSample }: Extent, count: number): number =>
  perSample ? each * count : each;
/** The same in a kernel, as i32. */
export const extentText = (name: string, extent: Extent): string =>
  extent.perSample ? `i32(batch.count) * $${name}` : `$${name}`;

/** Tiles that fit a product, or one for all where many kernels would take longer to compile than they save. */
export type Tiles = 'fitted' | 'one';

/** C[m][n] = Σₖ A[m][k]·B[k][n] */
export type Sizing = { readonly tiles: Tiles; readonly m: number; readonly n: Extent; readonly k: Extent };

/** Places of a sum that are in workgroup memory at a time. */
export const DEPTH = 16;

export type Tile = { readonly bm: number; readonly bn: number; readonly tm: number; readonly tn: number };

function sideOf(extent: number): number {
  if (extent <= 16) return 16;
  if (extent <= 32) return 32;
  // 128 wastes up to half of a tile where 64 fits.
  return extent <= 64 || (extent > 128 && extent <= 192) ? 64 : 128;
}

/** A batch is taken for long. */
export function tileOf({ m, n, tiles }: Pick<Sizing, 'm' | 'n' | 'tiles'>): Tile {
  if (tiles === 'one') return { bm: 32, bn: 32, tm: 4, tn: 4 };
  const [bm, bn] = [sideOf(m), n.perSample ? (m <= 64 && n.each === 1 ? 64 : 128) : sideOf(n.each)];
  // As many threads as rows at least: each sums one.
  return { bm, bn, tm: bm === 128 && bn >= 32 ? 8 : 4, tn: bn === 128 ? 8 : 4 };
}
