/** What one coordinator of a cluster leaves to the one that leads: whatever changes runs, what waits, and who may do what. */
import type { Context } from 'hono';
import type { Identity } from '../access/access.ts';
import { bearer, type Guard } from './apiRequest.ts';
import { ControlError, type CoordinatorControl } from './coordinatorControl.ts';

/** `leader` is its address, as far as that is known. */
export const standsBy = (leader: string | null): ControlError =>
  new ControlError(
    'standby',
    leader === null
      ? 'This coordinator stands by, and none is known to lead yet: try again in some seconds.'
      : `This coordinator stands by: ask the one that leads instead, at ${leader}.`,
  );

/** Requests that were let in while this coordinator led. */
const letIn = new WeakSet<Request>();

/** What is said of a request that failed, where the lead was lost on the way: whatever failed, that was why. */
export function lostMeanwhile(
  context: Context,
  { cluster }: Pick<CoordinatorControl, 'cluster'>,
): ControlError | null {
  return letIn.has(context.req.raw) && cluster?.standing === 'standsBy' ? standsBy(cluster.leader) : null;
}

/** The operator, where this coordinator leads or is alone. @throws Refusal or ControlError */
export async function leading(
  context: Context,
  control: Pick<CoordinatorControl, 'cluster'>,
  guard: Guard,
): Promise<Identity> {
  const identity = await bearer(context, guard, 'control');
  const { cluster } = control;
  if (cluster?.standing === 'standsBy') throw standsBy(cluster.leader);
  letIn.add(context.req.raw);
  return identity;
}
