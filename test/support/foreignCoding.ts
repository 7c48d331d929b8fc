/** Codings of synchronous steps, written from docs/protocol.md alone. */
import { threefryBlock } from './foreignArithmetic.ts';
import type { ForeignLayer, ForeignModel, Tensor } from './foreignModel.ts';
import type { Message } from './messagePack.ts';

const LARGEST = { int8: 127, int4: 7 } as const;
type Name = keyof typeof LARGEST;

const bytesFor = (name: Name, length: number): number => (name === 'int8' ? length : Math.ceil(length / 2));

/** Members of a residual block have tensors of their own. */
function tensorsIn({ tensors, layers, shortcut }: ForeignLayer): Tensor[] {
  return [...tensors, ...[...layers, ...shortcut].flatMap(tensorsIn)];
}

export class ForeignCoding {
  /** Trainable tensors in the order of the flat vector. */
  readonly #tensors: readonly { readonly offset: number; readonly length: number }[];
  readonly #vectorLength: number;
  readonly #trainable: number;
  readonly #seed: number;
  readonly #down: Name;

  constructor(
    { layers, vectorLength }: ForeignModel,
    spec: { readonly seed: number; readonly coding: { readonly down: Name } },
  ) {
    this.#tensors = layers
      .flatMap(tensorsIn)
      .filter(({ role }) => !role.startsWith('running_'))
      .sort((a, b) => a.offset - b.offset);
    this.#vectorLength = vectorLength;
    this.#trainable = this.#tensors.reduce((sum, { length }) => sum + length, 0);
    this.#seed = spec.seed;
    this.#down = spec.coding.down;
  }

  #byteLength(name: Name): number {
    const numbers = this.#tensors.reduce((sum, { length }) => sum + bytesFor(name, length), 0);
    return 4 * this.#tensors.length + numbers + 4 * (this.#vectorLength - this.#trainable);
  }

  /** The parameters of a version by those of its base. */
  changed(held: Float32Array, { version, base, vector }: Message): Float32Array {
    const values = held.slice();
    const length = this.#byteLength(this.#down);
    const bytes = vector as Uint8Array;
    if (bytes.length !== ((version as number) - (base as number)) * length)
      throw new Error('A change has another length.');
    for (let at = 0; at < bytes.length; at += length) this.#add(bytes.slice(at, at + length), values);
    return values;
  }

  #add(bytes: Uint8Array, values: Float32Array): void {
    const view = new DataView(bytes.buffer);
    let at = 4 * this.#tensors.length;
    this.#tensors.forEach(({ offset, length }, t) => {
      const scale = view.getFloat32(4 * t, true);
      for (let i = 0; i < length; i += 1) {
        const whole =
          this.#down === 'int8'
            ? view.getInt8(at + i)
            : (view.getInt8(at + (i >> 1)) << (i % 2 === 0 ? 28 : 24)) >> 28;
        values[offset + i] = Math.fround((values[offset + i] as number) + Math.fround(whole * scale));
      }
      at += bytesFor(this.#down, length);
    });
    for (let i = this.#trainable; i < this.#vectorLength; i += 1, at += 4)
      values[i] = view.getFloat32(at, true);
  }

  /** The gradient of one leaf as the lease's scales round it. */
  round(gradient: Float32Array, lease: Message, leaf: number): Float32Array {
    const scales = scalesOf(lease);
    if (scales === null) return gradient;
    const most = Math.floor(127 / (lease.leaves as number));
    const rounded = gradient.slice();
    this.#tensors.forEach(({ offset, length }, t) => {
      const scale = scales[t] as number;
      for (let i = 0; i < length; i += 1) {
        const counter = [leaf, 4 * Math.floor(i / 64) + (i % 4), 0, 0];
        const block = threefryBlock([this.#seed, 8, t, lease.step as number], counter);
        const word = block[Math.floor(i / 4) % 4] as number;
        const turn = 8 * (Math.floor(i / 16) % 4);
        const k = ((word >>> turn) | (word << (32 - turn))) & 0xffff;
        const moved = Math.fround(Math.fround((gradient[offset + i] as number) / scale) + (k + 0.5) / 65536);
        rounded[offset + i] = scale === 0 ? 0 : Math.min(Math.max(Math.floor(moved), -most), most) * scale;
      }
    });
    return rounded;
  }

  /** A sum of rounded leaves as bytes. */
  encode(vector: Float32Array, lease: Message): Uint8Array {
    const scales = scalesOf(lease);
    if (scales === null) return new Uint8Array(vector.slice().buffer);
    const bytes = new Uint8Array(this.#byteLength('int8'));
    const view = new DataView(bytes.buffer);
    let at = 4 * this.#tensors.length;
    this.#tensors.forEach(({ offset, length }, t) => {
      const scale = scales[t] as number;
      view.setFloat32(4 * t, scale, true);
      for (let i = 0; i < length; i += 1) {
        view.setInt8(at + i, scale === 0 ? 0 : Math.round((vector[offset + i] as number) / scale));
      }
      at += length;
    });
    for (let i = this.#trainable; i < this.#vectorLength; i += 1, at += 4)
      view.setFloat32(at, vector[i] as number, true);
    return bytes;
  }
}

function scalesOf({ scales }: Message): Float32Array | null {
  return scales === null ? null : new Float32Array((scales as Uint8Array).slice().buffer);
}
