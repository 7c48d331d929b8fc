/** What the code tells, in the language of the page; read while rendering. */
import { aboutIn, type Fact, nameIn, sentence, sentences, type TermKind } from '@shoal/core';
import { language } from './language.ts';

export const wordsOf = (fact: Fact): string => sentence(fact, language.value);

/** A reason as facts where there are any, else as the sentence that came with it. */
export function wordsOfReason({
  reason,
  facts = [],
}: {
  readonly reason: string;
  readonly facts?: readonly Fact[];
}): string {
  return facts.length === 0 ? reason : sentences(facts, language.value);
}

/** A name of a run spec as people choose it: `全连接层 dense` in Chinese, itself in English. */
export const named = (kind: TermKind, name: string): string => nameIn(kind, name, language.value);

/** What a spec shows, in its own words or, for a preset, in the page's language. */
export const aboutOf = (spec: { readonly name: string; readonly about: string }): string =>
  aboutIn(spec, language.value);
