/** Recorded frames with a few bytes changed, moved, lost or repeated. */
import type { Dice } from './dice.ts';

/** Bytes at the borders of MessagePack's ranges. */
const BORDERS = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc6, 0xca, 0xcb, 0xcf];
const MORE_BORDERS = [0xd4, 0xd8, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff];

export function mutated(dice: Dice, corpus: readonly Uint8Array[]): Buffer {
  let frame = Buffer.from(dice.pick(corpus));
  for (let changes = 1 + dice.skewed(6); changes > 0; changes -= 1) frame = changed(dice, frame, corpus);
  return frame;
}

function changed(dice: Dice, frame: Buffer<ArrayBuffer>, corpus: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const at = dice.below(frame.length + 1);
  const length = 1 + dice.skewed(32);
  const before = frame.subarray(0, at);
  switch (dice.below(8)) {
    case 0:
      if (at < frame.length) frame[at] = (frame[at] ?? 0) ^ (1 << dice.below(8));
      return frame;
    case 1:
      if (at < frame.length) frame[at] = dice.pick(dice.chance() < 0.5 ? BORDERS : MORE_BORDERS);
      return frame;
    case 2:
      if (at < frame.length) frame[at] = dice.below(256);
      return frame;
    case 3:
      return Buffer.from(before);
    case 4:
      return Buffer.concat([before, frame.subarray(at + length)]);
    case 5:
      return Buffer.concat([before, dice.bytes(length), frame.subarray(at)]);
    case 6:
      return Buffer.concat([frame.subarray(0, at + length), frame.subarray(at)]);
    default: {
      // The head of one frame and the tail of another.
      const other = dice.pick(corpus);
      return Buffer.concat([before, other.subarray(dice.below(other.length + 1))]);
    }
  }
}
