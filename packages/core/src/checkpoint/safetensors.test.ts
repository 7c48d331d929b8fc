import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CheckpointError } from './checkpointError.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const TENSORS = [
  { name: 'dense1.weight', shape: [2, 3], values: Float32Array.of(1, -2, 3.5, Number.NaN, -0, 1e-45) },
  { name: 'größe', shape: [], values: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], values: new Float32Array(0) },
];

/** A file with this header text and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (shape: number[], from: number, to: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('safetensors', () => {
  test('what is written is read back to the bit, whatever the alignment of the bytes', () => {
    const bytes = encodeSafetensors(TENSORS, { format: 'pt', about: 'Zeile "1"\n' });
    expect((new DataView(bytes.buffer).getUint32(0, true) + 8) % 8).toBe(0);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const source of [bytes, shifted.subarray(3)]) {
      const { tensors, metadata } = decodeSafetensors(source);
      expect([...tensors.keys()]).toEqual(TENSORS.map(({ name }) => name));
      for (const { name, shape, values } of TENSORS) {
        expect(tensors.get(name)).toMatchObject({ type: 'F32', shape });
        expect([...tensors.get(name)!.bytes]).toEqual([...new Uint8Array(values.buffer)]);
      }
      expect([...metadata]).toEqual([
        ['format', 'pt'],
        ['about', 'Zeile "1"\n'],
      ]);
    }
  });

  test('reads a file that another tool wrote, tensors in any order', () => {
    // The layout in the format's description: length, header, data; unaligned header and a half-precision tensor.
    const header = { b: entry([2], 4, 8, 'BF16'), a: entry([1], 0, 4) };
    const bytes = file(header, 8);
    bytes.set([0, 0, 128, 63], bytes.length - 8);
    const { tensors } = decodeSafetensors(bytes);
    expect([...tensors.get('a')!.bytes]).toEqual([0, 0, 128, 63]);
    expect(tensors.get('b')!.type).toBe('BF16');
  });

  test('every fault is named in a sentence', () => {
    const cases: readonly [Uint8Array, RegExp][] = [
      [new Uint8Array(5), /has 5 bytes, and its header needs 8/],
      [new Uint8Array(8).fill(255), /claims 18446744073709551615 bytes, but 0 follow/],
      [file('{}', 0).subarray(0, 9), /claims 2 bytes, but 1 follow/],
      [file('{"a":', 0), /not valid JSON/],
      [file('\ud800', 0).fill(0xff, 8), /not valid JSON/],
      [file([1], 0), /not a JSON object/],
      [file({ __metadata__: [] }, 0), /metadata of this safetensors file is not/],
      [file({ __metadata__: { a: 1 } }, 0), /metadata field a .* is not text/],
      [file({ a: 3 }, 0), /Tensor a .* no known type/],
      [file({ a: entry([1], 0, 4, 'toString') }, 4), /no known type/],
      [file({ a: entry([-1], 0, 4) }, 4), /no valid shape or place/],
      [file({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4), /no valid shape or place/],
      [file({ a: entry([2], 0, 8) }, 4), /ends at byte 8, but only 4 bytes/],
      [file({ a: entry([2], 0, 4) }, 4), /shape \[2\] needs 8 bytes, but has 4/],
      [file({ a: entry([1], 4, 0) }, 4), /needs 4 bytes, but has -4/],
      [file({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, 4), /Tensor b .* overlaps/],
      [file({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), /Tensor b .* leaves a gap/],
      [file({ a: entry([1], 0, 4) }, 6), /has 6 bytes of data, but its tensors take 4/],
    ];
    for (const [bytes, message] of cases) {
      expect(() => decodeSafetensors(bytes), String(message)).toThrow(message);
    }
  });

  test('no damage makes it fail otherwise than with its own error', () => {
    const good = encodeSafetensors(TENSORS, { format: 'pt' });
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(good.length),
        (at, byte, length) => {
          const damaged = good.slice(0, length < 16 ? good.length : length);
          damaged[at % damaged.length] = byte;
          try {
            decodeSafetensors(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('refuses to write a tensor whose values do not fill its shape, and a name twice', () => {
    const bad = { name: 'a', shape: [3], values: new Float32Array(2) };
    expect(() => encodeSafetensors([bad], {})).toThrow(/Tensor a of shape \[3\] was given 2 values/);
    const twice = { name: 'a', shape: [2], values: new Float32Array(2) };
    expect(() => encodeSafetensors([twice, twice], {})).toThrow(/Two tensors are named a/);
  });
});
