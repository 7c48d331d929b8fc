/** The sentence of a fact, in the language of whoever reads it. */
import type { Fact } from '../facts/fact.ts';
import { CHINESE } from './chinese/chinese.ts';
import { ENGLISH } from './english/english.ts';
import { type Language, worded } from './wording.ts';

export function sentence(fact: Fact, language: Language): string {
  return worded(language === 'zh' ? CHINESE : ENGLISH, fact);
}

/** Several facts as one text. Chinese sentences follow each other without a space. */
export function sentences(facts: readonly Fact[], language: Language): string {
  return facts.map((fact) => sentence(fact, language)).join(language === 'zh' ? '' : ' ');
}
