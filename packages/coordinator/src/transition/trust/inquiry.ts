/** A grant whose answers do not count before they are found right, and the task that it is part of. */
import type { Scrutiny } from '../model/scrutiny.ts';
import type { Grant, Task } from '../model/task.ts';

export type Inquiry = { readonly task: Task; readonly grant: Grant; readonly scrutiny: Scrutiny };

/** Null where the first answer counts, and where the grant is no part of the task any more. */
export function inquiryOf(task: Task | null, grant: Grant): Inquiry | null {
  const { scrutiny } = grant;
  return task === null || scrutiny === null || !task.grants.has(grant) ? null : { task, grant, scrutiny };
}

export function rangeOf({ from, to }: Grant): string {
  return from === to - 1 ? `microbatch ${from}` : `microbatches ${from} to ${to - 1}`;
}
