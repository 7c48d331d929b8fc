/** Kernels of the engines `wasm-strict` and `wasm-relaxed`: one source, two builds. */

export { pack8, unpack8 } from './interleave';
