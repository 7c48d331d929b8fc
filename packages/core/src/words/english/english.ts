/** Every fact in English. */
import type { Fact } from '../../facts/fact.ts';
import type { Wording } from '../wording.ts';
import { CONNECTION_ENGLISH } from './connection.ts';
import { CONTROL_ENGLISH } from './control.ts';
import { BLOCK_ENGLISH, CHECKPOINT_ENGLISH, IDX_ENGLISH } from './files.ts';
import { FITTING_ENGLISH } from './fitting.ts';
import { MODEL_ENGLISH } from './model.ts';
import { OUTCOME_ENGLISH } from './outcome.ts';
import { RUN_ENGLISH } from './run.ts';
import { SERVICE_ENGLISH } from './service.ts';
import { SPEC_ENGLISH } from './spec.ts';
import { STOPPING_ENGLISH } from './stopping.ts';
import { SWEEP_ENGLISH } from './sweep.ts';
import { VIEW_ENGLISH } from './view.ts';
import { WORK_ENGLISH } from './work.ts';
import { WORKER_ENGLISH } from './worker.ts';

export const ENGLISH: Wording<Fact> = {
  text: ({ text }) => text,
  ...SPEC_ENGLISH,
  ...SWEEP_ENGLISH,
  ...FITTING_ENGLISH,
  ...MODEL_ENGLISH,
  ...STOPPING_ENGLISH,
  ...OUTCOME_ENGLISH,
  ...IDX_ENGLISH,
  ...CHECKPOINT_ENGLISH,
  ...BLOCK_ENGLISH,
  ...CONNECTION_ENGLISH,
  ...RUN_ENGLISH,
  ...CONTROL_ENGLISH,
  ...WORKER_ENGLISH,
  ...WORK_ENGLISH,
  ...VIEW_ENGLISH,
  ...SERVICE_ENGLISH,
};
