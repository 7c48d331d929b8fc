/**
 * Messages as the two sides hold them, and what a line adds: a vector that travels as bytes carries a checksum, one that
 * both sides see in the same memory carries none.
 */
import { xxh32 } from './checksum.ts';
import { encodeMessage } from './codec.ts';
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

/** The frame that carries it, with the checksum of its vector. */
export function sealMessage(message: WorkerSaying | CoordinatorSaying): Uint8Array {
  switch (message.type) {
    case 'partial':
      return encodeMessage({ ...message, checksum: message.checksum ?? checksumOf(message.vector) });
    case 'parameters':
      return encodeMessage({ ...message, checksum: message.checksum ?? checksumOf(message.vector) });
    default:
      return encodeMessage(message);
  }
}

function checksumOf(vector: Uint8Array | null): number {
  return vector === null ? 0 : xxh32(vector);
}
