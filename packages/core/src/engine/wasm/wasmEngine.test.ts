import { setFlagsFromString } from 'node:v8';
import { engineConformance } from '../conformance.suite.ts';
import { findWasmRelaxedEngine, hasRelaxedSimd, wasmStrictEngine } from './wasmEngine.ts';

engineConformance('wasm-strict', wasmStrictEngine);

if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
const relaxed = findWasmRelaxedEngine();
if (relaxed === null) console.info('wasm-relaxed is not tested: this runtime has no relaxed SIMD');
else engineConformance('wasm-relaxed', relaxed);
