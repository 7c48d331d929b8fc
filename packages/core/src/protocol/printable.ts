/** Text from outside that people will read: nothing in it may move a cursor, change colours or turn the writing round. */

/** Control characters, and the marks that override the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const EXCERPT_LENGTH = 160;

/** The text with a mark in the place of each character that does something instead of being seen. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\ufffd');
}

/** As much of a text as a sentence can quote. */
export function excerpt(text: string): string {
  const start = printable(text.slice(0, EXCERPT_LENGTH));
  return text.length > EXCERPT_LENGTH ? `${start}…` : start;
}
