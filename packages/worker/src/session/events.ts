/** What can happen to a worker's session, and what it asks its shell to do. */
import type {
  BlockInfo,
  BlocksManifest,
  ByeName,
  ConnectionFact,
  CoordinatorSaying,
  DataSplits,
  DisconnectFact,
  Dismissed,
  FactOf,
  LeaseMessage,
  LeaveFact,
  SessionEndFact,
  SetName,
  Standing,
  UnsealedParameters,
  Vouched,
  Welcome,
  WorkerSaying,
} from '@shoal/core';
import type { ConnectFailure, FailureCause } from '../shell/connectFailure.ts';
import type { SetupRequest, SlotAnswer, SlotRequest } from '../slot/slotMessages.ts';

export type SlotId = number;

export type SessionEvent =
  /** The WebSocket is open. */
  | { readonly type: 'connected' }
  | { readonly type: 'received'; readonly message: CoordinatorSaying }
  /** A frame that is no valid message; `problem` is a sentence. */
  | { readonly type: 'unreadable'; readonly problem: string }
  /**
   * A connection that was open is over. `code` is the WebSocket's close code, null where there
   * was none; `jitter` a number in [0, 1) for the wait that follows.
   */
  | {
      readonly type: 'disconnected';
      readonly code: number | null;
      readonly reason: DisconnectFact;
      readonly jitter: number;
    }
  /** No connection could be opened. */
  | { readonly type: 'notConnected'; readonly failure: ConnectFailure; readonly jitter: number }
  | { readonly type: 'leaveRequested'; readonly reason: LeaveFact }
  | WorkEvent;

/** What happens to leases and what they need. */
export type WorkEvent =
  | { readonly type: 'slotAnswered'; readonly slot: SlotId; readonly answer: SlotAnswer }
  /** The slot's thread is gone, with all that it held. */
  | { readonly type: 'slotDied'; readonly slot: SlotId; readonly reason: string }
  /** `load` is the number of the `loadData` effect that this answers. */
  | { readonly type: 'dataLoaded'; readonly load: number; readonly splits: DataSplits }
  /** So many bytes, unpacked, of a block that was asked for in this round have come so far. */
  | {
      readonly type: 'blockArriving';
      readonly round: number;
      readonly place: BlockPlace;
      readonly bytes: number;
    }
  /** A block of the right length and hash, asked for in this round. */
  | {
      readonly type: 'blockFetched';
      readonly round: number;
      readonly place: BlockPlace;
      readonly content: Uint8Array;
    }
  /** Whoever a gateway's leases were handed to has this to say; `ends` the lease that is over with it. */
  | { readonly type: 'say'; readonly message: WorkerSaying; readonly ends: number | null }
  | { readonly type: 'tick' };

/** A block of one of the sets, by its number. */
export type BlockPlace = { readonly set: SetName; readonly index: number };

export type SplitManifests = {
  readonly train: BlocksManifest;
  readonly validation: BlocksManifest;
  readonly test: BlocksManifest;
};

/** To be carried out in the order given. */
export type SessionEffect =
  | { readonly type: 'send'; readonly message: WorkerSaying }
  /** Close the connection; `disconnected` follows. */
  | { readonly type: 'disconnect' }
  /** Open a connection to this address after so long. */
  | { readonly type: 'connect'; readonly address: string; readonly afterMs: number }
  /** Start this slot with this setup; whatever ran under its number ends, and nothing of it is heard any more. */
  | { readonly type: 'startSlot'; readonly slot: SlotId; readonly setup: SetupRequest }
  | { readonly type: 'toSlot'; readonly slot: SlotId; readonly request: SlotRequest }
  /** Bring this data set, from memory that the coordinator shares; any earlier loading ends. */
  | { readonly type: 'loadData'; readonly load: number; readonly manifests: SplitManifests }
  /** Fetch this block, however long it takes. */
  | {
      readonly type: 'fetchBlock';
      readonly round: number;
      readonly place: BlockPlace;
      readonly block: BlockInfo;
      /** Of the coordinator that has them. */
      readonly address: string;
      readonly blocksPath: string;
      /** The bearer for it. */
      readonly token: string;
    }
  /** What is being fetched is of no use any more. */
  | { readonly type: 'stopFetching' }
  /** Of a gateway: for whoever its leases are handed to. */
  | { readonly type: 'relayed'; readonly what: Relayed }
  /** For the person who follows the run. */
  | { readonly type: 'show'; readonly standing: Standing }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly fact: ConnectionFact }
  /**
   * The last effect of a session: 0 done or left, 1 never reached the coordinator, 2 cannot take part. `why` is null
   * where only the fact says it.
   */
  | {
      readonly type: 'end';
      readonly exitCode: 0 | 1 | 2;
      readonly fact: SessionEndFact;
      readonly why: EndReason | null;
    };

/** What a session that computes nothing itself hands on. A lease that is lent has been held against the run. */
export type Relayed =
  /** The session's `run` is the one of the welcome. */
  | { readonly type: 'joined'; readonly welcome: Welcome }
  /** The connection is over, and nothing that was lent is waited for; `bye` is what the coordinator has said. */
  | { readonly type: 'lost'; readonly bye: FactOf<'coordinatorSaid'> | null }
  /** The vector may be written over once this returns. */
  | { readonly type: 'parameters'; readonly message: UnsealedParameters }
  | { readonly type: 'lent'; readonly message: LeaseMessage }
  /** It has been answered with `revoked`. */
  | { readonly type: 'recalled'; readonly lease: number }
  | { readonly type: 'counted' }
  /** Where coordinators that may lead are from now on, in place of what the welcome said. */
  | { readonly type: 'coordinators'; readonly addresses: readonly string[] }
  | { readonly type: 'told'; readonly message: Vouched | Dismissed };

/** What ended a session: the coordinator's word, or why none was heard. */
export type EndReason = ByeName | FailureCause | 'memory';
