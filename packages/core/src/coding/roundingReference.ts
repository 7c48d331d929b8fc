/** Rounding as one reads it: what the kernel must give, bit for bit. */
import { type Key, threefry } from '../random/threefry.ts';

const block = new Uint32Array(4);

/** The random fraction of element `index` of a tensor, (k + ½)/2¹⁶ with 16 random bits k. */
export function fractionOf(key: Key, leaf: number, index: number): number {
  threefry(key, leaf, 4 * Math.floor(index / 64) + (index % 4), 0, 0, block);
  const word = block[Math.floor(index / 4) % 4] as number;
  const turn = 8 * (Math.floor(index / 16) % 4);
  const half = ((word >>> turn) | (word << (32 - turn))) & 0xffff;
  return (half + 0.5) / 65536;
}

/** x[i] ← scale · clamp(⌊x[i]/scale + u(i)⌋, ±bound), every operation in float32. */
export function roundReference(x: Float32Array, scale: number, bound: number, key: Key, leaf: number): void {
  for (let i = 0; i < x.length; i += 1) {
    const moved = Math.fround(Math.fround((x[i] as number) / scale) + fractionOf(key, leaf, i));
    x[i] = Math.max(-bound, Math.min(bound, Math.floor(moved))) * scale;
  }
}
