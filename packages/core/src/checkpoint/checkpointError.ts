/** A file that cannot be used as what it was taken for. */
import type { CheckpointFact } from '../facts/fileFacts.ts';
import { checkpointMessage } from '../words/messages.ts';

export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly fact: CheckpointFact;

  constructor(fact: CheckpointFact) {
    super(checkpointMessage(fact));
    this.fact = fact;
  }
}
