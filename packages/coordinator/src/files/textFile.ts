/**
 * The text of a file that somebody hands in. Editors and shells write more than UTF-8: PowerShell 5 puts what `>` is
 * given into UTF-16, Notepad a mark before UTF-8.
 */
import { UserError } from '../errors.ts';

/** So many bytes are looked at where no mark says how the text is written. */
const GUESSED_FROM_BYTES = 256;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By its mark, or else by where the zero bytes are: nearly every second one of UTF-16, none of UTF-8. */
function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const begin = bytes.subarray(0, GUESSED_FROM_BYTES);
  begin.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = begin.length / 4;
  if (odd > many && even === 0) return 'utf-16le';
  if (even > many && odd === 0) return 'utf-16be';
  return 'utf-8';
}

/** Without its mark. @throws UserError when the bytes are no text; `what` begins its sentence */
export function decodeText(bytes: Uint8Array, what: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${what} is not text in ${encoding.toUpperCase()}: save it as UTF-8.`);
  }
}
