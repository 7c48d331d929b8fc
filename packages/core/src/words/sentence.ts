/** The sentence of a fact, in the language of whoever reads it. */
import type { Fact } from '../facts/fact.ts';
import { CHINESE } from './chinese/chinese.ts';
import { ENGLISH } from './english/english.ts';
import { type Language, worded, wordedTogether } from './wording.ts';

export function sentence(fact: Fact, language: Language): string {
  return worded(language === 'zh' ? CHINESE : ENGLISH, fact);
}

/** Several facts as one text. Chinese sentences follow each other without a space. */
export function sentences(facts: readonly Fact[], language: Language): string {
  return facts.map((fact) => sentence(fact, language)).join(language === 'zh' ? '' : ' ');
}

/** The same for what another program has told; null where one of the facts is not known here, or there is none. */
export function toldSentences(
  told: readonly Readonly<Record<string, unknown>>[],
  language: Language,
): string | null {
  return wordedTogether(language === 'zh' ? CHINESE : ENGLISH, told, language);
}
