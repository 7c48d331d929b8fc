/**
 * Typed arrays as the bytes of a message, and back; apart from the codec, which a thread that only computes does
 * without.
 */

/** A fresh, aligned copy: a decoded view starts at any offset, and Node's `Buffer.slice` would not copy. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

/** A copy of little-endian bytes as float32 values; the length is a multiple of 4. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(copyOf(bytes));
}

/** A copy of little-endian bytes as unsigned 32-bit values; the length is a multiple of 4. */
export function uint32sOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(copyOf(bytes));
}

/** The bytes of a typed array, without a copy. All platforms that run WebAssembly are little-endian. */
export function bytesOf(values: Float32Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
