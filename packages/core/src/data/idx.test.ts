import { describe, expect, it } from 'vitest';
import { encodeIdx, parseIdxImages, parseIdxLabels, parseIdxSamples } from './idx.ts';

const images = (): Uint8Array =>
  encodeIdx(
    [2, 2, 3],
    Uint8Array.from({ length: 12 }, (_, i) => i),
  );
const labels = (): Uint8Array => encodeIdx([2], Uint8Array.of(7, 3));
const file = (name: string, bytes: Uint8Array) => ({ name, bytes });

describe('IDX files', () => {
  it('encode the header that the MNIST page documents', () => {
    expect([...images().subarray(0, 16)]).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
    expect([...labels()]).toEqual([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]);
  });

  it('of rank 3 and 1 give images of one channel and their labels', () => {
    const { samples, shape } = parseIdxSamples(file('images', images()), file('labels', labels()));
    expect(shape).toEqual([1, 2, 3]);
    expect(samples).toEqual({
      count: 2,
      inputs: { shape: [1, 2, 3], values: Uint8Array.from({ length: 12 }, (_, i) => i) },
      targets: { shape: [], values: Uint8Array.of(7, 3) },
    });
  });

  it('of rank 4 give channels', () => {
    const parsed = parseIdxImages(file('rgb', encodeIdx([1, 3, 2, 2], new Uint8Array(12))));
    expect(parsed.shape).toEqual([3, 2, 2]);
    expect(parsed.channelsLast).toBe(false);
  });

  it('with channels last are turned: a last size of 1, 3 or 4 beside two that are larger', () => {
    // Each element of [1, 5, 6, 3] says its place: 18 × row + 3 × column + channel.
    const elements = Uint8Array.from({ length: 90 }, (_, i) => i);
    const parsed = parseIdxImages(file('rgb', encodeIdx([1, 5, 6, 3], elements)));
    expect(parsed).toMatchObject({ count: 1, shape: [3, 5, 6], channelsLast: true });
    // Channel 1 of row 2, column 4 was at 2 × 18 + 4 × 3 + 1.
    expect(parsed.values[1 * 30 + 2 * 6 + 4]).toBe(49);
    expect([...parsed.values.subarray(0, 4)]).toEqual([0, 3, 6, 9]);
    expect([...parsed.values].sort((a, b) => a - b)).toEqual([...elements]);
  });

  it.each([
    [[2, 28, 28, 1], [1, 28, 28], true],
    [[2, 28, 28, 4], [4, 28, 28], true],
    [[2, 28, 28, 2], [28, 28, 2], false],
    [[2, 3, 28, 3], [3, 28, 3], false],
    [[2, 1, 28, 28], [1, 28, 28], false],
    [[2, 4, 6, 3], [4, 6, 3], false],
  ] as const)('of sizes %j are read as %j', (sizes, shape, turned) => {
    const elements = new Uint8Array(sizes.reduce<number>((product, size) => product * size, 1));
    expect(parseIdxImages(file('images', encodeIdx(sizes, elements)))).toMatchObject({
      shape,
      channelsLast: turned,
    });
  });

  /** An IDX file of another element type, big-endian as all of them. */
  const typed = (code: number, sizes: readonly number[], numbers: readonly number[]): Uint8Array => {
    const bytes = ({ 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 } as Record<number, number>)[code] as number;
    const out = new Uint8Array(4 + 4 * sizes.length + bytes * numbers.length);
    const view = new DataView(out.buffer);
    out[2] = code;
    out[3] = sizes.length;
    sizes.forEach((size, i) => {
      view.setUint32(4 + 4 * i, size);
    });
    numbers.forEach((number, i) => {
      const at = 4 + 4 * sizes.length + bytes * i;
      if (code === 9) view.setInt8(at, number);
      if (code === 11) view.setInt16(at, number);
      if (code === 12) view.setInt32(at, number);
      if (code === 13) view.setFloat32(at, number);
      if (code === 14) view.setFloat64(at, number);
    });
    return out;
  };

  it('of QMNIST give the first of eight columns as labels', () => {
    const rows = [5, 0, 291, 5, 7, 1, 6, 0, 3, 1, 2054, 5, 8, 2, 9, 0];
    expect([...parseIdxLabels(file('qmnist', typed(12, [2, 8], rows)))]).toEqual([5, 3]);
  });

  it.each([9, 11, 12, 13, 14])('of type %i give labels that are whole numbers of 0 to 255', (code) => {
    expect([...parseIdxLabels(file('labels', typed(code, [3], [0, 7, 100])))]).toEqual([0, 7, 100]);
    expect([...parseIdxLabels(file('labels', typed(code, [3, 1], [0, 7, 100])))]).toEqual([0, 7, 100]);
  });

  it.each([
    [
      typed(9, [2], [1, -1]),
      /^numbers holds signed bytes, and label 2 is -1, .* Number the classes from 0\.$/,
    ],
    [typed(12, [2], [300, 0]), /^numbers holds 32-bit integers, and label 1 is 300/],
    [typed(13, [2], [0, 0.5]), /^numbers holds 32-bit floats, and label 2 is 0\.5/],
    [typed(12, [1, 10], Array(10).fill(0)), /^numbers has 10 numbers for each sample, .* one-hot/],
  ])('with labels that are no classes are refused (%#)', (bytes, message) => {
    expect(() => parseIdxLabels(file('numbers', bytes))).toThrow(message);
  });

  it('of wider integers give pixels of 0 to 255, and are refused beyond', () => {
    expect([...parseIdxImages(file('wide', typed(12, [1, 1, 3], [0, 128, 255]))).values]).toEqual([
      0, 128, 255,
    ]);
    expect(() => parseIdxImages(file('wide', typed(11, [2, 1, 2], [0, 1, 2, 4095])))).toThrow(
      /^wide holds 16-bit integers, and image 2 has a pixel of 4095/,
    );
  });

  it('are read from the middle of a larger buffer', () => {
    const padded = new Uint8Array(images().length + 5);
    padded.set(images(), 5);
    expect(parseIdxImages(file('images', padded.subarray(5))).values[11]).toBe(11);
  });

  const extended = Uint8Array.from([...images(), 0, 0]);
  const unknown = images();
  unknown[2] = 0x0a;
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const wrongMagic = images();
  wrongMagic[0] = 0x50;
  it.each([
    ['empty', new Uint8Array(0), /^pictures is empty/],
    ['compressed', Uint8Array.of(0x1f, 0x8b, 8, 0), /^pictures is still gzip-compressed/],
    ['cut in its magic', images().subarray(0, 3), /^pictures is truncated: .* this one has 3/],
    [
      'cut in its header',
      images().subarray(0, 9),
      /^pictures is truncated in its header: expected 16 .* has 9/,
    ],
    [
      'cut in its pixels',
      images().subarray(0, 20),
      /^pictures is truncated: expected 28 bytes for 2 × 2 × 3 .* has 20/,
    ],
    ['too long', extended, /^pictures has 2 bytes too many at its end: expected 28 .* has 30/],
    ['of floats', typed(13, [1, 1, 2], [0, 1]), /^pictures holds 32-bit floats \(type code 0x0d\).*by 255/],
    ['of an unknown type', unknown, /^pictures holds elements of an unknown type \(type code 0x0a\)/],
    ['a web page', text('<!DOCTYPE html><html>'), /^pictures is a web page, not data\. Download/],
    ['a pointer', text('version https://git-lfs.github.com/spec/v1'), /^pictures is a Git LFS pointer/],
    ['a ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0), /^pictures is a ZIP archive\. Unpack it/],
    [
      'little-endian',
      Uint8Array.of(3, 8, 0, 0, 1, 0, 0, 0),
      /bytes in reverse order\. IDX files are big-endian/,
    ],
    ['of another format', wrongMagic, /^pictures is not an IDX file: its magic number is 0x50000803/],
    ['of labels', labels(), /^pictures holds labels \(rank 1\), but images were expected/],
    ['of rank 2', encodeIdx([2, 2], new Uint8Array(4)), /^pictures has rank 2/],
    ['without images', encodeIdx([0, 28, 28], new Uint8Array(0)), /^pictures holds no pixels/],
  ])('an image file that is %s is refused with a sentence', (_, bytes, message) => {
    expect(() => parseIdxImages(file('pictures', bytes))).toThrow(message);
  });

  it('with images in place of labels are refused', () => {
    expect(() => parseIdxLabels(file('numbers', images()))).toThrow(
      /^numbers holds images \(rank 3\), but labels were expected/,
    );
  });

  it('whose counts differ are refused, naming both', () => {
    const three = encodeIdx([3], new Uint8Array(3));
    expect(() => parseIdxSamples(file('a', images()), file('b', three))).toThrow(
      /^a holds 2 images, but b holds 3 labels/,
    );
  });

  it('that claim more elements than memory are truncated, not allocated', () => {
    const bytes = new Uint8Array(20).fill(255);
    bytes.set([0, 0, 8, 4]);
    expect(() => parseIdxImages(file('huge', bytes))).toThrow(/^huge is truncated/);
  });
});
