/**
 * What a page is shown of a coordinator. Plain JSON: the coordinator sends it, the dashboard draws it, and a program
 * of somebody else's may read it as well (`docs/api.md`).
 */
import type { DataSetInfo } from '../data/dataSet.ts';
import type { DataSourceName } from '../data/sources.ts';
import type { Fact } from '../facts/fact.ts';
import type { Help } from '../protocol/codes.ts';
import type { RunSpec, TrustSpec } from '../spec/runSpec.ts';
import type { EpochRecord, RunResult, RunStateName } from './records.ts';
import type { RunFigureValues } from './runFigures.ts';
import type { StepColumns } from './stepMetrics.ts';

/**
 * `viewer` watches, `worker` computes (and may read the data set), `gateway` lets others compute by way of it, `operator`
 * also controls.
 */
export type Role = 'viewer' | 'worker' | 'gateway' | 'operator';

/** A run's spec as everybody may see it. */
export type PublicSpec = Omit<RunSpec, 'trust'>;

/** Bounds of a pace, in steps a second. */
export const PACE_MIN = 0.01;
export const PACE_MAX = 20;

/** The run that is going on, or that was the last one. */
export type RunView = {
  readonly runId: string;
  readonly spec: PublicSpec;
  /** As of `RunSummary`. */
  readonly specSha256: string;
  /** How workers are checked at present; null for everybody but the operator. */
  readonly trust: TrustSpec | null;
  readonly dataSet: DataSetInfo;
  /** Trainable parameters; and all values of the flat vector, running values included. */
  readonly parameters: number;
  readonly vectorLength: number;
  /** Of the epoch at hand, and of the whole run; where steps cross epochs, not all epochs have as many. */
  readonly stepsPerEpoch: number;
  readonly stepsInAll: number;
  readonly state: RunStateName;
  /** The sentence that belongs to the state, in English. */
  readonly reason: string;
  /** What it says, for readers of another language; left out where it was never a fact. */
  readonly facts?: readonly Fact[];
  /** Steps that begin in a second, at most; null: nothing holds them back. */
  readonly pace: number | null;
  /** Complete epochs, steps of the current one, and steps in all. */
  readonly epoch: number;
  readonly step: number;
  readonly globalStep: number;
  /** Of this process; a resumed run counts anew. */
  readonly elapsedSeconds: number;
  /** Estimate for all epochs; null while nothing is known. */
  readonly remainingSeconds: number | null;
  readonly samplesPerSecond: number;
  readonly workers: number;
  /** Of the epochs so far, by the metric that early stopping watches; null without early stopping. */
  readonly earlyStopping: {
    readonly bestEpoch: number;
    /** Epochs without improvement until the run stops; 0 once it has stopped for that. */
    readonly patienceLeft: number;
    /** The epoch after which it stopped early; null otherwise. */
    readonly stoppedAfter: number | null;
  } | null;
  readonly result: RunResult | null;
};

export type WorkerMode = 'working' | 'paused' | 'draining';

export type WorkerView = {
  /** Number of the connection. */
  readonly id: number;
  readonly name: string;
  /** What it runs on: `node 24.1.0 linux`, `Chrome 140 Windows`. */
  readonly agent: string;
  readonly kind: 'node' | 'browser';
  /** Runs on the coordinator's machine and was started by it. */
  readonly local: boolean;
  readonly engine: string;
  readonly threads: number;
  /** Training samples a second that counted, over the last ten. */
  readonly speed: number;
  /** Part of the samples of this run so far, 0 to 1, and their number. */
  readonly share: number;
  readonly samples: number;
  /** Training samples that it was asked for and that others answered first. */
  readonly samplesLate: number;
  /** Whether its answers count, and why not. */
  readonly help: Help;
  readonly leasesDone: number;
  readonly leasesLost: number;
  readonly leasesHeld: number;
  /** Round-trip time of the last ping; null before the first answer. */
  readonly rttMs: number | null;
  /** What its line was seen to carry from the worker and to it; null while nobody knows, and for a local worker. */
  readonly upBitsPerSecond: number | null;
  readonly downBitsPerSecond: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly state: 'probing' | 'ready' | 'computing' | 'late' | 'paused' | 'draining';
  /** The sentence that belongs to the state, and what it says. */
  readonly reason: string;
  readonly facts?: readonly Fact[];
  readonly joinedSecondsAgo: number;
  /** What hangs below it; null for whoever computes himself. */
  readonly gateway: GatewayCrew | null;
  /** How it is checked; null for everybody but the operator. */
  readonly trust: WorkerTrust | null;
};

