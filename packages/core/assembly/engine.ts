/** Kernels of the engines `wasm-strict` and `wasm-relaxed`: one source, two builds. */

export * from './activations';
export * from './columns';
export { dropout } from './dropout';
export { gemm, gemmWindows } from './gemm';
export * from './planes';
export { pack8, unpack8 } from './interleave';
export * from './losses';
export { batchNorm, batchNormBackward, batchNormInfer, layerNorm, layerNormBackward } from './norms';
export { packA } from './packing';
export { bytesToPixels } from './pixels';
export { pooledConvolution, pooledConvolutionBackward } from './pooledConvolution';
export * from './pooling';
export { findNonzeros, gemmSparse } from './sparse';
export { biasGradient, convWeightGradient, denseWeightGradient } from './weightGradient';
export { winogradBackward, winogradFilters, winogradForward } from './winograd';
