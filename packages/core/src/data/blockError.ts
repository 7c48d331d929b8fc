/** A manifest or a block that is not what it claims to be. */
import type { BlockFact } from '../facts/fileFacts.ts';
import { blockMessage } from '../words/messages.ts';

export class BlockError extends Error {
  override readonly name = 'BlockError';
  readonly fact: BlockFact;

  constructor(fact: BlockFact) {
    super(blockMessage(fact));
    this.fact = fact;
  }
}
