/** Kernels over flat float32 vectors: sums of partials, clipping, optimizer updates. Strict SIMD, one thread. */

export {
  add,
  blend,
  clip,
  copy,
  fill,
  isFinite,
  regularize,
  scale,
  scaleSumSquares,
  sumSquares,
} from './vectorBasics';
export { adagrad, adam, momentum, nesterov, rmsprop, sgd } from './vectorUpdates';
export { largest, packInt4, packInt8, round, subtract, unpackInt4, unpackInt8 } from './rounding';
