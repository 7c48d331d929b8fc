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
      sampleLength: 6,
      values: Uint8Array.from({ length: 12 }, (_, i) => i),
      labels: Uint8Array.of(7, 3),
    });
  });

  it('of rank 4 give channels', () => {
    const parsed = parseIdxImages(file('rgb', encodeIdx([1, 3, 2, 2], new Uint8Array(12))));
    expect(parsed.shape).toEqual([3, 2, 2]);
  });

  it('are read from the middle of a larger buffer', () => {
    const padded = new Uint8Array(images().length + 5);
    padded.set(images(), 5);
    expect(parseIdxImages(file('images', padded.subarray(5))).values[11]).toBe(11);
  });

  const extended = Uint8Array.from([...images(), 0, 0]);
  const floats = images();
  floats[2] = 0x0d;
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
    ['of floats', floats, /^pictures holds 32-bit floats \(type code 0x0d\)/],
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
