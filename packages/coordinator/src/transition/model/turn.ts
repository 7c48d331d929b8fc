/**
 * How the transition's functions are called: first what they see of the run, always as the slice that they need. What has
 * effects takes a `Turn`, what needs no more than the time a `Moment`, and anything else the slice itself.
 */
import type { Effect } from './effects.ts';
import type { TensorId } from './ids.ts';

export type Moment<State> = {
  readonly state: State;
  /** Time of the event at hand, in milliseconds; never goes back. */
  readonly now: number;
};

/** One event being dealt with; collects what the driver is to do, in order. */
export type Turn<State> = Moment<State> & { readonly emit: (effect: Effect) => void };

/** Nobody needs the vector any more; null where there is none. */
export function free({ emit }: Pick<Turn<unknown>, 'emit'>, tensor: TensorId | null): void {
  if (tensor !== null) emit({ type: 'free', tensor });
}
