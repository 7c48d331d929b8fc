/**
 * Long texts of hexadecimal digits, which kernels are in, in fewer bytes once a page is compressed: a character stands for a
 * byte, where two digits hide from the compressor what a byte is.
 */

/** Texts of so many digits are worth it. */
const DIGITS_MIN = 10_000;
/** Bytes are turned by so many, so that those which are frequent in WebAssembly become characters of one byte each. */
const TURN = 4;
/** The printable characters of ASCII; those of bytes beyond follow from U+00A1 on. */
const ASCII = { first: 32, count: 95, next: 161 };

/** A character for each byte of `hex`. */
export function shortened(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .map((digits) => {
      const turned = (Number.parseInt(digits, 16) + TURN) & 255;
      return String.fromCharCode(turned + (turned < ASCII.count ? ASCII.first : ASCII.next - ASCII.count));
    })
    .join('');
}

/** Source of the function that makes the digits again. */
export const HEX_OF = `function hexOf(text) {
  let hex = '';
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const byte = (code - (code < ${ASCII.next} ? ${ASCII.first + TURN} : ${ASCII.next - ASCII.count + TURN})) & 255;
    hex += (byte >> 4).toString(16) + (byte & 15).toString(16);
  }
  return hex;
}`;

/** A plugin for Vite: modules are the same to whoever imports them. */
export function shortHex(): { name: string; transform(code: string): string | null } {
  const long = new RegExp(`(['"])((?:[0-9a-f]{2}){${DIGITS_MIN / 2},})\\1`, 'g');
  return {
    name: 'short-hex',
    transform(code) {
      const short = code.replaceAll(
        long,
        (_, _quote, hex: string) => `hexOf(${JSON.stringify(shortened(hex))})`,
      );
      return short === code ? null : `${short}\n${HEX_OF}\n`;
    },
  };
}