/** What hangs below a gateway, over all gateways below. */
export type GatewayCrew = {
  readonly workers: number;
  readonly threads: number;
  /** Training samples a second, as measured: the sum over all of them. */
  readonly speed: number;
  /** The gateways below, each behind the one that it hangs from. */
  readonly below: readonly GatewayBelow[];
};

export type GatewayBelow = Omit<GatewayCrew, 'below'> & {
  /** 1 for one that hangs from the gateway itself. */
  readonly depth: number;
  readonly name: string;
  /** As of a worker, of its line to what it hangs from. */
  readonly rttMs: number | null;
  readonly upBitsPerSecond: number | null;
  readonly downBitsPerSecond: number | null;
};

export type WorkerTrust = {
  /** One of the coordinator's own, whose answers are not checked. */
  readonly believed: boolean;
  /** Answers of this identity that the coordinator has found right, earlier runs included. */
  readonly standing: number;
  /** Its answers of this connection that the coordinator has found right. */
  readonly checked: number;
};

/** What the buttons of a lecture do to a local worker; `restore` ends whatever was done. */
export const LOCAL_ACTIONS = ['kill', 'freeze', 'slow', 'poison', 'restore'] as const;
export type LocalAction = (typeof LOCAL_ACTIONS)[number];

/** A local worker as the buttons of a lecture see it. */
export type LocalWorkerView = {
  readonly name: string;
  /** `poisoned`: it sends wrong gradients, for showing how such a worker is found out. */
  readonly state: 'running' | 'frozen' | 'slowed' | 'poisoned' | 'killed';
};

/** What somebody is told who was invited to compute and has not joined yet. */
export type Invitation = {
  /** Who invites, as the operator has said it; null where nothing was said. */
  readonly by: string | null;
  /** As of the watch feed: the scene of the lecture that is shown at present. */
  readonly scene: string | null;
  /** The run that goes on, or that was the last one. */
  readonly run:
    | (Pick<RunSpec, 'name' | 'epochs'> &
        Pick<RunView, 'state' | 'workers' | 'parameters' | 'epoch'> & {
          readonly dataSet: string;
          /** What it shows, in each language of the pages. */
          readonly about: { readonly en: string; readonly zh: string };
        })
    | null;
  /** Those who have done most, by name, the first first; null unless the operator wants it shown. */
  readonly ranking: readonly { readonly name: string; readonly samples: number }[] | null;
};

/** Places of the ranking. */
export const RANKING_MAX = 10;

/** Why the coordinator did not do what a page asked for, as things are. */
export type RefusalCode =
  | 'noRun'
  | 'runGoing'
  | 'runNotEnded'
  | 'queueFull'
  | 'notQueued'
  | 'noSuchSweep'
  | 'sweepGoing'
  | 'sweepNotGoing'
  | 'runLocked'
  | 'closing'
  | 'standby'
  | 'pausedAlready'
  | 'notPaused'
  | 'endingAlready'
  | 'noSuchRun'
  | 'noSuchWorker'
  | 'noSuchLocal'
  | 'notRemoved'
  | 'localNotRunning'
  | 'localsMax'
  | 'poisonStays'
  | 'noData'
  | 'noModel'
  | 'noSuchState';

