/** Why something that was asked for was not done, in the language of the page. */
import type { Language } from '../shared/language.ts';
import type { ApiError } from './apiError.ts';
import { type Refused, refusalTexts } from './refusalTexts.ts';

const BY_STATUS: Readonly<Record<number, Refused>> = {
  0: 'noAnswer',
  401: 'noToken',
  403: 'notAllowed',
  429: 'tooOften',
  500: 'defect',
};

const isRefused = (code: string): code is Refused => Object.hasOwn(refusalTexts.en, code);

/** The sentence; the coordinator's own, which is in English, where it is about what somebody wrote. */
export function refusalIn(
  language: Language,
  { code, status, message }: Pick<ApiError, 'code' | 'status' | 'message'>,
): string {
  const known = code !== null && isRefused(code) ? code : BY_STATUS[status];
  return known === undefined ? message : refusalTexts[language][known];
}
