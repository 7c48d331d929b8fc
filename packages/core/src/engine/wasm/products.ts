/** Matrix products computed outside of the kernels, in the same memory: how an engine brings in a system's BLAS. */
import type { Address } from './kernels.ts';

/** A row-major matrix of floats. `stride` is the distance of its rows in floats, given with each product. */
export type Operand = { readonly address: Address; readonly transposed: boolean };

/**
 * C = op(A)·op(B), or C + op(A)·op(B) with `add`. op(A) is [m][k], op(B) [k][n], C [m][n]; the matrices lie without gaps, so
 * that the stride of A is k, or m where it is transposed, and so on.
 */
export type Product = (m: number, n: number, k: number, add: boolean) => void;

export interface Products {
  /** Makes a product between fixed places of a memory that never moves. The product allocates nothing. */
  bind(memory: ArrayBuffer, a: Operand, b: Operand, c: Address): Product;
}
