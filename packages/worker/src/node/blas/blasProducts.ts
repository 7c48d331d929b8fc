/** The matrix products of the engine `blas`: cblas_sgemm on views of WebAssembly memory, made once and passed as they are. */
import type { Products } from '@shoal/core';
import type { Sgemm } from './library.ts';

const ROW_MAJOR = 101;
const PLAIN = 111;
const TRANSPOSED = 112;

export function blasProducts(sgemm: Sgemm): Products {
  return {
    bind: (memory, a, b, c) => {
      const at = (address: number): Float32Array => new Float32Array(memory, address);
      const operation = (transposed: boolean): number => (transposed ? TRANSPOSED : PLAIN);
      const [left, right, to] = [at(a.address), at(b.address), at(c)] as const;
      const [opA, opB] = [operation(a.transposed), operation(b.transposed)] as const;
      return (m, n, k, add) => {
        const strideA = a.transposed ? m : k;
        const strideB = b.transposed ? k : n;
        sgemm(ROW_MAJOR, opA, opB, m, n, k, 1, left, strideA, right, strideB, add ? 1 : 0, to, n);
      };
    },
  };
}
