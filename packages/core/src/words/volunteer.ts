/** What the page to join words: facts of a worker's connection and of a run's end, and no more, so that a phone loads little. */
import type { ConnectionFact } from '../facts/connectionFacts.ts';
import type { RunEndFact } from '../facts/runFacts.ts';
import { CONNECTION_CHINESE } from './chinese/connection.ts';
import { RUN_END_CHINESE } from './chinese/run.ts';
import { CONNECTION_ENGLISH } from './english/connection.ts';
import { RUN_END_ENGLISH } from './english/run.ts';
import { type Language, type Wording, wordedTogether } from './wording.ts';

type VolunteerFact = ConnectionFact | RunEndFact;

const ENGLISH: Wording<VolunteerFact> = { ...CONNECTION_ENGLISH, ...RUN_END_ENGLISH };
const CHINESE: Wording<VolunteerFact> = { ...CONNECTION_CHINESE, ...RUN_END_CHINESE };

/**
 * The sentences of these facts; null where one of them is not known here. What a coordinator says at the end of its run is
 * known better than by the code that it says it with.
 */
export function volunteerWords(
  facts: readonly Readonly<Record<string, unknown>>[],
  language: Language,
): string | null {
  const [first] = facts;
  const said = first?.type === 'coordinatorSaid' && isRecord(first.fact) ? [first.fact] : facts;
  const table = language === 'zh' ? CHINESE : ENGLISH;
  return wordedTogether(table, said, language) ?? wordedTogether(table, facts, language);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
