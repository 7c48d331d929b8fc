/** Whether this machine has WebAssembly's relaxed SIMD; apart from the kernels, so that asking does not load them. */
import { validateWasm } from './kernelModule.ts';

/** A module of one function that is three zero vectors and f32x4.relaxed_madd (opcode 0xfd 0x105). */
// biome-ignore format: sections
const RELAXED_SIMD_PROBE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x13, 0x01, 0x11, 0x00,
  0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
);

/**
 * Whether relaxed SIMD is there. Node.js 20 has it behind the flag `--experimental-wasm-relaxed-simd`, which
 * `v8.setFlagsFromString` may set at any time before this says yes.
 */
export function hasRelaxedSimd(): boolean {
  return validateWasm(RELAXED_SIMD_PROBE);
}
