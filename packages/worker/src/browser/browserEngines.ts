/** The engines of a browser. */
import {
  type Engine,
  type EngineName,
  findWasmRelaxedEngine,
  hasRelaxedSimd,
  wasmStrictEngine,
} from '@shoal/core';

/** A module of one function that is a zero vector made by i8x16.splat, which is fixed-width SIMD. */
// biome-ignore format: sections
const SIMD_PROBE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b,
);

/** Whether this browser can run the kernels at all. */
export function canCompute(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

/** In order of preference; the coordinator chooses by the run's numerics. */
export function browserEngineNames(): EngineName[] {
  return hasRelaxedSimd() ? ['wasm-relaxed', 'wasm-strict'] : ['wasm-strict'];
}

/** @throws RangeError for an engine that was not offered */
export function browserEngineNamed(name: EngineName): Engine {
  const engine = [wasmStrictEngine, findWasmRelaxedEngine()].find((one) => one?.name === name);
  if (engine == null) throw new RangeError(`This browser has no engine "${name}".`);
  return engine;
}
