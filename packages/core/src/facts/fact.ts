/**
 * What the code has to tell somebody, as plain JSON: which thing happened and its names, numbers and paths, never a
 * composed phrase. `words/` says each in English and Chinese where it leaves for a person; a fact without both does not
 * compile. A new subject is a file of its own here, in `words/english/` and in `words/chinese/`, and a line in each union.
 */
import type { ConnectionFact } from './connectionFacts.ts';
import type { ControlFact } from './controlFacts.ts';
import type { BlockFact, CheckpointFact, IdxFact } from './fileFacts.ts';
import type { ModelFact } from './modelFacts.ts';
import type { CompletedFact, DivergedFact, OutcomeFact } from './outcomeFacts.ts';
import type { RunFact } from './runFacts.ts';
import type { ServiceFact } from './serviceFacts.ts';
import type { DataFact, FittingFact, SpecFact } from './specFacts.ts';
import type { StoppedFact, StoppingFact } from './stoppingFacts.ts';
import type { SweepFact } from './sweepFacts.ts';
import type { TextFact } from './textFact.ts';
import type { ViewFact } from './viewFacts.ts';
import type { WorkerFact } from './workerFacts.ts';
import type { WorkFact } from './workFacts.ts';

export type { TextFact };

export type Fact =
  | TextFact
  | SpecFact
  | SweepFact
  | DataFact
  | FittingFact
  | ModelFact
  | StoppingFact
  | CompletedFact
  | DivergedFact
  | OutcomeFact
  | IdxFact
  | CheckpointFact
  | BlockFact
  | ConnectionFact
  | RunFact
  | ControlFact
  | WorkerFact
  | WorkFact
  | ViewFact
  | ServiceFact;

export type FactType = Fact['type'];

/** Each fact has one type of its own: of a member with a choice of types nothing would be found. */
export type FactOf<T extends FactType> = Extract<Fact, { readonly type: T }>;

/** Why no further epoch follows: kept in checkpoints, so that each has a schema in `checkpoint/endingSchema.ts`. */
export type EndingFact =
  | StoppedFact
  | CompletedFact
  | Extract<RunFact, { readonly type: 'operatorFinished' }>
  | TextFact;
