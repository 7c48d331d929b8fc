/** Why a connection ends. A closed set: `docs/protocol.md` lists exactly these, and a test holds it to that. */

/**
 * `code` is the WebSocket close code; `retry` says whether a worker that is told so comes back by itself
 * (with backoff) or ends with the sentence it was given.
 */
export const ByeCode = {
  finished: { code: 4000, retry: false },
  badToken: { code: 4001, retry: false },
  badMessage: { code: 4002, retry: true },
  protocolVersion: { code: 4003, retry: false },
  kernelBuild: { code: 4004, retry: false },
  noEngine: { code: 4005, retry: false },
  probeFailed: { code: 4006, retry: false },
  silent: { code: 4007, retry: true },
  replaced: { code: 4008, retry: false },
  shutdown: { code: 4009, retry: true },
  unanswered: { code: 4010, retry: true },
  removed: { code: 4011, retry: false },
  betweenRuns: { code: 4012, retry: true },
  convicted: { code: 4013, retry: false },
  tooMany: { code: 4014, retry: true },
  tooFast: { code: 4015, retry: true },
  revoked: { code: 4016, retry: false },
  badOrigin: { code: 4017, retry: false },
  standby: { code: 4018, retry: true },
} as const;

export type ByeName = keyof typeof ByeCode;

/** Sent by a worker instead of the partials of a lease that it cannot compute, or stops computing when told (`revoked`). */
export const FAILURE_CODES = ['unknownVersion', 'missingSamples', 'engineFailed', 'revoked'] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Why a worker goes by itself, for whoever shows it in another language than that of its sentence. */
export const LEAVE_CODES = [
  'volunteerPaused',
  'volunteerLeft',
  'threadsChange',
  'toldToStop',
  'unable',
] as const;
export type LeaveCode = (typeof LEAVE_CODES)[number];

/**
 * Whether a worker helps, and why not. `unknown`: nothing has been decided yet; `counts`: its answers enter the sums; `line`,
 * `machine`: they come too late, because of the line or because of the time it computes; `slow`: nothing has come in time,
 * and nobody can say which of the two it is; `nothingLeft`: others do all
 * that there is to do; `paused`: the operator has told it to rest.
 */
export const HELP = ['unknown', 'counts', 'line', 'machine', 'slow', 'nothingLeft', 'paused'] as const;
export type Help = (typeof HELP)[number];

/** What a lease asks for: `probe` is computed like `gradient`, before anything else. */
export const LEASE_TASKS = ['probe', 'gradient', 'evaluate'] as const;
