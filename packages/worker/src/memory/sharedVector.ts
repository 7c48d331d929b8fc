/**
 * Vectors in memory that several threads see. Whoever puts a value into one says how many will read it; each reader says
 * when it has; only then is it written again. So nobody ever reads what is being written.
 */

/** A cache line for the count of readers, so that it is no neighbour of the values. */
const HEADER_BYTES = 64;

export class SharedVector {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly #readers: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.bytes = new Uint8Array(memory, HEADER_BYTES);
    this.#readers = new Int32Array(memory, 0, 1);
  }

  static ofLength(byteLength: number): SharedVector {
    return new SharedVector(new SharedArrayBuffer(HEADER_BYTES + byteLength));
  }

  /** Somebody else is told of it and will read it. */
  lend(): void {
    Atomics.add(this.#readers, 0, 1);
  }

  /** It has been read, by one of those that were told of it. */
  giveBack(): void {
    Atomics.sub(this.#readers, 0, 1);
  }

  /** Everybody has read it: it may be written. */
  get isFree(): boolean {
    return Atomics.load(this.#readers, 0) === 0;
  }
}

/** Vectors of one length that go round. */
export class SharedVectorPool {
  #vectors: SharedVector[] = [];

  /** One that nobody reads. Its reader, or the first of them, is told of it: it is lent already. */
  take(byteLength: number): SharedVector {
    if (this.#vectors[0]?.bytes.length !== byteLength) this.#vectors = [];
    let vector = this.#vectors.find((one) => one.isFree);
    if (vector === undefined) {
      vector = SharedVector.ofLength(byteLength);
      this.#vectors.push(vector);
    }
    vector.lend();
    return vector;
  }

  /** A reader of it is gone and will never give it back: it does not go round any more. */
  abandon(vector: SharedVector): void {
    this.#vectors = this.#vectors.filter((one) => one !== vector);
  }
}
