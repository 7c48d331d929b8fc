/** What the page asks the coordinator to do, and the sentence when it would not. */
import { signal } from '@preact/signals';
import { language } from '../shared/language.ts';
import { ApiError } from './apiError.ts';
import { refusalIn } from './refusals.ts';

/** The sentence in the language of the page. */
export const refusalText = (error: ApiError): string => refusalIn(language.value, error);

/** What went wrong last; null when nothing did, or somebody has read it. */
export const problem = signal<ApiError | null>(null);

/** Does it, and shows the coordinator's sentence if it fails. @returns whether it was done */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    problem.value = null;
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    problem.value = error;
    return false;
  }
}
