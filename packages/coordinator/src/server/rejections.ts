/** How many were not let in or were sent away, by reason: a closed set, so that strangers cannot make it grow. */
import { ByeCode, type ByeName } from '@shoal/core';

/** Partings of workers that have done nothing wrong and met no limit. */
const PARTINGS = ['finished', 'shutdown', 'replaced', 'betweenRuns', 'standby'] as const;
type Parting = (typeof PARTINGS)[number];

export type RejectionReason =
  /** The code with which a connection was ended; of a request over HTTP, the one that says the same. */
  | Exclude<ByeName, Parting>
  /** No more sockets are taken, of all together or of one address. */
  | 'socketsFull'
  /** A WebSocket was asked for and refused over HTTP: a limit, or a path that is none. */
  | 'notUpgraded';

export function isRejection(code: ByeName | null): code is Exclude<ByeName, Parting> {
  return code !== null && !PARTINGS.some((one) => one === code);
}

export const REJECTION_REASONS: readonly RejectionReason[] = [
  ...(Object.keys(ByeCode) as ByeName[]).filter(isRejection),
  'socketsFull',
  'notUpgraded',
];

export class Rejections {
  readonly #counts = new Map<RejectionReason, number>(REJECTION_REASONS.map((reason) => [reason, 0]));

  readonly count = (reason: RejectionReason): void => {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  };

  get counts(): ReadonlyMap<RejectionReason, number> {
    return this.#counts;
  }
}
