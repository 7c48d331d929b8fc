/** What a session is told of its worker. */
import type { EngineName, ProtocolLimits } from '@shoal/core';
import type { WorkerLimits } from '../limits.ts';
import type { HolderFactory } from './leaseHolder.ts';

export type SessionOptions = {
  /** Where the coordinator is, as people know it: for sentences. */
  readonly address: string;
  readonly token: string;
  /** This worker's own token from an earlier session with the same coordinator, which proves that it is the same; null without. */
  readonly credential: string | null;
  /** Drawn once, 8 to 64 letters, digits or hyphens; kept over reconnects. */
  readonly identity: string;
  readonly name: string;
  readonly agent: string;
  /** In order of preference. */
  readonly engines: readonly EngineName[];
  /** The build of the exact kernels. */
  readonly kernels: string;
  readonly threads: number;
  /** Whether the data set lies in memory that the coordinator shares, so that nothing of it is fetched. */
  readonly sharesData: boolean;
  /**
   * Of a gateway `lending`: leases are handed on (`relayed` effects) instead of being computed, and what is said comes as
   * `say`. Null where they are computed.
   */
  readonly lending: HolderFactory | null;
  /** Whether somebody watches, who wants to be shown how the run stands. */
  readonly follows: boolean;
  readonly protocolLimits: ProtocolLimits;
  readonly workerLimits: Pick<
    WorkerLimits,
    'engineFailuresMax' | 'memoryBytesMax' | 'leasesHeldMax' | 'retryAfterMaxMs'
  >;
};