/** What waits for its turn, or has it: a run to come, one to be gone on with, or a whole sweep. */
export type QueueEntry = {
  /** Of a run its name in the folder of runs, of a sweep its own. */
  readonly id: string;
  readonly kind: 'run' | 'resume' | 'sweep';
  /** What it is called. */
  readonly name: string;
  /** Of a sweep; 1 of a run. */
  readonly trials: number;
  readonly queuedAt: string;
};

export type QueueView = {
  /** What of the queue goes on at present; null where nothing does, or a run that was started otherwise. */
  readonly going: QueueEntry | null;
  /** The next first. */
  readonly waiting: readonly QueueEntry[];
};

/** How a coordinator stands among those of its cluster. */
export type ClusterView = {
  readonly standing: 'leads' | 'standsBy';
  /** Of whoever leads; 0 before the first. */
  readonly term: number;
  /** Where the coordinator is that leads; null where that is this one, or none is known. */
  readonly leader: string | null;
  /** One public address stands for all of them, so that whoever asks there again may come to the one that leads. */
  readonly behindOneName: boolean;
  /** Where all coordinators are that are there, this one among them. */
  readonly coordinators: readonly string[];
  /** The last step that a coordinator which comes to lead would go on from; null before the first. */
  readonly keptStep: number | null;
};

export type EventView = {
  /** Counts up from 1 as long as the process lives. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'info' | 'warn';
  /** `page`: a part of somebody's page failed, in the page's own words. */
  readonly kind: 'run' | 'worker' | 'schedule' | 'control' | 'trust' | 'page';
  /** What happened, in English. */
  readonly message: string;
  /** What it says, for readers of another language; left out where it is somebody's own words. */
  readonly facts?: readonly Fact[];
};

/** A data set in the folder that the operator allows; its name is a spec's `data.from`. */
export type DataOffer = { readonly name: string; readonly source: DataSourceName };

/** A run in lists. What lies behind its figures is in `runFigures.ts`. */
export type RunSummary = RunFigureValues & {
  readonly runId: string;
  /** As somebody has named it, or else as its spec is. */
  readonly name: string;
  /** What the spec is called: the preset's name, where it is one. */
  readonly preset: string;
  readonly about: string;
  readonly tags: readonly string[];
  readonly notes: string;
  /** Put away: left out of lists unless it is asked for. */
  readonly archived: boolean;
  readonly createdAt: string;
  /** Null before the end, and where an earlier version did not write it down. */
  readonly endedAt: string | null;
  readonly state: RunStateName;
  /** The layers that have parameters, such as `conv2d × 2, dense`. */
  readonly model: string;
  readonly dataSet: string;
  readonly optimizer: { readonly type: string; readonly lr: number };
  readonly parametersSha256: string | null;
  /** SHA-256 of the spec: runs of equal specs end with equal bits. */
  readonly specSha256: string;
  /** The runs of this spec that have delivered a model, this one among them, and whether all have the same bits; null before. */
  readonly alike: { readonly runs: number; readonly same: boolean } | null;
};

/** That the list of runs is another one: its page asks for what it shows. */
export type RunsMark = {
  /** So many runs there are. */
  readonly count: number;
  /** Another number, another list. */
  readonly change: number;
};

export type RunDetail = Omit<RunSummary, 'steps'> & {
  readonly spec: PublicSpec;
  readonly dataSetInfo: DataSetInfo;
  /** How its workers were checked, last; null for everybody but the operator. */
  readonly trust: TrustSpec | null;
  /** Thinned out evenly where there are more than EPOCH_POINTS_MAX. */
  readonly records: readonly EpochRecord[];
  /** In place of their number: the curve of its steps, as far as it was kept; columns are empty when nothing was. */
  readonly steps: StepColumns;
  readonly result: RunResult | null;
};

/** How to join, for the panel with the QR code. */
export type JoinInfo = {
  /** Complete links with their token behind the `#`; the first is the one to show. */
  readonly links: readonly string[];
  /** Links to watch, without control. */
  readonly watchLinks: readonly string[];
  /** Links for gateways. */
  readonly gatewayLinks: readonly string[];
};
