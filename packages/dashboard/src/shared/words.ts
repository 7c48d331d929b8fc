/** What the code tells, in the language of the page; read while rendering. */
import { aboutIn, type Fact, nameIn, sentence, type TermKind, toldSentences } from '@shoal/core';
import { language } from './language.ts';

export const wordsOf = (fact: Fact): string => sentence(fact, language.value);

type Told = { readonly facts?: readonly Fact[] };

/** A reason as facts where there are any that this page knows, else as the sentence that came with it. */
export const wordsOfReason = ({ reason, facts = [] }: Told & { readonly reason: string }): string =>
  toldSentences(facts, language.value) ?? reason;

/** The same for an entry of the event log. */
export const wordsOfEvent = ({ message, facts = [] }: Told & { readonly message: string }): string =>
  toldSentences(facts, language.value) ?? message;

/** A name of a run spec as people choose it: `全连接层 dense` in Chinese, itself in English. */
export const named = (kind: TermKind, name: string): string => nameIn(kind, name, language.value);

/** What a spec shows, in its own words or, for a preset, in the page's language. */
export const aboutOf = (spec: { readonly name: string; readonly about: string }): string =>
  aboutIn(spec, language.value);
