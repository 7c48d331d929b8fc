/**
 * What may reach a terminal. Names, sentences and specs come from other machines; a terminal obeys control codes in them:
 * they could hide lines, forge others, change the title or type for the person. So each is shown as a sign in its place.
 */

/**
 * C0 with tab and newline, DEL and C1; the line and paragraph separators; and what turns the direction of writing, which
 * makes a line read otherwise than it is. Lone halves of surrogate pairs are no text at all.
 */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** One line, with a visible sign of one column for each code that a terminal would obey: ␛ for escape, � for most. */
export const printable = (line: string): string => line.replace(UNPRINTABLE, signOf);

/** The block of control pictures has one for each code of ASCII. */
function signOf(code: string): string {
  const number = code.charCodeAt(0);
  if (number < 0x20) return String.fromCharCode(0x2400 + number);
  return number === 0x7f ? '\u2421' : '\ufffd';
}

/** JSON that reads back as the same value, with nothing in it that a terminal would obey. */
export const printableJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(UNPRINTABLE, (code) =>
    // A newline in JSON is the layout's.
    code === '\n' ? code : `\\u${code.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
