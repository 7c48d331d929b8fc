/** Workers that come, go and fail, as a coordinator sees them. `name` is a worker's. */

import type { Numerics } from '../engine/engine.ts';
import type { FailureCode, LeaveCode } from '../protocol/codes.ts';
import type { ConnectionFact } from './connectionFacts.ts';
import type { RunEndFact } from './runFacts.ts';
import type { TextFact } from './textFact.ts';

/**
 * Why a coordinator ends a connection, or lets somebody not in. `detail` is for whoever writes a worker: whole English
 * sentences.
 */
export type DismissalFact =
  | { readonly type: 'noRunGoing' }
  /** `leader` is the address of the coordinator that leads, null while none is known. */
  | { readonly type: 'standsBy'; readonly leader: string | null }
  | { readonly type: 'coordinatorEnded' }
  | { readonly type: 'tokenMissing' }
  | { readonly type: 'tokenWrong' }
  | { readonly type: 'tokenExpired' }
  | { readonly type: 'tokenRevoked' }
  /** What was asked for goes beyond what the link is for. */
  | {
      readonly type: 'roleForbids';
      readonly role: 'viewer' | 'worker' | 'gateway' | 'operator';
      readonly action: 'watch' | 'data' | 'compute' | 'control';
    }
  /** A gateway came with a link of another kind, or something else with that of a gateway. */
  | { readonly type: 'linkNotForGateways' }
  | { readonly type: 'linkForGateways' }
  /** A gateway has no coordinator: it has lost it, or has never found one. */
  | { readonly type: 'gatewayAlone' }
  | { readonly type: 'gatewayEnded' }
  /** A page or a program shows no token, or one that opens nothing. */
  | { readonly type: 'bearerUnknown' }
  | { readonly type: 'originRefused'; readonly origin: string | null }
  /** `limit` is its name in `docs/security.md`. */
  | { readonly type: 'limitReached'; readonly limit: string; readonly detail: string }
  | { readonly type: 'otherProtocol'; readonly ours: number; readonly theirs: readonly number[] }
  | { readonly type: 'otherKernels'; readonly ours: string; readonly theirs: string }
  | {
      readonly type: 'engineMissing';
      readonly numerics: Numerics;
      readonly needed: readonly string[];
      readonly offered: readonly string[];
    }
  | { readonly type: 'probeWrong'; readonly detail: string }
  | { readonly type: 'probeUnanswered'; readonly seconds: number }
  | { readonly type: 'leaseUnanswered'; readonly seconds: number }
  | { readonly type: 'messageMalformed'; readonly detail: string }
  | { readonly type: 'tooManyMessages'; readonly perSecond: number; readonly atOnce: number }
  | { readonly type: 'helloLate'; readonly seconds: number }
  | { readonly type: 'workerSilent'; readonly seconds: number }
  | { readonly type: 'joinedAgain' }
  | { readonly type: 'leftInOrder' }
  /** The coordinator itself has failed over it. */
  | { readonly type: 'helloNotRead' }
  | { readonly type: 'operatorRemoved' }
  | { readonly type: 'drained' }
  | { readonly type: 'answerWrong' };

/** Why a worker is not there any more. */
export type DepartureFact =
  | DismissalFact
  | RunEndFact
  /** It has gone by itself; `reason` is its own sentence. */
  | { readonly type: 'wentByItself'; readonly code: LeaveCode | null; readonly reason: string }
  | { readonly type: 'socketClosed'; readonly code: number }
  | { readonly type: 'socketFailed'; readonly problem: string };

export type WorkerFact =
  | Exclude<DepartureFact, RunEndFact>
  | { readonly type: 'workerRefused'; readonly why: DepartureFact }
  | { readonly type: 'workerJoined'; readonly name: string; readonly numerics: Numerics }
  /** So many leases go to others. */
  | {
      readonly type: 'workerLeft';
      readonly name: string;
      readonly why: DepartureFact;
      readonly leases: number;
    }
  | {
      readonly type: 'leaseFailed';
      readonly name: string;
      readonly lease: number;
      readonly code: FailureCode | 'noRoom';
      readonly reason: string;
    }
  /** It was ended by an error. */
  | { readonly type: 'localFailed'; readonly name: string; readonly problem: string }
  | { readonly type: 'localEnded'; readonly name: string; readonly code: number; readonly again: boolean }
  /** What a worker of this machine has to say of its connection. */
  | { readonly type: 'localSays'; readonly name: string; readonly said: ConnectionFact | TextFact };
