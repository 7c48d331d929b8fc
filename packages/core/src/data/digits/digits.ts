/**
 * The built-in data set: handwritten-looking digits in the format of MNIST, drawn by a program. Sample i of a
 * part is a function of its address alone, so any number of them can be had.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOf } from '../../protocol/bytes.ts';
import { type Key, Purpose } from '../../random/threefry.ts';
import { classSamples, type DataSet, type DataSplits, type Samples } from '../dataSet.ts';
import { encodeIdx } from '../idx.ts';
import { type SplitOptions, splitRows } from '../split.ts';
import { SIDE } from './pen.ts';
import { DigitWriter } from './writer.ts';

/** The fourth word of the key tells the parts apart. */
const PART = { train: 0, test: 1 } as const;

/** Digits of the whole set where nobody says how many. */
const TRAIN = 20_000;
const TEST = 4_000;

/** The digits of these numbers; key [0, Purpose.digits, 0, part], counter sample = sample number. */
const drawRows = (part: keyof typeof PART, rows: ArrayLike<number>): Samples => {
  const key: Key = [0, Purpose.digits, 0, PART[part]];
  const sampleLength = SIDE * SIDE;
  const values = new Uint8Array(rows.length * sampleLength);
  const labels = new Uint8Array(rows.length);
  const writer = new DigitWriter();
  for (let i = 0; i < rows.length; i += 1) {
    labels[i] = writer.write(key, rows[i] as number, values, i * sampleLength);
  }
  return classSamples({ shape: [1, SIDE, SIDE], values }, labels);
};

/** The first `count` digits of a part. */
export const drawDigits = (part: keyof typeof PART, count: number): Samples =>
  drawRows(
    part,
    Array.from({ length: count }, (_, sample) => sample),
  );

/**
 * What `splitForRun` makes of the whole data set, without drawing the digits that no part of the run has.
 * @throws SpecError when there are fewer samples than asked for
 */
export const digitsForRun = (options: SplitOptions): DataSplits => {
  const rows = splitRows(TRAIN, 'digits', options);
  return {
    train: drawRows('train', rows.train),
    validation: drawRows('train', rows.validation),
    test: drawDigits('test', TEST),
  };
};

/** The built-in digits as a data set; its hash is that of the IDX files it would be written to. */
export const digitsDataSet = (options: { readonly train?: number; readonly test?: number } = {}): DataSet => {
  const train = drawDigits('train', options.train ?? TRAIN);
  const test = drawDigits('test', options.test ?? TEST);
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
