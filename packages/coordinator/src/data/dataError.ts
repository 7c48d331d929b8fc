/** What can be wrong with data. */
import { UserError } from '../errors.ts';

/** The message is a sentence for the user: the file or place, the problem, the way out. */
export class DataError extends UserError {}

/** An error's own words, its cause's included, for use inside a sentence. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const message = error.message.replace(/\.$/, '');
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
};
