/**
 * The messages of errors that carry facts, for logs and the command line: the one place below the edges where a sentence
 * is worded. Each function needs the wordings of its subject alone, so that a page that joins a run loads no more.
 */
import type { ConnectionFact, IncapableFact, LeaveFact } from '../facts/connectionFacts.ts';
import type { BlockFact, CheckpointFact, IdxFact } from '../facts/fileFacts.ts';
import type { ModelFact } from '../facts/modelFacts.ts';
import type { DataFact, SpecFact } from '../facts/specFacts.ts';
import type { SweepFact } from '../facts/sweepFacts.ts';
import { CONNECTION_ENGLISH } from './english/connection.ts';
import { blockInEnglish, checkpointInEnglish, idxInEnglish } from './english/files.ts';
import { INCAPABLE_ENGLISH } from './english/incapable.ts';
import { LEAVING_ENGLISH } from './english/leaving.ts';
import { modelInEnglish } from './english/model.ts';
import { specInEnglish } from './english/spec.ts';
import { problemInEnglish } from './english/sweep.ts';
import { worded } from './wording.ts';

/** A line for each problem. */
export const specMessage = (problems: readonly (SpecFact | DataFact)[]): string =>
  problems.map(specInEnglish).join('\n');

/** The same of sweeps and files. */
export const refusalMessage = (problems: readonly (SpecFact | DataFact | SweepFact)[]): string =>
  problems.map(problemInEnglish).join('\n');

export const modelMessage = (fact: ModelFact): string => modelInEnglish(fact);

export const idxMessage = (fact: IdxFact): string => idxInEnglish(fact);

export const checkpointMessage = (fact: CheckpointFact): string => checkpointInEnglish(fact);

export const blockMessage = (fact: BlockFact): string => blockInEnglish(fact);

/** For what a worker tells its coordinator when it goes. */
export const leaveMessage = (fact: LeaveFact | IncapableFact): string =>
  worded<LeaveFact | IncapableFact>({ ...LEAVING_ENGLISH, ...INCAPABLE_ENGLISH }, fact);

/** For the worker's own log and outcome. */
export const connectionMessage = (fact: ConnectionFact): string => worded(CONNECTION_ENGLISH, fact);
