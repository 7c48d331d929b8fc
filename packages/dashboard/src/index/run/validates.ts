/** Whether a run has a validation set, so that figures of one may be shown. */
import { choiceOf, type EpochRecord, type RunSpec } from '@shoal/core';

/** `last` is the record of its last epoch, which knows; before there is one the spec says what is meant to be. */
export function validates({ data }: Pick<RunSpec, 'data'>, last: EpochRecord | undefined): boolean {
  if (last !== undefined) return last.validationLoss !== null;
  return (choiceOf(data)?.validation ?? 0) > 0;
}
