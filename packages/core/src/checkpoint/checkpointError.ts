/** A file that cannot be used as what it was taken for; the message is a sentence for people. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
