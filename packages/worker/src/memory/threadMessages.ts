/** What the thread of a local worker and the coordinator that started it say to each other beside the protocol. */
import type { ConnectionFact, DataSplits, TextFact } from '@shoal/core';
import type { WorkerFault } from '../node/faults.ts';
import type { ConnectMessage } from './memoryMessages.ts';

/** What a thread is started with. */
export type LocalThreadData = {
  readonly token: string;
  readonly threads: number;
  readonly name: string;
  readonly identity: string;
};

export type FromThread =
  | ConnectMessage
  /** What people should know of it. */
  | { readonly type: 'notice'; readonly said: ConnectionFact | TextFact }
  /** Asks for the data set with this key; see `dataKey`. */
  | { readonly type: 'needsData'; readonly key: string };

export type ToThread =
  | { readonly type: 'fault'; readonly fault: WorkerFault }
  /** The data set that was asked for, in memory that both see; null where there is none with this key any more. */
  | { readonly type: 'data'; readonly key: string; readonly splits: DataSplits | null };
