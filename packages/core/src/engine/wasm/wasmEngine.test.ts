import { engineConformance } from '../conformance.suite.ts';
import { wasmStrictEngine } from './wasmEngine.ts';

engineConformance('wasm-strict', wasmStrictEngine);
