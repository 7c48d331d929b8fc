/**
 * Puts the pieces in which a long WebSocket frame arrives into one buffer, so that the WebSocket takes it as it is and
 * need not join them in fresh memory. It reads lengths and nothing else: every byte is passed on, in order, and whether a
 * frame is right is for the WebSocket to say. Header: RFC 6455, 5.2.
 */
import type { FramePool } from './framePool.ts';

/** Shorter frames come in one piece, or are cheap to join. */
const GATHERED_BYTES_MIN = 32 * 1024;

const HEADER_BYTES_MAX = 14;
/** A whole message of bytes, without extensions. */
const FIN_AND_BINARY = 0x82;
const MASKED = 0x80;

export type FrameGathererOptions = {
  readonly pool: FramePool;
  /** Whether the other side masks what it sends, as clients do. */
  readonly masked: boolean;
  /** The most that a frame may carry: longer ones are left to the WebSocket, which refuses them. */
  readonly frameBytesMax: number;
  /** Whether memory may be set aside for a frame that has only begun. */
  readonly mayGather: () => boolean;
  /** Takes bytes that belong to nobody else; `isGathered` where they are one frame in memory of the pool. */
  readonly pass: (bytes: Buffer, isGathered: boolean) => void;
};

export class FrameGatherer {
  readonly #options: FrameGathererOptions;
  /** The frame that is being gathered, and how much of it has come. */
  #frame: Buffer | null = null;
  #filled = 0;
  /** Bytes that still belong to a frame that is passed on in pieces. */
  #passing = 0;
  /** The beginning of a header. */
  #begun: Buffer | null = null;

  constructor(options: FrameGathererOptions) {
    this.#options = options;
  }

  /** Where the next bytes may be read to at once, before `filled` is told; null where they are to be handed to `take`. */
  get room(): Buffer | null {
    return this.#frame === null ? null : this.#frame.subarray(this.#filled);
  }

  /** So many bytes lie in `room`. */
  filled(bytes: number): void {
    const frame = this.#frame;
    if (frame === null) return;
    this.#filled += bytes;
    if (this.#filled < frame.length) return;
    this.#frame = null;
    this.#options.pass(frame, true);
  }

  /** More has come, in memory that stays as it is. */
  take(piece: Buffer): void {
    const { room } = this;
    if (room === null) return this.#read(piece);
    const bytes = piece.copy(room);
    this.filled(bytes);
    if (bytes < piece.length) this.#read(piece.subarray(bytes));
  }

  /** Nothing more will come. */
  close(): void {
    if (this.#frame !== null) this.#options.pool.giveBack(this.#frame);
    this.#frame = null;
  }

  #read(piece: Buffer): void {
    const bytes = this.#begun === null ? piece : Buffer.concat([this.#begun, piece]);
    this.#begun = null;
    let at = Math.min(this.#passing, bytes.length);
    this.#passing -= at;
    while (at < bytes.length) {
      const length = frameLength(bytes, at);
      if (length === null) {
        this.#begun = bytes.subarray(at);
        break;
      }
      const left = bytes.length - at;
      const frame = length > left ? this.#frameFor(bytes, at, length) : null;
      if (frame !== null) {
        this.#pass(bytes.subarray(0, at));
        this.#filled = bytes.copy(frame, 0, at);
        this.#frame = frame;
        return;
      }
      at = Math.min(bytes.length, at + length);
      this.#passing = Math.max(0, length - left);
    }
    this.#pass(bytes.subarray(0, at));
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#options.pass(bytes, false);
  }

  /** Memory for the whole frame that begins there; null where it is passed on in pieces. */
  #frameFor(bytes: Buffer, at: number, length: number): Buffer | null {
    const { masked, frameBytesMax, mayGather, pool } = this.#options;
    if (length < GATHERED_BYTES_MIN || length > frameBytesMax + HEADER_BYTES_MAX) return null;
    if (bytes[at] !== FIN_AND_BINARY) return null;
    if ((((bytes[at + 1] as number) & MASKED) !== 0) !== masked || !mayGather()) return null;
    return pool.take(length);
  }
}

/** Of the frame whose header begins there, header included; null where the header is not all there. */
function frameLength(bytes: Buffer, at: number): number | null {
  if (bytes.length < at + 2) return null;
  const second = bytes[at + 1] as number;
  const short = second & 0x7f;
  const extension = short === 127 ? 8 : short === 126 ? 2 : 0;
  if (bytes.length < at + 2 + extension) return null;
  const payload =
    extension === 8
      ? Number(bytes.readBigUInt64BE(at + 2))
      : extension === 2
        ? bytes.readUInt16BE(at + 2)
        : short;
  return 2 + extension + ((second & MASKED) === 0 ? 0 : 4) + payload;
}
