/** What metrics are read from when somebody asks for them; whoever keeps a coordinator or a gateway says it. */
import type { RunStateName } from '@shoal/core';
import type { RegisteredWorker } from '../run/admission/workerRegistry.ts';

export const WORKER_KINDS = ['local', 'node', 'browser', 'gateway'] as const;
export type WorkerKind = (typeof WORKER_KINDS)[number];

/** Of a run, since this process took it up: they only grow. */
export type RunCounts = {
  readonly leasesGranted: number;
  readonly leasesAnswered: number;
  readonly leasesLate: number;
  readonly checks: number;
  readonly convictions: number;
  /** Bytes of data blocks that workers have fetched. */
  readonly blockBytes: number;
};

export type LiveRun = {
  /** The same for as long as it is the same run in the same process. */
  readonly key: object;
  readonly state: RunStateName;
  /** Its answers are right or wrong, and not only near or far. */
  readonly hasAccuracy: boolean;
  /** Complete epochs, and how many the spec has; steps likewise. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Null while nothing is known. */
  readonly remainingSeconds: number | null;
  readonly counts: RunCounts;
};

export type LiveTraffic = {
  /** Open connections of workers, local ones among them. */
  readonly connections: number;
  /** Bytes of all messages to and from workers so far. */
  readonly sent: number;
  readonly received: number;
  readonly rejections: ReadonlyMap<string, number>;
};

export type LiveWorkers = {
  readonly workers: Readonly<Record<WorkerKind, number>>;
  /** Workers that hang below gateways. */
  readonly guests: number;
};

export type LiveFigures = LiveTraffic &
  LiveWorkers & {
    /** False for one that stands by while another leads. */
    readonly leads: boolean;
    /** Runs and sweeps that wait for their turn. */
    readonly waiting: number;
    /** The run that goes on, or the last one; null before the first. */
    readonly run: LiveRun | null;
  };

export type GatewayFigures = LiveTraffic & LiveWorkers & { readonly isJoined: boolean };

type CountedWorker = Pick<RegisteredWorker, 'isLocal' | 'isGateway' | 'hello' | 'crew'>;

export function countWorkers(registered: Iterable<CountedWorker>): LiveWorkers {
  const workers: Record<WorkerKind, number> = { local: 0, node: 0, browser: 0, gateway: 0 };
  let guests = 0;
  for (const worker of registered) {
    workers[kindOf(worker)] += 1;
    guests += worker.crew?.workers ?? 0;
  }
  return { workers, guests };
}

function kindOf({ isLocal, isGateway, hello }: CountedWorker): WorkerKind {
  if (isLocal) return 'local';
  if (isGateway) return 'gateway';
  return hello.agent.startsWith('node ') ? 'node' : 'browser';
}
