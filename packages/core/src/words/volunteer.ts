/** What the page to join words: facts of a worker's connection and of a run's end, and no more, so that a phone loads little. */
import type { JoiningFact } from '../facts/connectionFacts.ts';
import type { EndedFact } from '../facts/runFacts.ts';
import { ENDED_CHINESE } from './chinese/ended.ts';
import { JOINING_CHINESE } from './chinese/joining.ts';
import { ENDED_ENGLISH } from './english/ended.ts';
import { JOINING_ENGLISH } from './english/joining.ts';
import { type Language, type Wording, wordedTogether } from './wording.ts';

type VolunteerFact = JoiningFact | EndedFact;

const ENGLISH: Wording<VolunteerFact> = { ...JOINING_ENGLISH, ...ENDED_ENGLISH };
const CHINESE: Wording<VolunteerFact> = { ...JOINING_CHINESE, ...ENDED_CHINESE };

/**
 * The sentences of these facts; null where one of them is not known here. What a coordinator says at the end of its run is
 * known better than by the code that it says it with.
 */
export function volunteerWords(
  facts: readonly Readonly<Record<string, unknown>>[],
  language: Language,
): string | null {
  const [first] = facts;
  // A coordinator that is not reached is why: the page says by itself what can be done.
  if (first?.type === 'coordinatorUnreachable' && isRecord(first.why))
    return volunteerWords([first.why], language);
  const said = first?.type === 'coordinatorSaid' && isRecord(first.fact) ? [first.fact] : facts;
  const table = language === 'zh' ? CHINESE : ENGLISH;
  return wordedTogether(table, said, language) ?? wordedTogether(table, facts, language);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
