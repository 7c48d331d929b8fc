/** Every fact in English. */
import type { Fact } from '../../facts/fact.ts';
import type { Wording } from '../wording.ts';
import { CONNECTION_ENGLISH } from './connection.ts';
import { BLOCK_ENGLISH, CHECKPOINT_ENGLISH, IDX_ENGLISH } from './files.ts';
import { MODEL_ENGLISH } from './model.ts';
import { OUTCOME_ENGLISH } from './outcome.ts';
import { SPEC_ENGLISH } from './spec.ts';
import { STOPPING_ENGLISH } from './stopping.ts';

export const ENGLISH: Wording<Fact> = {
  text: ({ text }) => text,
  ...SPEC_ENGLISH,
  ...MODEL_ENGLISH,
  ...STOPPING_ENGLISH,
  ...OUTCOME_ENGLISH,
  ...IDX_ENGLISH,
  ...CHECKPOINT_ENGLISH,
  ...BLOCK_ENGLISH,
  ...CONNECTION_ENGLISH,
};
