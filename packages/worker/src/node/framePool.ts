/** Memory for whole frames that goes round: to copy into fresh memory takes ten times as long as into what is there. */

/** Frames of one model differ by a few bytes. */
const ROUND_TO_BYTES = 64 * 1024;

/** Kept for later, beside one frame of any size. */
const SPARE_BYTES_MAX = 64 * 1024 * 1024;

export class FramePool {
  readonly #lentBytesMax: number;
  /** The one that was given back last is taken first: it is in the processor's cache. */
  readonly #spare: ArrayBuffer[] = [];
  #lentBytes = 0;
  #spareBytes = 0;

  /** @param lentBytesMax bytes that may be out at a time */
  constructor(lentBytesMax: number) {
    this.#lentBytesMax = lentBytesMax;
  }

  /** Bytes that are out. */
  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** Memory of so many bytes, whatever lies in it; null where too much is out already. */
  take(bytes: number): Buffer | null {
    const size = Math.ceil(bytes / ROUND_TO_BYTES) * ROUND_TO_BYTES;
    if (this.#lentBytes + size > this.#lentBytesMax) return null;
    const buffer = this.#takeSpare(size) ?? Buffer.allocUnsafeSlow(size).buffer;
    this.#lentBytes += buffer.byteLength;
    return Buffer.from(buffer, 0, bytes);
  }

  /** What was taken, or a part of it, is free again. */
  giveBack({ buffer }: Uint8Array): void {
    this.#lentBytes -= buffer.byteLength;
    const isFull = this.#spareBytes + buffer.byteLength > SPARE_BYTES_MAX;
    if (isFull && this.#spare.length > 0) return;
    this.#spare.push(buffer as ArrayBuffer);
    this.#spareBytes += buffer.byteLength;
  }

  /** What was taken does not come back: somebody keeps it. */
  abandon({ buffer }: Uint8Array): void {
    this.#lentBytes -= buffer.byteLength;
  }

  /** Nothing of twice the size is spent on a small frame. */
  #takeSpare(size: number): ArrayBuffer | null {
    const at = this.#spare.findLastIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
    const [buffer] = at < 0 ? [] : this.#spare.splice(at, 1);
    if (buffer === undefined) return null;
    this.#spareBytes -= buffer.byteLength;
    return buffer;
  }
}
