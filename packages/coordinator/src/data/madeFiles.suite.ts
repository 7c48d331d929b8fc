/** Files of data as people have them, made by tests: pictures, archives, arrays. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { type DataFitting, type DataSet, type DataSpec, resolveRunSpec, sentence } from '@shoal/core';
import { encode } from 'fast-png';
import { loadDataSet } from './load.ts';

/** A PNG of `channels` whose pixel i is `pixelOf(i)`. */
export const png = (
  width: number,
  height: number,
  channels: number,
  pixelOf: (i: number) => number,
): Uint8Array =>
  encode({
    ...{ width, height, channels, depth: 8 as const },
    data: Uint8Array.from({ length: width * height * channels }, (_, i) => pixelOf(i)),
  });

export const plainPng = (size: number, value: number): Uint8Array => png(size, size, 1, () => value);

/** Writes files by their names below a folder. */
export const writeFiles = async (
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
};

export type ZipFile = {
  /** In UTF-8, or as the bytes that stand there. */
  readonly name: string | Buffer;
  readonly content: Uint8Array;
  /** Lies about its size, its checksum, or its kind. */
  readonly bytes?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
};

/** A zip archive, written field by field (APPNOTE 4.3), so that it can lie. */
export const zip = (files: readonly ZipFile[]): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const {
    name,
    content,
    bytes = content.length,
    crc = crc32(content),
    method = 8,
    flags = 0x800,
  } of files) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const text = typeof name === 'string' ? Buffer.from(name) : name;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc, 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(bytes, 18);
    shared.writeUInt16LE(text.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, text, packed]);
    const behind = Buffer.alloc(14);
    behind.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, behind, text);
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
};

/** A .npy file of version 1. */
export const npy = (
  descr: string,
  shape: readonly number[],
  elements: Uint8Array,
  order: 'True' | 'False' = 'False',
): Buffer => {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${axes}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 0, 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), elements]);
};

export const bytesOfFloats = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

export type Loaded = { readonly dataSet: DataSet; readonly notices: readonly string[] };

/** Reads what lies at `place` as the command does. */
export const load = async (
  place: string,
  data: { readonly source: string } & Record<string, unknown> = { source: 'mnist' },
  fitting: Partial<DataFitting> = {},
): Promise<Loaded> => {
  const notices: string[] = [];
  const spec = resolveRunSpec({
    data,
    model: { input: [1, 28, 28], layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }] },
  });
  const dataSet = await loadDataSet(spec.data as DataSpec, {
    ...{ dataFolder: place, allowDownload: false, mayStandIn: false },
    onProgress: () => {},
    onNotice: (fact) => notices.push(sentence(fact, 'en')),
    ...{ projectFolder: join(place, 'no-project'), cacheFolder: join(place, 'no-cache'), environment: {} },
    fitting: { input: [1, 28, 28], loss: 'cross_entropy', isFixed: false, ...fitting },
  });
  return { dataSet, notices };
};
