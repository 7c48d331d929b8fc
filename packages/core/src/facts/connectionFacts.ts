/**
 * What a worker has to tell of its connection: how it joins, why it is without a coordinator, what it does about that and
 * why it gives up. `address` and `origin` are the coordinator's, as people know it; `host` is its part with the port.
 */
import type { ByeName } from '../protocol/codes.ts';

/** Why a connection came to its end, or why none came about. */
export type DisconnectFact =
  /** What the coordinator said, in its own words; they are empty where the message was lost and only its code came. */
  | {
      readonly type: 'coordinatorSaid';
      readonly code: ByeName;
      readonly message: string;
      /** What `message` says, as far as it was told; it may be of a type that is not known here. */
      readonly fact?: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'connectionClosed' }
  /** `reason` comes from the operating system or the browser, without a full stop. */
  | { readonly type: 'connectionBroken'; readonly reason: string }
  | { readonly type: 'computerAsleep' }
  | { readonly type: 'networkAway' }
  /** `host` is null where only the page's own can be meant. */
  | { readonly type: 'noAnswerInTime'; readonly host: string | null; readonly seconds: number }
  /** A browser does not say why. */
  | { readonly type: 'notConnected' }
  | { readonly type: 'nothingListens'; readonly host: string }
  | { readonly type: 'hostUnknown'; readonly host: string }
  | { readonly type: 'hostNotLookedUp'; readonly host: string }
  | { readonly type: 'noRoute'; readonly host: string }
  | { readonly type: 'noAnswer'; readonly host: string }
  | { readonly type: 'brokenOff'; readonly host: string }
  | { readonly type: 'certificateUntrusted'; readonly host: string }
  | { readonly type: 'certificateExpired'; readonly host: string }
  | { readonly type: 'certificateNotYetValid'; readonly host: string }
  | { readonly type: 'certificateOfOther'; readonly host: string; readonly name: string }
  | { readonly type: 'tlsFailed'; readonly host: string; readonly reason: string }
  | { readonly type: 'notHttp'; readonly host: string }
  /** `isCoordinator`: it is one for certain, so that a proxy stands between. */
  | { readonly type: 'noWebSocket'; readonly origin: string; readonly isCoordinator: boolean }
  | { readonly type: 'brokenWebSocket'; readonly origin: string }
  /** `said` is null where it was no coordinator that answered. */
  | {
      readonly type: 'coordinatorBusy';
      readonly origin: string;
      readonly status: number;
      readonly said: string | null;
    }
  | { readonly type: 'passwordAsked'; readonly origin: string; readonly status: number }
  | { readonly type: 'coordinatorRefuses'; readonly origin: string; readonly said: string }
  /** What stands in front of the coordinator cannot reach it. */
  | { readonly type: 'gatewayFails'; readonly origin: string; readonly status: number }
  | { readonly type: 'notCoordinator'; readonly origin: string; readonly status: number }
  | { readonly type: 'httpsSpoken'; readonly origin: string; readonly use: string }
  | { readonly type: 'httpSpoken'; readonly origin: string; readonly use: string }
  /** `to` is null where nobody is told. */
  | { readonly type: 'redirected'; readonly origin: string; readonly to: string | null };

/** Why a worker goes by itself. */
export type LeaveFact =
  | { readonly type: 'volunteerPaused' }
  | { readonly type: 'volunteerLeft' }
  /** It comes back with another number of threads. */
  | { readonly type: 'threadsChange' }
  | { readonly type: 'toldToStop'; readonly signal: string };

/** Why a run cannot be computed here. Sizes are in bytes. */
export type IncapableFact =
  | {
      readonly type: 'modelExceedsMemory';
      readonly bytes: number;
      readonly bytesMax: number;
      readonly threads: number;
    }
  /** `held` is what is held already. */
  | {
      readonly type: 'leaseExceedsMemory';
      readonly lease: number;
      readonly bytes: number;
      readonly held: number;
      readonly bytesMax: number;
    }
  /** `why` is the error's own message. */
  | { readonly type: 'runNotUnderstood'; readonly address: string; readonly why: string }
  | {
      readonly type: 'engineFails';
      readonly engine: string | null;
      readonly times: number;
      readonly reason: string;
    };

/** How a session ends. */
export type SessionEndFact =
  | DisconnectFact
  | IncapableFact
  | { readonly type: 'coordinatorUnreachable'; readonly address: string; readonly why: DisconnectFact }
  | { readonly type: 'leftCoordinator'; readonly address: string; readonly reason: LeaveFact };

export type ConnectionFact =
  | SessionEndFact
  | LeaveFact
  | {
      readonly type: 'runJoined';
      readonly runId: string;
      readonly address: string;
      readonly threads: number;
      readonly engine: string;
    }
  /** No run is going on; `why` is what the coordinator said. */
  | { readonly type: 'waitsForRun'; readonly why: DisconnectFact }
  | {
      readonly type: 'connectionLost';
      readonly address: string;
      readonly why: DisconnectFact;
      readonly retryMs: number;
    }
  /** It does not keep to the protocol; `detail` is for developers, the end of an English sentence. */
  | { readonly type: 'coordinatorNotUnderstood'; readonly address: string; readonly detail: string }
  | { readonly type: 'coordinatorSilent'; readonly address: string; readonly seconds: number }
  /** `address` is that of a coordinator that stands by; `why` is what it said. */
  | { readonly type: 'looksForLeader'; readonly address: string; readonly why: DisconnectFact }
  /** Another coordinator leads the run by now, with the term `known`. */
  | {
      readonly type: 'coordinatorOvertaken';
      readonly address: string;
      readonly term: number;
      readonly known: number;
    }
  /** The samples come with each lease instead. `room` is what is left to the worker. */
  | { readonly type: 'dataExceedsMemory'; readonly bytes: number; readonly room: number }
  | { readonly type: 'blockNotFetched'; readonly why: string }
  | { readonly type: 'dataNotFetched'; readonly why: string }
  | { readonly type: 'slotReplaced'; readonly slot: number; readonly reason: string };

/** What a page to join can come to say: it has no names to look up and no certificates to read, and nobody reads its log. */
export type JoiningFact = Extract<
  SessionEndFact,
  {
    readonly type:
      | 'coordinatorSaid'
      | 'connectionClosed'
      | 'connectionBroken'
      | 'computerAsleep'
      | 'networkAway'
      | 'noAnswerInTime'
      | 'notConnected'
      | 'noWebSocket'
      | 'coordinatorBusy'
      | 'passwordAsked'
      | 'coordinatorRefuses'
      | 'gatewayFails'
      | 'notCoordinator'
      | 'httpsSpoken'
      | 'redirected'
      | 'modelExceedsMemory'
      | 'leaseExceedsMemory'
      | 'runNotUnderstood'
      | 'engineFails';
  }
>;
