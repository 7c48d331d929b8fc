/** Frames from a grammar: valid messages with something broken in them, and bytes that attack the decoder itself. */
import type { Dice } from './dice.ts';
import { header, Pairs, pairsOf, type Raw, rawPack, Verbatim } from './rawPack.ts';

export type Words = Readonly<Record<string, Raw>>;

/** Keys that mean something to JavaScript objects. */
const DANGEROUS_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
];

const STRANGE_NUMBERS = [
  ...[-1, -0, 0.5, 1e308, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[0xffffffff, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64, 2 ** 31, 255, 256, 65_535, 65_536],
];

/** Any value, at times a deep or wide one. */
export function anyValue(dice: Dice, depth = 0): Raw {
  switch (dice.below(depth > 4 ? 9 : 13)) {
    case 0:
      return null;
    case 1:
      return dice.chance() < 0.5;
    case 2:
      return dice.pick(STRANGE_NUMBERS);
    case 3:
      return dice.skewed(2 ** 32);
    case 4:
      return BigInt(dice.skewed(2 ** 53)) * 2048n;
    case 5:
      return dice.pick(['', 'x', '\u0000', '\ud800', '🐟'.repeat(40), 'a'.repeat(dice.skewed(70_000))]);
    case 6:
      return dice.bytes(dice.skewed(300));
    case 7:
      return new Verbatim(dice.bytes(dice.skewed(20)));
    case 8:
      return dice.pick(DANGEROUS_KEYS);
    case 9:
    case 10:
      return Array.from({ length: dice.skewed(12) }, () => anyValue(dice, depth + 1));
    case 11:
      return new Pairs(
        Array.from({ length: dice.skewed(8) }, () => [anyKey(dice), anyValue(dice, depth + 1)] as const),
      );
    default:
      return new Verbatim(nested(dice, 1 + dice.skewed(2_000)));
  }
}

function anyKey(dice: Dice): Raw {
  return dice.chance() < 0.5
    ? dice.pick(DANGEROUS_KEYS)
    : dice.pick(['type', 'a', '', 7, null, 'k'.repeat(40)]);
}

/** The message with one to three things wrong: another value, a field more, less, twice, or a dangerous key. */
export function broken(dice: Dice, message: Words): Buffer {
  let entries: (readonly [Raw, Raw])[] = Object.entries(message);
  for (let faults = 1 + dice.skewed(2); faults > 0; faults -= 1) {
    const at = dice.below(Math.max(1, entries.length));
    const [key] = entries[at] ?? ['type', null];
    switch (dice.below(6)) {
      case 0:
      case 1:
        entries[at] = [key as Raw, anyValue(dice)];
        break;
      case 2:
        entries = entries.filter((_, i) => i !== at);
        break;
      case 3:
        entries.splice(at, 0, [anyKey(dice), anyValue(dice)]);
        break;
      case 4:
        entries.push([key as Raw, anyValue(dice)]);
        break;
      default:
        entries[at] = [anyKey(dice), pollution(dice)];
    }
  }
  return rawPack(new Pairs(entries));
}

/** What would add a property to every object, were it merged carelessly. */
function pollution(dice: Dice): Raw {
  const poison = pairsOf({ polluted: true, isAdmin: true, toString: 'no function' });
  if (dice.chance() < 0.5) return poison;
  return new Pairs([
    ['prototype', poison],
    ['__proto__', poison],
  ]);
}

/** Collections inside each other, to any depth. */
export function nested(dice: Dice, depth: number): Uint8Array {
  const level = dice.pick([Buffer.of(0x91), Buffer.of(0x81, 0xa1, 0x61), header(0xdd, 1), header(0xdf, 1)]);
  return Buffer.concat([...Array<Uint8Array>(depth).fill(level), Buffer.of(dice.below(256))]);
}

/** Small frames that say they are giants, and wide ones that would decode to many times their bytes. */
export function giant(dice: Dice): Buffer {
  const length = dice.pick([
    0xffffffff,
    0x80000000,
    0x7fffffff,
    1 << 28,
    65_537,
    65_536,
    dice.skewed(2 ** 32),
  ]);
  const tag = dice.pick([0xc6, 0xdb, 0xdd, 0xdf]);
  switch (dice.below(4)) {
    case 0:
      return Buffer.concat([header(tag, length), dice.bytes(dice.skewed(40))]);
    case 1:
      return rawPack(pairsOf({ type: 'partial', vector: new Verbatim(header(0xc6, length)) }));
    case 2: {
      // Every element is one byte here and eight or more once decoded.
      const wide = dice.skewed(70_000);
      return Buffer.concat([
        header(0xdd, wide),
        Buffer.alloc(wide, dice.pick([0xc0, 0x80, 0x90, 0xa0, 0x01])),
      ]);
    }
    default: {
      const level = Buffer.concat([header(0xdd, 60_000), Buffer.alloc(dice.skewed(2_000), 0xc0)]);
      return Buffer.concat(Array<Uint8Array>(1 + dice.below(20)).fill(level));
    }
  }
}

/** Bytes of one tag after another, mostly whole values. */
export function noise(dice: Dice): Buffer {
  return Buffer.from(dice.bytes(dice.skewed(400)));
}

/** Any frame at all; `messages` are valid ones, as their fields. */
export function anyFrame(dice: Dice, messages: readonly Words[]): Buffer {
  switch (dice.below(10)) {
    case 0:
      return noise(dice);
    case 1:
      return giant(dice);
    case 2:
      return Buffer.from(nested(dice, 1 + dice.skewed(60_000)));
    case 3:
      return rawPack(anyValue(dice));
    default:
      return broken(dice, dice.pick(messages));
  }
}
