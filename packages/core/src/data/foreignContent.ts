/** Recognises what people have in the place of an IDX file, by its first bytes, so that they can be told what to do. */
import type { ForeignContent } from '../facts/fileFacts.ts';

/** By magic numbers, as each format's specification has them. */
const MAGIC: readonly { readonly bytes: readonly number[]; readonly content: ForeignContent }[] = [
  { bytes: [0x1f, 0x8b], content: 'gzip' },
  { bytes: [0x50, 0x4b, 3, 4], content: 'zip' },
  { bytes: [0x42, 0x5a, 0x68], content: 'bzip2' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], content: 'xz' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], content: 'zstd' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], content: '7z' },
  { bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], content: 'numpy' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], content: 'png' },
];

const TEXTS: readonly { readonly begin: RegExp; readonly content: ForeignContent }[] = [
  { begin: /^version https:\/\/git-lfs/, content: 'lfsPointer' },
  { begin: /^\s*(<!doctype|<html|<\?xml)/i, content: 'webPage' },
];

/** Null when the content may be IDX. */
export const foreignContent = (bytes: Uint8Array): ForeignContent | null => {
  const known = MAGIC.find((one) => one.bytes.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return known.content;
  const [first, second, third, fourth] = bytes;
  if (third === 0 && fourth === 0 && first !== undefined && first >= 1 && first <= 4 && second !== 0) {
    return 'littleEndian';
  }
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  return TEXTS.find(({ begin }) => begin.test(text))?.content ?? null;
};
