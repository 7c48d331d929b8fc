/** Recognises what people have in the place of an IDX file, by its first bytes, so that they can be told what to do. */

export type ForeignContent = {
  /** The end of "the file is …". */
  readonly what: string;
  /** A sentence. */
  readonly wayOut: string;
};

const unpack = (what: string): ForeignContent => ({
  what,
  wayOut: 'Unpack it, and point to the folder of what was in it.',
});

/** By magic numbers, as each format's specification has them. */
const MAGIC: readonly { readonly bytes: readonly number[]; readonly content: ForeignContent }[] = [
  {
    bytes: [0x1f, 0x8b],
    content: { what: 'still gzip-compressed', wayOut: 'Let its name end in .gz, or unpack it.' },
  },
  { bytes: [0x50, 0x4b, 3, 4], content: unpack('a ZIP archive') },
  { bytes: [0x42, 0x5a, 0x68], content: unpack('compressed with bzip2') },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], content: unpack('compressed with xz') },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], content: unpack('compressed with zstd') },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], content: unpack('a 7z archive') },
  {
    bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59],
    content: { what: 'a NumPy array', wayOut: 'Convert it to IDX, the format of MNIST.' },
  },
  {
    bytes: [0x89, 0x50, 0x4e, 0x47],
    content: { what: 'a PNG picture', wayOut: 'Convert the pictures to one IDX file, the format of MNIST.' },
  },
];

const TEXTS: readonly { readonly begin: RegExp; readonly content: ForeignContent }[] = [
  {
    begin: /^version https:\/\/git-lfs/,
    content: {
      what: 'a Git LFS pointer, not the file itself',
      wayOut: 'Run git lfs pull where it came from, and copy the file again.',
    },
  },
  {
    begin: /^\s*(<!doctype|<html|<\?xml)/i,
    content: {
      what: 'a web page, not data',
      wayOut: 'Download the file again: the address probably answered with an error or a page to log in.',
    },
  },
];

/** Null when the content may be IDX. */
export const foreignContent = (bytes: Uint8Array): ForeignContent | null => {
  const known = MAGIC.find((one) => one.bytes.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return known.content;
  const [first, second, third, fourth] = bytes;
  if (third === 0 && fourth === 0 && first !== undefined && first >= 1 && first <= 4 && second !== 0) {
    return {
      what: 'written with its bytes in reverse order',
      wayOut: 'IDX files are big-endian: write it again that way.',
    };
  }
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  return TEXTS.find(({ begin }) => begin.test(text))?.content ?? null;
};
