/**
 * The built-in data set: handwritten-looking digits in the format of MNIST, drawn by a program. Sample i of a
 * part is a function of its address alone, so any number of them can be had.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOf } from '../../protocol/bytes.ts';
import { type Key, Purpose } from '../../random/threefry.ts';
import { classSamples, type DataSet, type Samples } from '../dataSet.ts';
import { encodeIdx } from '../idx.ts';
import { SIDE } from './pen.ts';
import { DigitWriter } from './writer.ts';

/** The fourth word of the key tells the parts apart. */
const PART = { train: 0, test: 1 } as const;

/** The first `count` digits of a part; key [0, Purpose.digits, 0, part], counter sample = sample number. */
export const drawDigits = (part: keyof typeof PART, count: number): Samples => {
  const key: Key = [0, Purpose.digits, 0, PART[part]];
  const sampleLength = SIDE * SIDE;
  const values = new Uint8Array(count * sampleLength);
  const labels = new Uint8Array(count);
  const writer = new DigitWriter();
  for (let sample = 0; sample < count; sample += 1) {
    labels[sample] = writer.write(key, sample, values, sample * sampleLength);
  }
  return classSamples({ shape: [1, SIDE, SIDE], values }, labels);
};

/** The built-in digits as a data set; its hash is that of the IDX files it would be written to. */
export const digitsDataSet = (options: { readonly train?: number; readonly test?: number } = {}): DataSet => {
  const train = drawDigits('train', options.train ?? 20_000);
  const test = drawDigits('test', options.test ?? 4_000);
  const hash = sha256.create();
  for (const { count, inputs, targets } of [train, test]) {
    hash.update(encodeIdx([count, SIDE, SIDE], bytesOf(inputs.values)));
    hash.update(encodeIdx([count], bytesOf(targets.values)));
  }
  return {
    info: {
      name: 'digits',
      source: 'digits',
      shape: [1, SIDE, SIDE],
      classes: 10,
      sha256: bytesToHex(hash.digest()),
    },
    train,
    test,
  };
};
