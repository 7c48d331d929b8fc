/** A few of the built-in digits as the four files of MNIST, for trials: a processor that plays a card takes minutes for all of it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digitsDataSet } from '@shoal/core';

/** @returns the folder */
export function fewDigits(sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-few-digits-'));
  const { train, test } = digitsDataSet(sizes);
  for (const [part, { count, inputs, targets }] of [
    ['train', train],
    ['t10k', test],
  ]) {
    const [, height, width] = inputs.shape;
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, height, width], inputs.values));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], targets.values));
  }
  return folder;
}

/** Bytes with the header of an IDX file: type 8 (unsigned bytes), so many dimensions, and these. */
function idx(shape, bytes) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt8(8, 2);
  header.writeUInt8(shape.length, 3);
  for (const [i, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * i);
  return Buffer.concat([header, bytes]);
}
