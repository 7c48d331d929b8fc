/** Whose answers are looked at before they count. */
import { type Belief, isChecked, type TrustPolicy } from '../model/belief.ts';
import { newScrutiny } from '../model/scrutiny.ts';
import type { Grant } from '../model/task.ts';
import type { Moment } from '../model/turn.ts';

export type Watching = {
  readonly trust: {
    readonly policy: TrustPolicy;
    /** Grants with a lease for which it has not been drawn yet whether it is checked. */
    readonly fresh: Set<Grant>;
  };
};

/** Whether an answer of its own has to be found right, or agreed to, before it counts. */
export const isWatched = ({ trust }: Watching, { belief }: { readonly belief: Belief }): boolean =>
  belief === 'suspected' || (belief === 'checked' && isChecked(trust.policy));

/** What is still open of the grant counts only once it is known to be right. */
export function watch({ state, now }: Moment<Watching>, grant: Grant): void {
  grant.scrutiny ??= newScrutiny(now);
  state.trust.fresh.add(grant);
}
