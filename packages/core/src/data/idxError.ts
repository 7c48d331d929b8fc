/** What is wrong with an IDX file. */
import type { IdxFact } from '../facts/fileFacts.ts';
import { idxMessage } from '../words/messages.ts';

export class IdxError extends Error {
  override readonly name = 'IdxError';
  readonly fact: IdxFact;

  constructor(fact: IdxFact) {
    super(idxMessage(fact));
    this.fact = fact;
  }
}
