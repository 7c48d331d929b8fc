/**
 * Messages as the two sides hold them, and what a line adds: a vector that travels as bytes carries a checksum, one that
 * both sides see in the same memory carries none.
 */
import { xxh32 } from './checksum.ts';
import { encodeBefore, encodeMessage } from './codec.ts';
import type { CoordinatorMessage, ParametersMessage, PartialAnswer, WorkerMessage } from './messages.ts';

/** `checksum` is null where nothing can happen to the vector on the way, or nobody has reckoned it yet. */
type Unsealed<M extends { readonly checksum: number }> = Omit<M, 'checksum'> & {
  readonly checksum: number | null;
};

export type UnsealedPartial = Unsealed<PartialAnswer>;
export type UnsealedParameters = Unsealed<ParametersMessage>;

/** Whatever a worker says, before it is put on a line; what has come off a line is one, too. */
export type WorkerSaying = Exclude<WorkerMessage, PartialAnswer> | UnsealedPartial;
/** The same of a coordinator. */
export type CoordinatorSaying = Exclude<CoordinatorMessage, ParametersMessage> | UnsealedParameters;

/** Memory for a frame of so many bytes; whatever lies in it is written over. */
type FrameMemory = (bytes: number) => Uint8Array;

const freshMemory: FrameMemory = (bytes) => new Uint8Array(bytes);

/**
 * The frame that carries it, with the checksum of its vector.
 * @param memory where a frame with a vector is put, copied once
 */
export function sealMessage(
  message: WorkerSaying | CoordinatorSaying,
  memory: FrameMemory = freshMemory,
): Uint8Array {
  switch (message.type) {
    case 'partial':
    case 'parameters': {
      const { vector } = message;
      if (vector === null) return encodeMessage({ ...message, checksum: 0 } as PartialAnswer);
      return encodeBefore({ ...message, checksum: message.checksum ?? xxh32(vector) }, vector, memory);
    }
    default:
      return encodeMessage(message);
  }
}
