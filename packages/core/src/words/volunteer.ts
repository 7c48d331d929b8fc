/** What the page to join words: facts of a worker's connection and of a run's end, and no more, so that a phone loads little. */
import type { ConnectionFact } from '../facts/connectionFacts.ts';
import type { StoppingFact } from '../facts/stoppingFacts.ts';
import { CONNECTION_CHINESE } from './chinese/connection.ts';
import { STOPPING_CHINESE } from './chinese/stopping.ts';
import { CONNECTION_ENGLISH } from './english/connection.ts';
import { STOPPING_ENGLISH } from './english/stopping.ts';
import { type Language, type Wording, wordedIfKnown } from './wording.ts';

type VolunteerFact = ConnectionFact | StoppingFact;

const ENGLISH: Wording<VolunteerFact> = { ...CONNECTION_ENGLISH, ...STOPPING_ENGLISH };
const CHINESE: Wording<VolunteerFact> = { ...CONNECTION_CHINESE, ...STOPPING_CHINESE };

/** The sentences of these facts; null where one of them is not known here. */
export function volunteerWords(
  facts: readonly Readonly<Record<string, unknown>>[],
  language: Language,
): string | null {
  const said = facts.map((fact) => wordedIfKnown(language === 'zh' ? CHINESE : ENGLISH, fact));
  return said.includes(null) || said.length === 0 ? null : said.join(language === 'zh' ? '' : ' ');
}
