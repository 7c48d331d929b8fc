/** The truth tables of the lecture's first neurons as data sets of two or four samples. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeSamples } from './blocks.ts';
import { classSamples, type DataSet, type Samples } from './dataSet.ts';
import type { TableName } from './sources.ts';

/** Rows count upwards in binary, first input first: 00, 01, 10, 11. */
const TABLES: Readonly<Record<TableName, { readonly inputs: 1 | 2; readonly outputs: readonly number[] }>> = {
  and: { inputs: 2, outputs: [0, 0, 0, 1] },
  or: { inputs: 2, outputs: [0, 1, 1, 1] },
  not: { inputs: 1, outputs: [1, 0] },
  xor: { inputs: 2, outputs: [0, 1, 1, 0] },
};

const tableSamples = (name: TableName): Samples => {
  const { inputs, outputs } = TABLES[name];
  const values = new Float32Array(outputs.length * inputs);
  for (let row = 0; row < outputs.length; row += 1) {
    for (let input = 0; input < inputs; input += 1) {
      values[row * inputs + input] = (row >> (inputs - 1 - input)) & 1;
    }
  }
  return classSamples({ shape: [inputs], values }, Uint8Array.from(outputs));
};

/** The table as training set and as test set: there is nothing else to know about it. */
export const tableDataSet = (name: TableName): DataSet => {
  const samples = tableSamples(name);
  const content = encodeSamples(samples);
  const digest = sha256.create().update(content).update(content).digest();
  return {
    info: { name, source: 'table', shape: samples.inputs.shape, classes: 2, sha256: bytesToHex(digest) },
    train: samples,
    test: samples,
  };
};
