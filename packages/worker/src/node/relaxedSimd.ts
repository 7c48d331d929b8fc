/** Relaxed SIMD on Node.js 20, where V8 has it behind a flag; on by default from Node.js 22. */
import { setFlagsFromString } from 'node:v8';
import { findWasmRelaxedEngine } from '@shoal/core';

/** Call before the first engine is made; worker threads started later inherit it. */
export function enableRelaxedSimd(): void {
  if (findWasmRelaxedEngine() === null) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
