/** Bad input, as opposed to a defect: the message is a whole sentence for the person, printed without a stack trace. */
import { type Fact, ModelError, SpecError } from '@shoal/core';

export class UserError extends Error {
  override readonly name = 'UserError';

  /** What the message says, for pages in other languages; empty where only the message says it. */
  get facts(): readonly Fact[] {
    return [];
  }
}

/** Errors of these names carry a whole sentence for the person, wherever in the packages they come from. */
const SENTENCES: ReadonlySet<string> = new Set([
  'UserError',
  'ControlError',
  'SpecError',
  'ModelError',
  'DataError',
  'IdxError',
  'BlockError',
  'CheckpointError',
  'ReferenceFileError',
]);

/** Whether the error's message is for the person who can mend it; else it is a defect. */
export function isForThePerson(error: unknown): error is Error {
  if (error instanceof UserError || error instanceof SpecError || error instanceof ModelError) return true;
  // The splits, the augmenter and the step updater answer impossible requests with RangeErrors that are sentences.
  if (error instanceof RangeError) return /\.$/.test(error.message);
  return error instanceof Error && SENTENCES.has(error.name);
}
