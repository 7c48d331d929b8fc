/** plain[i] = bytes[i] / 255 in float32: pixels as numbers from 0 to 1. Most of an image is often background: zeros. */
export function bytesToPixels(bytes: usize, plain: usize, length: i32): void {
  const whole = bytes + (<usize>length & ~15);
  const end = bytes + <usize>length;
  const most = f32x4.splat(255);
  const zero = f32x4.splat(0);
  for (; bytes < whole; bytes += 16, plain += 64) {
    const block = v128.load(bytes);
    if (!v128.any_true(block)) {
      v128.store(plain, zero);
      v128.store(plain, zero, 16);
      v128.store(plain, zero, 32);
      v128.store(plain, zero, 48);
      continue;
    }
    const low = i16x8.extend_low_i8x16_u(block);
    const high = i16x8.extend_high_i8x16_u(block);
    v128.store(plain, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), most));
    v128.store(plain, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), most), 16);
    v128.store(plain, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), most), 32);
    v128.store(plain, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), most), 48);
  }
  for (; bytes < end; bytes++, plain += 4) f32.store(plain, <f32>load<u8>(bytes) / 255);
}
