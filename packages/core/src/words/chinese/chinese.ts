/** Every fact in Chinese: plain technical Chinese, with the English term beside it where students meet it in code. */
import type { Fact } from '../../facts/fact.ts';
import type { Wording } from '../wording.ts';
import { CONNECTION_CHINESE } from './connection.ts';
import { CONTROL_CHINESE } from './control.ts';
import { FILES_CHINESE } from './files.ts';
import { FITTING_CHINESE } from './fitting.ts';
import { MODEL_CHINESE } from './model.ts';
import { OUTCOME_CHINESE } from './outcome.ts';
import { RUN_CHINESE } from './run.ts';
import { SERVICE_CHINESE } from './service.ts';
import { SPEC_CHINESE } from './spec.ts';
import { STOPPING_CHINESE } from './stopping.ts';
import { SWEEP_CHINESE } from './sweep.ts';
import { VIEW_CHINESE } from './view.ts';
import { WORK_CHINESE } from './work.ts';
import { WORKER_CHINESE } from './worker.ts';

export const CHINESE: Wording<Fact> = {
  text: ({ text }) => text,
  ...SPEC_CHINESE,
  ...SWEEP_CHINESE,
  ...FITTING_CHINESE,
  ...MODEL_CHINESE,
  ...STOPPING_CHINESE,
  ...OUTCOME_CHINESE,
  ...FILES_CHINESE,
  ...CONNECTION_CHINESE,
  ...RUN_CHINESE,
  ...CONTROL_CHINESE,
  ...WORKER_CHINESE,
  ...WORK_CHINESE,
  ...VIEW_CHINESE,
  ...SERVICE_CHINESE,
};
