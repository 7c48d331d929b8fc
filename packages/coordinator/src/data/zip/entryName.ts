/** The names of files in a zip archive, which say in what writing they are only where their writer took care. */

/** Info-ZIP's extra field with the name in UTF-8: a version, the checksum of the plain name, the name. */
const UNICODE_PATH = 0x7075;
const UNICODE_PATH_HEAD_BYTES = 5;

/**
 * The name of an entry, with `/` between folders. Without a word on its writing it is UTF-8 where it can be; else GBK, as
 * Windows in China packs names, where all bytes beyond ASCII are pairs as those of its characters are; else Latin-1.
 */
export function nameOf(bytes: Buffer, extra: Buffer, isUtf8: boolean): string {
  const text = (isUtf8 ? null : unicodePath(extra)) ?? decoded(bytes, isUtf8);
  // Some programs of Windows write the separator of its own.
  return text.includes('/') ? text : text.replaceAll('\\', '/');
}

function decoded(bytes: Buffer, isUtf8: boolean): string {
  const text = bytes.toString('utf8');
  if (isUtf8 || !text.includes('\ufffd')) return text;
  return isGbk(bytes) ? new TextDecoder('gbk').decode(bytes) : bytes.toString('latin1');
}

/** Whether bytes beyond ASCII come as two of 0xA1 to 0xFE, as the characters in daily use do. */
function isGbk(bytes: Buffer): boolean {
  const isHigh = (byte: number | undefined): boolean => byte !== undefined && byte >= 0xa1 && byte <= 0xfe;
  for (let at = 0; at < bytes.length; at += 1) {
    if ((bytes[at] as number) < 0x80) continue;
    if (!isHigh(bytes[at]) || !isHigh(bytes[at + 1])) return false;
    at += 1;
  }
  return true;
}

function unicodePath(extra: Buffer): string | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === UNICODE_PATH && end <= extra.length)
      return extra.toString('utf8', at + 4 + UNICODE_PATH_HEAD_BYTES, end);
    at = end;
  }
  return null;
}
