/** What can be wrong with data. */
import type { Fact } from '@shoal/core';
import { UserError } from '../errors.ts';

/** The message is a sentence for the user: the file or place, the problem, the way out. */
export class DataError extends UserError {
  override get facts(): readonly Fact[] {
    return [{ type: 'dataUnusable', detail: this.message }];
  }
}

/** An error's own words, and those of what caused it in the first place, for use inside a sentence. */
export const reasonWithCause = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, '');
  let cause: unknown = error;
  let first = '';
  while (cause instanceof Error && cause.cause instanceof Error) {
    cause = cause.cause;
    first = (cause as Error).message.replace(/\.$/, '') || first;
  }
  return first === '' ? message : `${message} (${first})`;
};
