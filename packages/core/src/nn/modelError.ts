/** What is thrown when the layers of a model do not fit together. */
import type { ModelFact } from '../facts/modelFacts.ts';
import { modelMessage } from '../words/messages.ts';

export class ModelError extends Error {
  override readonly name = 'ModelError';
  /** The layers, their shapes and what the way out needs. The message is its English sentence. */
  readonly fact: ModelFact;

  constructor(fact: ModelFact) {
    super(modelMessage(fact));
    this.fact = fact;
  }
}
