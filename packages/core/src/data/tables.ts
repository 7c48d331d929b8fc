/** The truth tables of the lecture's first neurons as data sets of two or four samples. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { TableName } from '../spec/runSpec.ts';
import { encodeSamples } from './blocks.ts';
import type { DataSet, DataSplits, Samples } from './dataSet.ts';

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
  return { count: outputs.length, sampleLength: inputs, values, labels: Uint8Array.from(outputs) };
};

/** The table as training set and as test set: there is nothing else to know about it. */
export const tableDataSet = (name: TableName): DataSet => {
  const samples = tableSamples(name);
  const content = encodeSamples(samples, 0, samples.count);
  const digest = sha256.create().update(content).update(content).digest();
  const shape = [samples.sampleLength];
  return {
    info: { name, source: 'table', shape, classes: 2, sha256: bytesToHex(digest) },
    train: samples,
    test: samples,
  };
};

/** A table's parts in its own order: trained on whole, no validation samples. */
export const tableSplits = (dataSet: DataSet): DataSplits => {
  const { sampleLength } = dataSet.train;
  const none: Samples = { count: 0, sampleLength, values: new Float32Array(0), labels: new Uint8Array(0) };
  return { train: dataSet.train, validation: none, test: dataSet.test };
};
