/**
 * The .npy format (NumPy's NEP 1): a magic number, a version, a Python dictionary with type, order and shape, then the
 * elements. Arrays are read as a stream, into memory that is there already.
 */
import { DataError } from '../dataError.ts';

const HEADER_BYTES_MAX = 65_536;
const AXES_MAX = 8;

export type NpyType = {
  /** As NumPy writes it: `<f4`, `|u1`. */
  readonly text: string;
  readonly kind: 'unsigned' | 'signed' | 'float' | 'bool';
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
};

export type NpyHeader = {
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** Stored column by column, as the values of a data frame often are: the first axis runs fastest. */
  readonly isFortran: boolean;
};

/** The type of a character and a size, by how a view reads it; `little` is the order of bytes. */
const READERS: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  b1: (view, at) => view.getUint8(at),
};

const KINDS = { u: 'unsigned', i: 'signed', f: 'float', b: 'bool' } as const;

/** binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction / 2 ** 24 : ((1024 + fraction) / 1024) * 2 ** (exponent - 15));
}

function typeOf(name: string, text: string): NpyType {
  const [, order = '', kind = '', bytes = ''] = /^([<>|=])([a-zA-Z])(\d*)$/.exec(text) ?? [];
  const read = READERS[`${kind}${bytes}`];
  if (read === undefined || !(kind in KINDS)) {
    const what =
      kind === 'O'
        ? 'Python objects, which are not read because that could run a program'
        : kind === 'U' || kind === 'S'
          ? 'text'
          : 'elements of another kind';
    throw new DataError(
      `${name} holds ${what} (${text}): store numbers, such as array.astype("uint8") or array.astype("float32").`,
    );
  }
  const little = order !== '>';
  return {
    text,
    kind: KINDS[kind as keyof typeof KINDS],
    bytes: Number(bytes),
    read: (view, at) => read(view, at, little),
  };
}

/** Reads what a file begins with. @returns null where `bytes` hold less than the header @throws DataError */
function readNpyHeader(
  name: string,
  bytes: Buffer,
): { readonly header: NpyHeader; readonly length: number } | null {
  if (bytes.length < 12) return null;
  if (bytes.readUInt32BE(0) !== 0x934e554d || bytes.readUInt16BE(4) !== 0x5059) {
    throw new DataError(
      `${name} is no NumPy array: it does not begin as a .npy file does. Store it again with numpy.save.`,
    );
  }
  const isFirst = bytes[6] === 1;
  const textAt = isFirst ? 10 : 12;
  const textBytes = isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (textBytes > HEADER_BYTES_MAX)
    throw new DataError(`${name} is damaged: its header claims ${textBytes} bytes.`);
  if (bytes.length < textAt + textBytes) return null;
  const text = bytes.toString('latin1', textAt, textAt + textBytes);
  const [, descr] = /'descr':\s*'([^']*)'/.exec(text) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, axes] = /'shape':\s*\(([\d\s,L]*)\)/.exec(text) ?? [];
  if (order === undefined || axes === undefined) {
    throw new DataError(
      `${name} is damaged: its header says no type and shape. Store it again with numpy.save.`,
    );
  }
  if (descr === undefined) {
    throw new DataError(
      `${name} holds records of several fields: store inputs and labels as arrays of their own.`,
    );
  }
  const shape = axes
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map((axis) => Number.parseInt(axis, 10));
  if (shape.length > AXES_MAX || !shape.every(Number.isSafeInteger)) {
    throw new DataError(`${name} has the shape (${axes}), which is not that of samples.`);
  }
  const isFortran = order === 'True' && shape.filter((extent) => extent > 1).length > 1;
  return { header: { type: typeOf(name, descr), shape, isFortran }, length: textAt + textBytes };
}

/** Where the elements of a file belong, one after another, in an array whose last axis runs fastest. */
export class ElementPlaces {
  readonly #shape: readonly number[];
  readonly #strides: readonly number[];
  readonly #isFortran: boolean;
  /** Of the next element, along each axis. */
  readonly #index: number[];
  #place = 0;

  constructor({ shape, isFortran }: NpyHeader) {
    this.#shape = shape;
    this.#isFortran = isFortran;
    this.#index = shape.map(() => 0);
    this.#strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, extent) => product * extent, 1),
    );
  }

  next(): number {
    const place = this.#place;
    if (this.#isFortran) this.#stepFirstAxis();
    else this.#place += 1;
    return place;
  }

  #stepFirstAxis(): void {
    for (let axis = 0; axis < this.#shape.length; axis += 1) {
      const stride = this.#strides[axis] as number;
      const extent = this.#shape[axis] as number;
      const along = (this.#index[axis] as number) + 1;
      this.#place += stride;
      if (along < extent) {
        this.#index[axis] = along;
        return;
      }
      this.#place -= along * stride;
      this.#index[axis] = 0;
    }
  }
}

/** An array in a file or an archive, which can be read more than once. */
export type NpyArray = {
  /** What errors call it. */
  readonly name: string;
  /** The name that it was stored under, without folder and ending. */
  readonly key: string;
  readonly header: NpyHeader;
  /** Its elements in order, in pieces of whole elements. */
  readonly elements: () => AsyncGenerator<Buffer>;
};

/** Reads the header from a stream that can be opened again. @throws DataError */
export async function openNpy(
  name: string,
  key: string,
  stream: () => AsyncGenerator<Buffer>,
): Promise<NpyArray> {
  let begun: Buffer = Buffer.alloc(0);
  let found: ReturnType<typeof readNpyHeader> = null;
  for await (const piece of stream()) {
    begun = Buffer.concat([begun, piece]);
    found = readNpyHeader(name, begun);
    if (found !== null || begun.length > 2 * HEADER_BYTES_MAX) break;
  }
  if (found === null)
    throw new DataError(`${name} is cut off before its header ends. Copy or store it again.`);
  const { header, length } = found;
  const count = header.shape.reduce((product, extent) => product * extent, 1);
  return {
    name,
    key,
    header,
    elements: () => elementsOf(name, stream(), length, count * header.type.bytes, header.type.bytes),
  };
}

/** What follows the header, cut into whole elements. @throws DataError where there is more or less than the shape says */
async function* elementsOf(
  name: string,
  stream: AsyncGenerator<Buffer>,
  skipped: number,
  expected: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  let skip = skipped;
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    if (skip >= piece.length) {
      skip -= piece.length;
      continue;
    }
    const content = rest.length === 0 ? piece.subarray(skip) : Buffer.concat([rest, piece.subarray(skip)]);
    skip = 0;
    const usable = content.length - (content.length % bytes);
    total += usable;
    if (total > expected) break;
    rest = Buffer.from(content.subarray(usable));
    if (usable > 0) yield content.subarray(0, usable);
  }
  if (total === expected && rest.length === 0) return;
  throw new DataError(
    `${name} has ${total > expected ? 'more' : 'fewer'} elements than its shape says: it is damaged. Copy or store it again.`,
  );
}
